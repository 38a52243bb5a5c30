"""Messages to people: an outbox written with the business, delivered after it."""
