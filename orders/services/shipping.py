"""Parcels leave the house, and come back when they have not left after all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from django.conf import settings
from django.db import transaction

from accounts.models import User
from catalog.services import stock
from orders import events
from orders.models import Order, OrderLine, ReturnCase, Shipment, ShipmentLine
from orders.services import holding, lifecycle, mails

_FORGOTTEN = (ReturnCase.Status.WITHDRAWN, ReturnCase.Status.CLOSED)  # cases that will never move again


class CannotShipError(Exception):
    """The order is not paid, is cancelled, or has nothing left to ship that is there."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


class CancellationAskedError(CannotShipError):
    """The buyer has asked to cancel what has not left: that has to be answered first."""


class WrongQuantityError(Exception):
    """A line would ship more than is left of it, or less than nothing; or no line ships anything."""

    def __init__(self, line: OrderLine | None) -> None:
        super().__init__(line.sku if line else "nothing to ship")
        self.line = line


class Hindrance(StrEnum):
    """Why a parcel cannot be taken back."""

    UNDONE = "undone"  # that was done before
    TIME = "time"  # it is too late
    REPLACEMENT = "replacement"  # it belongs to a case
    OVER = "over"  # the buyer has confirmed receipt
    CARRIER = "carrier"  # the carrier has it, as its events say
    CASE = "case"  # a return or refund of what has left is asked for, or was given


class CannotUndoError(Exception):
    """The parcel cannot be taken back; nothing is changed."""

    def __init__(self, shipment: Shipment, hindrance: Hindrance) -> None:
        super().__init__(f"parcel {shipment.pk}: {hindrance}")
        self.shipment = shipment
        self.hindrance = hindrance


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

    quantities: units by order line id; None sends everything that is left and there.
    Raises CannotShipError, CancellationAskedError and WrongQuantityError; nothing is changed then.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    lines = list(order.lines.order_by("pk"))
    if order.status != Order.Status.OPEN or not any(line.ready_quantity for line in lines):
        raise CannotShipError(order)
    if order.cases.open().filter(kind=ReturnCase.Kind.CANCELLATION).exists():
        raise CancellationAskedError(order)
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
    key = f"parcel-{shipment.pk}"
    drawn = [holding.draw(line=line, quantity=quantity, key=key) for line, quantity in parcel]
    stock.ship(holds=list(chain.from_iterable(drawn)), actor=actor)
    return shipment


@transaction.atomic
def undo(*, shipment: Shipment, actor: User | None, at: datetime) -> None:
    """Take a parcel back that has not left after all: its units are held again, and the buyer is told.

    Raises CannotUndoError; nothing is changed then.
    """
    order = Order.objects.select_for_update().get(pk=shipment.order_id)
    parcel = Shipment.objects.get(pk=shipment.pk)
    rows = list(parcel.lines.select_related("line").order_by("line"))
    hindrance = _hindrance(order, parcel, rows, at)
    if hindrance:
        raise CannotUndoError(parcel, hindrance)
    parcel.undone_at, parcel.undone_by = at, actor
    parcel.save(update_fields=["undone_at", "undone_by"])
    for row in rows:
        row.line.shipped_quantity -= row.quantity
        row.line.save(update_fields=["shipped_quantity"])
    lifecycle.note_unshipped(
        order=order,
        has_other_parcels=order.shipments.sent().filter(case=None).exists(),
        actor=actor,
        details={"carrier": parcel.carrier, "tracking_number": parcel.tracking_number},
        at=at,
    )
    mails.unshipped(shipment=parcel, at=at)
    held = [holding.restore(line=row.line, key=f"parcel-{parcel.pk}") for row in rows]
    stock.unship(holds=list(chain.from_iterable(held)), actor=actor)


def undo_until(shipment: Shipment) -> datetime:
    """Return until when a parcel can be taken back."""
    return shipment.shipped_at + timedelta(seconds=settings.SHIPMENT_UNDO_SECONDS)


@transaction.atomic
def send_replacement(*, case: ReturnCase, label: Label, actor: User | None, at: datetime) -> Shipment:
    """Send the parcel of an exchange, whose case is locked: what is held for it leaves, and the buyer is told."""
    shipment = Shipment.objects.create(
        order=case.order,
        case=case,
        carrier=label.carrier,
        tracking_number=label.tracking_number,
        shipped_by=actor,
        shipped_at=at,
    )
    rows = [ShipmentLine(shipment=shipment, line_id=row.line_id, quantity=row.quantity) for row in case.lines.all()]
    ShipmentLine.objects.bulk_create(rows)
    mails.shipped(shipment=shipment, at=at)
    stock.ship(holds=holding.draw_for_case(case=case), actor=actor)
    return shipment


def _parcel(lines: list[OrderLine], quantities: Mapping[int, int] | None) -> list[tuple[OrderLine, int]]:
    """Return lines with the units to send, after checking each quantity."""
    if quantities is None:
        return [(line, line.ready_quantity) for line in lines if line.ready_quantity]
    if set(quantities) - {line.pk for line in lines}:
        raise WrongQuantityError(None)
    parcel = []
    for line in lines:
        quantity = quantities.get(line.pk, 0)
        if not 0 <= quantity <= line.ready_quantity:
            raise WrongQuantityError(line)
        if quantity:
            parcel.append((line, quantity))
    if not parcel:
        raise WrongQuantityError(None)
    return parcel


def _hindrance(order: Order, parcel: Shipment, rows: list[ShipmentLine], at: datetime) -> Hindrance | None:
    """Return what speaks against taking a parcel back, if anything does; the order is locked."""
    asked_back = order.cases.exclude(kind=ReturnCase.Kind.CANCELLATION)
    reasons = {
        Hindrance.UNDONE: parcel.undone_at is not None,
        Hindrance.REPLACEMENT: parcel.case_id is not None,
        Hindrance.OVER: order.status != Order.Status.OPEN,
        Hindrance.TIME: at > undo_until(parcel),
        Hindrance.CARRIER: parcel.events.exists(),
        Hindrance.CASE: asked_back.exclude(status__in=_FORGOTTEN).exists()
        or any(row.line.repaid_quantity > row.line.cancelled_quantity for row in rows),
    }
    return next((hindrance for hindrance, is_so in reasons.items() if is_so), None)
