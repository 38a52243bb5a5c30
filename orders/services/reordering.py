"""Buy the same once more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from cart import services as carts
from cart.models import Cart
from orders.models import Order, OrderLine


@dataclass(frozen=True)
class Refilled:
    """The cart with what could be had again, none when nothing could; and the lines of which there is less, or none."""

    cart: Cart | None
    missing: Sequence[OrderLine]


def put_into_cart(*, order: Order, user: User | None, token: uuid.UUID | None, at: datetime) -> Refilled:
    """Put an order's goods into the cart of a user or visitor, at today's prices, as far as they can be had."""
    cart, missing = None, []
    for line in order.lines.select_related("variant__product").order_by("position"):
        if line.variant is None:
            missing.append(line)
            continue
        try:
            placed = carts.add_to_basket(user=user, token=token, variant=line.variant, quantity=line.quantity, at=at)
        except carts.CannotAddError:
            missing.append(line)
            continue
        cart, token = placed.line.cart, placed.line.cart.token
        if placed.is_capped:
            missing.append(line)
    return Refilled(cart, missing)
