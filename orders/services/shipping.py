"""Parcels leave the house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from catalog.services import stock
from orders import events
from orders.models import Allocation, Order, OrderLine, Shipment, ShipmentLine
from orders.services import lifecycle, mails


class CannotShipError(Exception):
    """The order is not paid, is cancelled, or has nothing left to ship."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


class WrongQuantityError(Exception):
    """A line would ship more than is left of it, or less than nothing; or no line ships anything."""

    def __init__(self, line: OrderLine | None) -> None:
        super().__init__(line.sku if line else "nothing to ship")
        self.line = line


@dataclass(frozen=True)
class Label:
    """What is on the parcel."""

    carrier: str
    tracking_number: str


def can_be_shipped(order: Order) -> bool:
    """Tell whether a parcel of this order may leave."""
    return order.status == Order.Status.OPEN and order.fulfilment_status != Order.FulfilmentStatus.SHIPPED


def tracking_number(typed: str) -> str:
    """Return a tracking number as carriers write it, however it was grouped."""
    return re.sub(r"[\s-]", "", typed).upper()


@transaction.atomic
def ship(
    *, order: Order, label: Label, at: datetime, quantities: Mapping[int, int] | None = None, actor: User | None = None
) -> Shipment:
    """Send a parcel: units leave the stock, the buyer is told.

    quantities: units by order line id; None sends everything that is left.
    Raises CannotShipError and WrongQuantityError; nothing is changed then.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    lines = list(order.lines.order_by("pk"))
    if order.status != Order.Status.OPEN or not any(line.unshipped_quantity for line in lines):
        raise CannotShipError(order)
    parcel = _parcel(lines, quantities)
    shipment = Shipment.objects.create(
        order=order, carrier=label.carrier, tracking_number=label.tracking_number, shipped_by=actor, shipped_at=at
    )
    for line, quantity in parcel:
        ShipmentLine.objects.create(shipment=shipment, line=line, quantity=quantity)
        line.shipped_quantity += quantity
        line.save(update_fields=["shipped_quantity"])
    lifecycle.note_shipment(
        order=order,
        is_complete=not any(line.unshipped_quantity for line in lines),
        actor=actor,
        details={"carrier": label.carrier, "tracking_number": label.tracking_number},
        at=at,
    )
    mails.shipped(shipment=shipment, at=at)
    events.order_shipped.publish(order_id=order.pk, shipment_id=shipment.pk)
    stock.ship(holds=_take(parcel, shipment), actor=actor)
    return shipment


def _parcel(lines: list[OrderLine], quantities: Mapping[int, int] | None) -> list[tuple[OrderLine, int]]:
    """Return lines with the units to send, after checking each quantity."""
    if quantities is None:
        return [(line, line.unshipped_quantity) for line in lines if line.unshipped_quantity]
    if set(quantities) - {line.pk for line in lines}:
        raise WrongQuantityError(None)
    parcel = []
    for line in lines:
        quantity = quantities.get(line.pk, 0)
        if not 0 <= quantity <= line.unshipped_quantity:
            raise WrongQuantityError(line)
        if quantity:
            parcel.append((line, quantity))
    if not parcel:
        raise WrongQuantityError(None)
    return parcel


def _take(parcel: list[tuple[OrderLine, int]], shipment: Shipment) -> list[stock.Hold]:
    """Draw the units from what is held for the lines, and say where each comes from."""
    holds = []
    for line, quantity in parcel:
        missing = quantity
        for allocation in Allocation.objects.filter(line=line, quantity__gt=0).order_by("level_id", "pk"):
            units = min(missing, allocation.quantity)
            allocation.quantity -= units
            allocation.save(update_fields=["quantity"])
            holds.append(stock.Hold(allocation.level_id, units, f"allocation-{allocation.pk}-parcel-{shipment.pk}"))
            missing -= units
            if not missing:
                break
    return holds
