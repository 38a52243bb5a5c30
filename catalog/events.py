"""What the catalogue tells the apps above it."""

from core.events import DomainEvent

product_changed = DomainEvent("product_changed")
"""A product, its variants, prices, pictures or availability changed: `product_id`."""
