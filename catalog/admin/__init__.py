"""The catalogue in the back offices."""

from catalog.admin import categories, content, deliveries, levels, products, stock, types  # noqa: F401  registers them
