"""The tables of checkout and orders."""

from orders.models.checkouts import Checkout, DeliveryMethod
from orders.models.lookups import Lookup
from orders.models.orders import Allocation, Order, OrderEvent, OrderLine, Purchase
from orders.models.shipments import Shipment, ShipmentLine

__all__ = [
    "Allocation",
    "Checkout",
    "DeliveryMethod",
    "Lookup",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Purchase",
    "Shipment",
    "ShipmentLine",
]
