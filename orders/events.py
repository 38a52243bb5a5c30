"""What orders tell the apps above them."""

from core.events import DomainEvent

order_placed = DomainEvent("order_placed")
"""An order exists and waits for its payment: `order_id`."""

order_paid = DomainEvent("order_paid")
"""An order is paid in full: `order_id`."""

order_cancelled = DomainEvent("order_cancelled")
"""An order is cancelled and its stock released: `order_id`."""

order_shipped = DomainEvent("order_shipped")
"""A parcel of an order is on its way: `order_id`, `shipment_id`."""

order_completed = DomainEvent("order_completed")
"""Everything of an order has arrived, and its buyer has said so or was silent: `order_id`."""

repayment_decided = DomainEvent("repayment_decided")
"""Money of an order has to go back: `repayment_id`."""

repayment_settled = DomainEvent("repayment_settled")
"""All money of a decision is back: `repayment_id`."""
