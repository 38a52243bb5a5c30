"""Others that orders talk to."""
