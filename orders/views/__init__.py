"""Checkout and order pages."""
