"""Where an order goes is corrected before it leaves. What delivery costs was agreed, and stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from orders.models import Order, OrderEvent
from orders.services import lifecycle, mails

ADDRESS = ("country", "name", "phone", "province", "city", "district", "street", "postcode")


class CannotReaddressError(Exception):
    """Something has left, is being packed, is over, or is asked back; or the parcel would go too far."""


def can_be_readdressed(order: Order) -> bool:
    """Tell whether the buyer may still correct the address: nothing has left, and nobody packs it."""
    return can_be_readdressed_by_staff(order) and order.picked_at is None


def can_be_readdressed_by_staff(order: Order) -> bool:
    """Tell whether the address may still be corrected: nothing has left, and nothing was asked back."""
    is_alive = order.status in (Order.Status.AWAITING_PAYMENT, Order.Status.OPEN)
    return is_alive and order.fulfilment_status == Order.FulfilmentStatus.NONE and not order.has_open_case


@transaction.atomic
def change(*, order: Order, address: Mapping[str, str], actor: User | None, at: datetime, is_staff: bool) -> None:
    """Write another address on an order that has not left, and tell the buyer; the same address changes nothing.

    is_staff: they may send it to another province or country, and know whether that is worth it; buyers may not.
    Raises CannotReaddressError; nothing is changed then.
    """
    locked = next(each for each in lifecycle.lock(order.purchase_id) if each.pk == order.pk)
    is_possible = can_be_readdressed_by_staff(locked) if is_staff else can_be_readdressed(locked)
    is_near = (locked.country, locked.province) == (address["country"], address["province"])
    if not is_possible or not (is_near or is_staff):
        raise CannotReaddressError
    if all(getattr(locked, name) == address[name] for name in ADDRESS):
        return
    for name in ADDRESS:
        setattr(locked, name, address[name])
    locked.save(update_fields=[*ADDRESS])
    lifecycle.record(order=locked, kind=OrderEvent.Kind.READDRESSED, at=at, actor=actor)
    mails.readdressed(order=locked, at=at)
