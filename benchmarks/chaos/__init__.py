"""Checkouts while processes die at random and notices of payment come late, doubled, out of order, or forged."""
