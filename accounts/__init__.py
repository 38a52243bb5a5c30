"""People: users, and merchants with their members."""
