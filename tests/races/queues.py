"""Shoppers in front of the till: each with a cart, a checkout that is filled in, and a finger on the button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.utils import timezone

from cart.models import Cart, CartLine
from catalog.models import Variant
from orders.models import Checkout, Purchase
from orders.services import placing
from tests import make


def line_up(variant: Variant, *, quantities: Sequence[int]) -> list[Callable[[], Purchase]]:
    """Return one press of the button for each shopper; they want so many units of a variant."""
    pattern = {quantity: _pattern(variant, quantity) for quantity in sorted(set(quantities))}
    carts = Cart.objects.bulk_create(Cart(currency="CNY") for _ in quantities)
    CartLine.objects.bulk_create(
        CartLine(cart=cart, variant=variant, quantity=quantity)
        for cart, quantity in zip(carts, quantities, strict=True)
    )
    some = next(iter(pattern.values()))[0]
    fields = {name: getattr(some, name) for name in ("email", "delivery_code", *make.ADDRESS)}
    checkouts = Checkout.objects.bulk_create(Checkout(cart=cart, **fields) for cart in carts)
    return [
        press(replace(pattern[quantity][1], checkout_token=checkout.token))
        for checkout, quantity in zip(checkouts, quantities, strict=True)
    ]


def press(agreement: placing.Agreement) -> Callable[[], Purchase]:
    """Return the act of pressing the button."""
    return lambda: placing.place(agreement=agreement, at=timezone.now())


def _pattern(variant: Variant, quantity: int) -> tuple[Checkout, placing.Agreement]:
    checkout = make.checkout(make.cart(variant, quantity=quantity))
    return checkout, make.agreement(checkout)
