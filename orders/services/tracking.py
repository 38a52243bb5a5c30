"""Where parcels are: what a carrier says of them, kept as it was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from orders.models import Order, Shipment, ShipmentEvent
from orders.providers.carriers import Tracker, TrackingEvent
from orders.services import lifecycle

Kind = ShipmentEvent.Kind


class CannotTrackError(Exception):
    """The parcel was taken back: nothing can happen to it."""

    def __init__(self, shipment: Shipment) -> None:
        super().__init__(shipment.pk)
        self.shipment = shipment


class ImpossibleMomentError(Exception):
    """The event lies in the future, or before the order was placed."""

    def __init__(self, event: TrackingEvent) -> None:
        super().__init__(event.happened_at.isoformat())
        self.event = event


def follow(*, shipment: Shipment, tracker: Tracker, at: datetime, actor: User | None = None) -> int:
    """Ask where a parcel is and keep what is new; return how many events were.

    What was told before, and what is told in another order, changes nothing. When all parcels of the order are
    delivered, so is the order. Raises CannotTrackError and ImpossibleMomentError; nothing is changed then.
    """
    told = tracker.events(shipment)  # may be remote, so no transaction is open yet
    return _keep(shipment, told, actor, at)


@transaction.atomic
def _keep(shipment: Shipment, told: Sequence[TrackingEvent], actor: User | None, at: datetime) -> int:
    order = Order.objects.select_for_update().get(pk=shipment.order_id)
    if not order.shipments.sent().filter(pk=shipment.pk).exists():
        raise CannotTrackError(shipment)
    for event in told:
        if not order.placed_at <= event.happened_at <= at:
            raise ImpossibleMomentError(event)
    known = set(shipment.events.values_list("kind", "happened_at"))
    new = {(event.kind, event.happened_at): event for event in told if (event.kind, event.happened_at) not in known}
    ShipmentEvent.objects.bulk_create(
        ShipmentEvent(
            shipment=shipment,
            kind=event.kind,
            happened_at=event.happened_at,
            place=event.place,
            text=event.text,
            noted_by=actor,
            noted_at=at,
        )
        for event in new.values()
    )
    if any(kind == Kind.DELIVERED for kind, _moment in new):
        _note_delivery(order, actor, at)
    return len(new)


def _note_delivery(order: Order, actor: User | None, at: datetime) -> None:
    """Write that the order is delivered once the last of its parcels is; a replacement is a matter of its case."""
    if order.status != Order.Status.OPEN or order.fulfilment_status != Order.FulfilmentStatus.SHIPPED:
        return
    parcels = set(order.shipments.sent().filter(case=None).values_list("pk", flat=True))
    arrived: dict[int, datetime] = {}
    rows = ShipmentEvent.objects.filter(shipment__in=parcels, kind=Kind.DELIVERED).order_by("happened_at")
    for shipment_id, moment in rows.values_list("shipment_id", "happened_at"):
        arrived.setdefault(shipment_id, moment)
    if parcels == arrived.keys():
        lifecycle.note_delivered(order=order, delivered_at=max(arrived.values()), actor=actor, at=at)
