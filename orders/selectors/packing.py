"""What is to be packed: a list to walk along the shelves with, and a slip for each order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from core import barcodes
from orders.models import Allocation, Order, OrderLine, Shipment

SHOWN_DIGITS = 4


@dataclass
class Pick:
    """Units of a SKU to take from a place, and for which orders."""

    location: str
    sku: str
    title: str
    options: str
    quantity: int = 0
    orders: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Barcode:
    """A bar code as a picture: bars by place and width, all in modules."""

    text: str
    bars: Sequence[tuple[int, int]]
    width: int


@dataclass(frozen=True)
class SlipLine:
    """A line of an order, how many of it are in which parcel, and how many have still to leave."""

    line: OrderLine
    in_parcels: Sequence[tuple[Shipment, int]]
    left: int


@dataclass(frozen=True)
class Slip:
    """What lies in the parcel: for whom it is, and what."""

    order: Order
    barcode: Barcode
    phone: str
    lines: Sequence[SlipLine]


def with_contents(orders: QuerySet[Order]) -> list[Order]:
    """Return orders with all that is printed of them, the one that is to leave first before the others; six queries."""
    held = Allocation.objects.filter(case=None, quantity__gt=0).select_related("level__location").order_by("pk")
    lines = OrderLine.objects.order_by("position").prefetch_related(Prefetch("allocations", queryset=held))
    sent = Shipment.objects.sent().filter(case=None).order_by("pk").prefetch_related("lines")
    found = orders.prefetch_related(Prefetch("lines", queryset=lines), Prefetch("shipments", queryset=sent))
    return list(found.select_related("merchant").order_by("ship_by", "pk"))


def picks(orders: Iterable[Order]) -> list[Pick]:
    """Return what to take from where, by place and SKU; what is not counted has no place."""
    found: dict[tuple[str, str], Pick] = {}
    for order in orders:
        for line in order.lines.all():
            for location, units in _places(line):
                fresh = Pick(location, line.sku, line.title, line.options)
                pick = found.setdefault((location, line.sku), fresh)
                pick.quantity += units
                pick.orders.append((order.number, units))
    return [found[key] for key in sorted(found)]


def slips(orders: Iterable[Order]) -> list[Slip]:
    """Return a slip for each order."""
    return [
        Slip(order, barcode(order.number), masked(order.phone), [_slip_line(order, line) for line in order.lines.all()])
        for order in orders
    ]


def barcode(text: str) -> Barcode:
    """Return a text as a bar code."""
    bars, width = barcodes.bars(text)
    return Barcode(text, bars, width)


def masked(phone: str) -> str:
    """Return a telephone number of which only the last digits can be read."""
    hidden = max(len(phone) - SHOWN_DIGITS, 0)
    return "*" * hidden + phone[hidden:]


def _places(line: OrderLine) -> list[tuple[str, int]]:
    places: dict[str, int] = {}
    for held in line.allocations.all():
        name = held.level.location.name
        places[name] = places.get(name, 0) + held.quantity
    rest = line.ready_quantity - sum(places.values())
    return [*places.items(), *([("", rest)] if rest > 0 else [])]


def _slip_line(order: Order, line: OrderLine) -> SlipLine:
    inside = [
        (parcel, row.quantity)
        for parcel in order.shipments.all()
        for row in parcel.lines.all()
        if row.line_id == line.pk
    ]
    return SlipLine(line, inside, line.unshipped_quantity)
