"""What a request keeps in its session and cookies about people."""
