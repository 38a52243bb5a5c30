"""The tables of checkout and orders."""

from orders.models.backorders import Backorder
from orders.models.cases import CaseEntry, CasePicture, ReturnCase, ReturnLine
from orders.models.checkouts import Checkout, DeliveryMethod
from orders.models.edits import OrderEdit, OrderEditLine
from orders.models.freight import FreightRule, FreightTemplate
from orders.models.lookups import Lookup
from orders.models.orders import Allocation, Order, OrderEvent, OrderLine
from orders.models.purchases import Purchase
from orders.models.repayments import Repayment, RepaymentLine
from orders.models.shipments import Shipment, ShipmentEvent, ShipmentLine

__all__ = [
    "Allocation",
    "Backorder",
    "CaseEntry",
    "CasePicture",
    "Checkout",
    "DeliveryMethod",
    "FreightRule",
    "FreightTemplate",
    "Lookup",
    "Order",
    "OrderEdit",
    "OrderEditLine",
    "OrderEvent",
    "OrderLine",
    "Purchase",
    "Repayment",
    "RepaymentLine",
    "ReturnCase",
    "ReturnLine",
    "Shipment",
    "ShipmentEvent",
    "ShipmentLine",
]
