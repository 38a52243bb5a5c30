"""Tools for those who build the shop; the shop itself needs none of them."""
