"""The demonstration shop: content written for it, pictures rendered for it."""
