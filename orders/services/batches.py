"""Many orders shipped at once: first what would happen to each row of a table, then that, each row by itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from core import numbers
from orders.models import Order, ReturnCase, Shipment
from orders.providers import carriers
from orders.services import shipping

_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII)  # what a spreadsheet makes of many digits


class Verdict(StrEnum):
    """What happens to a row, or why nothing does."""

    WILL_SHIP = "will ship"
    SHIPPED = "shipped"
    DONE = "done"  # this parcel has left before
    EMPTY = "empty"  # no tracking number
    NOT_A_NUMBER = "not a number"
    TWICE = "twice"
    UNKNOWN = "unknown"  # there is none, or it is somebody else's
    CANCELLED = "cancelled"
    UNPAID = "unpaid"
    WAITING = "waiting"  # what is left is not there yet
    LEFT = "left"  # nothing is left to ship
    CANCELLATION = "cancellation"  # asked for
    CARRIER = "carrier"
    FORMAT = "format"
    CHANGED = "changed"  # since it was shown


@dataclass(frozen=True)
class Row:
    """A row of a table: which order leaves how.

    line: in the file. number: digits only. units: that were shown to leave; None before that.
    """

    line: int
    number: str
    carrier: str
    tracking_number: str
    units: int | None = None


@dataclass(frozen=True)
class Told:
    """A row and what happens to it; `quantities` are the units to leave by line of the order."""

    row: Row
    verdict: Verdict
    quantities: Mapping[int, int]
    name: str = ""

    @property
    def units(self) -> int:
        """How many units leave."""
        return sum(self.quantities.values())


def plan(*, rows: Sequence[Row], orders: QuerySet[Order]) -> list[Told]:
    """Return what would happen to each row, in their order; four queries however many there are.

    orders: those that the user may ship.
    """
    known = _known([row.number for row in rows], orders)
    times = Counter(row.number for row in rows if row.tracking_number)
    return [_told(row, known.get(row.number), is_twice=times[row.number] > 1) for row in rows]


def apply(*, rows: Sequence[Row], orders: QuerySet[Order], actor: User | None, at: datetime) -> list[Told]:
    """Ship what was shown, each row in a transaction of its own, and return what became of each.

    Safe to repeat after an end in the middle: what has left is told as done. What has changed since it was shown is
    left alone, and told.
    """
    return [_shipped(told, orders, actor, at) for told in plan(rows=rows, orders=orders)]


def _known(order_numbers: Sequence[str], orders: QuerySet[Order]) -> dict[str, Order]:
    asked = ReturnCase.objects.open().filter(kind=ReturnCase.Kind.CANCELLATION)
    found = orders.filter(number__in=set(order_numbers)).prefetch_related(
        "lines", Prefetch("shipments", queryset=Shipment.objects.sent()), Prefetch("cases", queryset=asked)
    )
    return {order.number: order for order in found}


def _told(row: Row, order: Order | None, *, is_twice: bool) -> Told:
    left = {line.pk: line.ready_quantity for line in order.lines.all()} if order else {}
    told = Told(row, Verdict.WILL_SHIP, {pk: units for pk, units in left.items() if units}, order.name if order else "")
    refusal = _refused_at_sight(row, is_twice=is_twice) or (_refused(told, order) if order else Verdict.UNKNOWN)
    return replace(told, verdict=refusal, quantities={}) if refusal else told


def _refused_at_sight(row: Row, *, is_twice: bool) -> Verdict | None:
    """Return what is wrong with a row, whatever order it is about."""
    reasons = {
        Verdict.EMPTY: not row.tracking_number,
        Verdict.NOT_A_NUMBER: not numbers.is_valid(row.number),
        Verdict.TWICE: is_twice,
    }
    return next((verdict for verdict, is_so in reasons.items() if is_so), None)


def _refused(told: Told, order: Order) -> Verdict | None:
    """Return why an order does not leave by this row."""
    row = told.row
    parcels = {(parcel.carrier, parcel.tracking_number) for parcel in order.shipments.all()}
    reasons = {
        Verdict.DONE: (row.carrier, row.tracking_number) in parcels,
        Verdict.CANCELLED: order.status == Order.Status.CANCELLED,
        Verdict.UNPAID: order.status == Order.Status.AWAITING_PAYMENT,
        Verdict.WAITING: not told.quantities and any(line.waiting_quantity for line in order.lines.all()),
        Verdict.LEFT: order.status != Order.Status.OPEN or not told.quantities,
        Verdict.CANCELLATION: bool(order.cases.all()),
        Verdict.CARRIER: row.carrier not in Shipment.Carrier.values,
        Verdict.FORMAT: not carriers.accepts(row.carrier, row.tracking_number)
        or bool(_ROUNDED.fullmatch(row.tracking_number)),
        Verdict.CHANGED: row.units not in (None, told.units),
    }
    return next((verdict for verdict, is_so in reasons.items() if is_so), None)


def _shipped(told: Told, orders: QuerySet[Order], actor: User | None, at: datetime) -> Told:
    """Ship one row; when somebody was faster, say what the order is now."""
    if told.verdict != Verdict.WILL_SHIP:
        return told
    order = orders.get(number=told.row.number)
    label = shipping.Label(told.row.carrier, told.row.tracking_number)
    try:
        shipping.ship(order=order, label=label, quantities=told.quantities, actor=actor, at=at)
    except (shipping.CannotShipError, shipping.WrongQuantityError):
        now = plan(rows=[told.row], orders=orders)[0]
        return replace(now, verdict=Verdict.CHANGED) if now.verdict == Verdict.WILL_SHIP else now
    return replace(told, verdict=Verdict.SHIPPED)
