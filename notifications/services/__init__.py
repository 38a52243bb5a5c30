"""Writing to the outbox, and emptying it."""
