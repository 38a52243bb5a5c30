"""Attempts, notices, settlement, expiry, refunds."""
