"""What the catalogue tells the apps above it."""

from core.events import DomainEvent, InnerEvent

product_changed = DomainEvent("product_changed")
"""A product, its variants, prices, pictures or availability changed: `product_id`."""

stock_freed = InnerEvent()
"""There are units of variants somebody waits for: `variant_ids`; their levels are locked. Told in the transaction."""
