"""What every app builds on: money, numbers, events, HTTP and template helpers. No domain models."""
