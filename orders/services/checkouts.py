"""The form on the way to an order."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from accounts.models import User
from accounts.services import addresses
from cart.models import Cart
from core.rows import Statement
from orders.models import Checkout

_OF_CART = Statement("SELECT {checkout} FROM orders_checkout checkout WHERE checkout.cart_id = %s", checkout=Checkout)


def find(*, cart: Cart) -> Checkout:
    """Return the cart's checkout, a new and unsaved one when there is none yet."""
    checkout: Checkout = _OF_CART.first([cart.pk])[0] or Checkout()
    checkout.cart = cart
    return checkout


def set_address(*, checkout: Checkout, email: str, address: Mapping[str, str], keeper: User | None = None) -> None:
    """Keep who buys and where the parcel goes; a delivery method chosen for another country is forgotten.

    keeper: in whose address book it goes as well.
    """
    is_elsewhere = checkout.country != address["country"]
    values = {"email": email, "delivery_code": "" if is_elsewhere else checkout.delivery_code, **address}
    # One statement, so that two first tabs of one shopper end with one checkout.
    Checkout.objects.bulk_create(
        [Checkout(cart=checkout.cart, **values)],
        update_conflicts=True,
        unique_fields=["cart"],
        update_fields=[*values, "updated_at"],
    )
    if keeper is not None:
        addresses.remember(user=keeper, values=address)


def set_delivery(*, checkout: Checkout, code: str) -> None:
    """Keep the chosen delivery method."""
    checkout.delivery_code = code
    checkout.save(update_fields=["delivery_code", "updated_at"])


def set_token(*, checkout: Checkout, token: uuid.UUID) -> None:
    """Place the order under the token of a form that is shown already."""
    checkout.token = token
    checkout.save(update_fields=["token"])


def set_review(*, checkout: Checkout, payment_provider: str, note: str) -> None:
    """Keep what was typed on the last page, for when it has to be shown again."""
    checkout.payment_provider = payment_provider
    checkout.note = note
    checkout.save(update_fields=["payment_provider", "note", "updated_at"])
