"""The form on the way to an order."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from cart.models import Cart
from orders.models import Checkout


def find(*, cart: Cart) -> Checkout:
    """Return the cart's checkout, a new and unsaved one when there is none yet."""
    return Checkout.objects.select_related("cart").filter(cart=cart).first() or Checkout(cart=cart)


@transaction.atomic
def set_address(*, checkout: Checkout, email: str, address: Mapping[str, str]) -> None:
    """Keep who buys and where the parcel goes; a delivery method chosen for another country is forgotten."""
    values = {"email": email, **address}
    saved, is_new = Checkout.objects.get_or_create(cart=checkout.cart, defaults=values)
    if is_new:
        return
    if saved.country != address["country"]:
        saved.delivery_code = ""
    for name, value in values.items():
        setattr(saved, name, value)
    saved.save()


@transaction.atomic
def set_delivery(*, checkout: Checkout, code: str) -> None:
    """Keep the chosen delivery method."""
    checkout.delivery_code = code
    checkout.save(update_fields=["delivery_code", "updated_at"])


@transaction.atomic
def set_review(*, checkout: Checkout, payment_provider: str, note: str) -> None:
    """Keep what was typed on the last page, for when it has to be shown again."""
    checkout.payment_provider = payment_provider
    checkout.note = note
    checkout.save(update_fields=["payment_provider", "note", "updated_at"])
