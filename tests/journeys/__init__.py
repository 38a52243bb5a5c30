"""A shopper's and a merchant's whole way through the shop, in a real browser."""
