"""Payments: attempts, notices of providers, refunds."""
