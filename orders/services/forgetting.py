"""Orders lose the person and keep the money."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from orders.models import CaseEntry, CasePicture, Lookup, Order, OrderEdit, Purchase, ReturnCase, ShipmentEvent

BATCH = 500
OPEN = (Order.Status.AWAITING_PAYMENT, Order.Status.OPEN)
_NEEDED = Q(status__in=OPEN) | Q(has_open_case=True)
NOBODY = {"name": "", "phone": "", "province": "", "city": "", "district": "", "street": "", "postcode": "", "note": ""}


class OpenOrderError(Exception):
    """Something is still to be paid or delivered; that needs the person."""


def open_orders(*, user: User) -> QuerySet[Order]:
    """Return the orders of a user for which the shop still needs to know the person."""
    return Order.objects.visible_to(user).filter(_NEEDED)


@transaction.atomic
def forget(*, user: User, email: str) -> None:
    """Take the person out of all orders of a user; number, lines, sums and the country stay.

    email: what stands in place of the addresses.
    Raises OpenOrderError, and changes nothing, while an order is open.
    """
    list(Purchase.objects.select_for_update().filter(user=user).order_by("pk"))
    orders = list(Order.objects.select_for_update().filter(user=user).order_by("pk"))
    if any(order.status in OPEN or order.has_open_case for order in orders):
        raise OpenOrderError
    Purchase.objects.filter(user=user).update(email=email)
    Order.objects.filter(user=user).update(email=email, **NOBODY)
    Lookup.objects.filter(number__in=[order.number for order in orders]).delete()
    _empty_notes([order.pk for order in orders])


@transaction.atomic
def forget_old(*, before: datetime, email: str) -> int:
    """Take the person out of one batch of purchases placed before a moment; return how many.

    Numbers, lines, sums and countries stay. A purchase with an open order waits.
    email: what stands in place of the addresses; it tells what is done already.
    """
    old = Purchase.objects.filter(placed_at__lt=before).exclude(email=email)
    batch = list(
        old.exclude(orders__in=Order.objects.filter(_NEEDED)).order_by("pk").values_list("pk", flat=True)[:BATCH]
    )
    list(Purchase.objects.select_for_update().filter(pk__in=batch).order_by("pk"))
    orders = list(Order.objects.select_for_update().filter(purchase__in=batch).order_by("pk"))
    Order.objects.filter(purchase__in=batch).update(email=email, **NOBODY)
    _empty_notes([order.pk for order in orders])
    return Purchase.objects.filter(pk__in=batch).update(email=email)


def _empty_notes(order_ids: list[int]) -> None:
    """Take words and photographs out of the cases and parcels of orders; what happened, when, and the money stay."""
    told = ShipmentEvent.objects.filter(shipment__order__in=order_ids).exclude(place="", text="")
    told.update(place="", text="")
    ReturnCase.objects.filter(order__in=order_ids).update(explanation="", tracking_number="")
    CaseEntry.objects.filter(case__order__in=order_ids).exclude(text="").update(text="")
    CasePicture.objects.filter(case__order__in=order_ids).delete()
    OrderEdit.objects.filter(order__in=order_ids).exclude(note="").update(note="")
