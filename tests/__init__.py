"""Tests of the shop, on a real PostgreSQL and a real Redis."""
