"""Home page, preferences, health, errors."""
