"""Orders that staff write for a buyer who is on the telephone or at the counter; the buyer gets a way to pay.

The same rules hold as in the shop: today's prices, stock and delivery, one order for one form.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from cart import services as carts
from catalog.models import Variant
from catalog.services import stock
from orders.models import Checkout, Purchase
from orders.selectors import quoting
from orders.services import checkouts, mails, placing


@dataclass(frozen=True)
class Wish:
    """What the buyer wants, as staff typed it.

    token: of the form. language: of the mails. delivery_code: empty for the first way that reaches the address.
    """

    token: uuid.UUID
    goods: Mapping[Variant, int]
    email: str
    address: Mapping[str, str]
    language: str
    delivery_code: str = ""
    note: str = ""


class NotEnoughError(Exception):
    """Fewer of a variant are there, or can be in one order, than wanted."""

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant.sku)
        self.variant = variant


@transaction.atomic
def look(*, wish: Wish, at: datetime) -> quoting.Quote:
    """Return what the order would be; nothing is kept.

    Raises carts.CannotAddError, NotEnoughError.
    """
    quote = _quote(wish, at)
    transaction.set_rollback(True)
    return quote


def place(*, wish: Wish, seen_digest: str, actor: User, at: datetime) -> Purchase:
    """Place the order that was looked at, and mail the buyer a way to pay; the same form twice is one order.

    Raises placing.PlacingError, stock.OutOfStockError, carts.CannotAddError, NotEnoughError; nothing is kept then.
    """
    found = _placed(wish)
    if found is not None:
        return found
    try:
        return _place(wish, seen_digest, actor, at)
    except (IntegrityError, placing.PlacingError, stock.OutOfStockError, carts.CannotAddError, NotEnoughError):
        found = _placed(wish)  # by the same form, a moment ago
        if found is None:
            raise
        return found


def _placed(wish: Wish) -> Purchase | None:
    return Purchase.objects.filter(checkout_token=wish.token).first()


def _place(wish: Wish, seen_digest: str, actor: User, at: datetime) -> Purchase:
    with transaction.atomic():
        quote = _quote(wish, at)
        if quote.digest != seen_digest:
            raise placing.QuoteChangedError(quote)
        agreement = placing.Agreement(
            checkout_token=wish.token,
            digest=seen_digest,
            language=wish.language,
            note=wish.note,
            staff=actor,
            pay_seconds=settings.STAFF_ORDER_PAY_SECONDS,
        )
        purchase = placing.place(agreement=agreement, at=at)
        for order in purchase.orders.filter(paid_at=None):
            mails.to_pay(order=order, at=at)
    return purchase


def _quote(wish: Wish, at: datetime) -> quoting.Quote:
    """Return the quote of a checkout that is written for this."""
    checkout = _draft(wish, at)
    quote = quoting.quote(checkout=checkout, at=at)
    if quote.chosen is None and quote.expected is not None:
        checkouts.set_delivery(checkout=checkout, code=quote.expected.code)
        quote = replace(quote, chosen=quote.expected)
    return quote


def _draft(wish: Wish, at: datetime) -> Checkout:
    cart = None
    for variant, units in wish.goods.items():
        if cart is None:
            cart = carts.buy_now(user=None, variant=variant, quantity=units, at=at)
        else:
            carts.add(cart=cart, variant=variant, quantity=units, at=at)
        if cart.lines.get(variant=variant).quantity < units:
            raise NotEnoughError(variant)
    if cart is None:
        raise placing.IncompleteError
    cart.refresh_from_db()
    checkouts.set_address(checkout=checkouts.find(cart=cart), email=wish.email, address=wish.address)
    checkout = checkouts.find(cart=cart)
    checkouts.set_token(checkout=checkout, token=wish.token)
    checkouts.set_delivery(checkout=checkout, code=wish.delivery_code)
    return checkout
