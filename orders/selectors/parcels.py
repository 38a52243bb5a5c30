"""Parcels as pages show them: what is in them, where they are, and where their carrier tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from orders.models import Order, Shipment, ShipmentEvent, ShipmentLine
from orders.providers import carriers


@dataclass(frozen=True)
class Parcel:
    """A parcel as its buyer sees it.

    told: what the carrier said of it, the latest first. page: the carrier's own, empty where none is known.
    """

    pk: int
    carrier: str
    number: str
    shipped_at: datetime
    rows: Sequence[ShipmentLine]
    told: Sequence[ShipmentEvent]
    page: str


def of_order(order: Order) -> list[Parcel]:
    """Return the parcels of an order, the latest first; those that were taken back are none. Four queries at most."""
    latest = ShipmentEvent.objects.order_by("-happened_at", "-pk")
    found = order.shipments.sent().prefetch_related("lines__line", Prefetch("events", queryset=latest))
    return [_shown(shipment) for shipment in found.order_by("-pk")]


def _shown(shipment: Shipment) -> Parcel:
    return Parcel(
        pk=shipment.pk,
        carrier=str(shipment.get_carrier_display()),
        number=shipment.tracking_number,
        shipped_at=shipment.shipped_at,
        rows=list(shipment.lines.all()),
        told=list(shipment.events.all()),
        page=carriers.page(shipment.carrier, shipment.tracking_number),
    )
