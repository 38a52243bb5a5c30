"""Place an order: one transaction that checks, prices, copies and allocates. Nothing remote happens in it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from cart import services as carts
from cart.models import Cart
from cart.selectors import Line
from catalog.selectors import returns
from core import numbers
from core.rows import Statement
from orders import events
from orders.models import Checkout, Order, OrderEvent, OrderLine, Purchase
from orders.selectors import quoting
from orders.services import holding, lifecycle
from orders.services.backorders import Wait

logger = logging.getLogger(__name__)

ADDRESS = ("country", "name", "phone", "province", "city", "district", "street", "postcode")

_LOCKED = Statement(
    """
    SELECT {checkout}, {cart} FROM orders_checkout checkout JOIN cart_cart cart ON cart.id = checkout.cart_id
    WHERE checkout.token = %s FOR UPDATE OF checkout, cart
    """,
    checkout=Checkout,
    cart=Cart,
)
_PLACED = Statement("SELECT {purchase} FROM orders_purchase purchase WHERE checkout_token = %s", purchase=Purchase)


@dataclass(frozen=True)
class Agreement:
    """What the shopper sends when pressing the button.

    digest: of what was shown (`quoting.Quote.digest`). language: the page's, for the order's texts. staff: who wrote
    it for the buyer. pay_seconds: how long it waits for its payment, if not as long as others.
    """

    checkout_token: uuid.UUID
    digest: str
    language: str
    user: User | None = None
    note: str = ""
    payment_provider: str = ""
    staff: User | None = None
    pay_seconds: int | None = None


class PlacingError(Exception):
    """Nothing was placed; subclasses say why."""


class UnknownCheckoutError(PlacingError):
    """There is no such checkout, or it belongs to another shopper."""


class OtherContentError(PlacingError):
    """An order was placed from this checkout already, with other content."""


class QuoteChangedError(PlacingError):
    """What would be placed now differs from what was shown: show `quote` and ask again."""

    def __init__(self, quote: quoting.Quote) -> None:
        super().__init__("changed")
        self.quote = quote


class IncompleteError(PlacingError):
    """The cart is empty, or address or delivery are missing."""


def place(*, agreement: Agreement, at: datetime) -> Purchase:
    """Turn a checkout into a purchase with an order for each merchant; the same press again finds the same one.

    Raises a PlacingError or stock.OutOfStockError; nothing is changed then.
    """
    with transaction.atomic():
        # Whoever comes second waits here, and then finds the token used up and the purchase placed.
        checkout, cart = _LOCKED.first([agreement.checkout_token])
        found = _placed_before(agreement)
        if found:
            return found
        if checkout is None or not _may_use(cart.user_id, agreement):
            raise UnknownCheckoutError
        checkout.cart = cart
        return _place(checkout, agreement, at)


def _placed_before(agreement: Agreement) -> Purchase | None:
    purchase: Purchase | None = _PLACED.first([agreement.checkout_token])[0]
    if purchase and not _may_use(purchase.user_id, agreement):
        raise UnknownCheckoutError
    if purchase and purchase.digest != agreement.digest:
        raise OtherContentError
    return purchase


def _may_use(owner_id: int | None, agreement: Agreement) -> bool:
    """Tell whether the shopper is the owner; a visitor's form is whoever's who holds it."""
    return owner_id is None or (agreement.user is not None and agreement.user.pk == owner_id)


def _place(checkout: Checkout, agreement: Agreement, at: datetime) -> Purchase:
    quote = quoting.quote(checkout=checkout, at=at)
    if not quote.orders or not checkout.has_address or quote.chosen is None:
        raise IncompleteError
    if quote.digest != agreement.digest:
        raise QuoteChangedError(quote)
    purchase = Purchase.objects.create(
        checkout_token=checkout.token,
        digest=quote.digest,
        user=agreement.user,
        email=checkout.email,
        language=agreement.language,
        currency=quote.currency,
        total=quote.total.amount,
        payment_provider=agreement.payment_provider,
        placed_at=at,
        placed_by=agreement.staff,
        pay_by=at + timedelta(seconds=agreement.pay_seconds or settings.PAYMENT_WINDOW_SECONDS),
    )
    lines = [line for each in quote.orders for line in _write_order(purchase, checkout, each, agreement.note)]
    shown = (line for each in quote.orders for line in each.lines if line.quote)
    waits = {line.pk: Wait(each.waiting, each.ships_on) for line, each in zip(lines, shown, strict=True)}
    carts.take_out_bought(cart=checkout.cart, line_ids=[line.row.pk for line in quote.content.bought])
    Checkout.objects.filter(pk=checkout.pk).update(token=uuid.uuid4())
    holding.allocate(lines=lines, attempt="first", waits=waits)
    if not purchase.total:
        lifecycle.receive_payment(purchase_id=purchase.pk, at=at)
    return purchase


def _write_order(purchase: Purchase, checkout: Checkout, quote: quoting.OrderQuote, note: str) -> Sequence[OrderLine]:
    """Write one merchant's order with copies of everything it shows; return its lines."""
    parcel = quote.parcel
    if parcel is None:
        raise IncompleteError
    order = Order.objects.create(
        number=_next_number(),
        purchase=purchase,
        merchant=quote.merchant,
        merchant_name=quote.merchant.name,
        user=purchase.user,
        email=purchase.email,
        language=purchase.language,
        currency=purchase.currency,
        items_total=quote.items_total.amount,
        delivery_total=parcel.price.amount,
        total=quote.total.amount,
        delivery_code=parcel.method.code,
        delivery_name=parcel.method.name,
        delivery_from=parcel.arrives_from,
        delivery_to=parcel.arrives_to,
        note=note,
        placed_at=purchase.placed_at,
        pay_by=purchase.pay_by,
        ships_within_hours=_ships_within_hours(quote.lines),
        **{name: getattr(checkout, name) for name in ADDRESS},
    )
    lines = _write_lines(order, quote.lines)
    lifecycle.record(order=order, kind=OrderEvent.Kind.PLACED, at=purchase.placed_at, actor=purchase.placed_by)
    events.order_placed.publish(order_id=order.pk)
    transaction.on_commit(partial(logger.info, "order placed", extra={"order": order.number}))
    return lines


def _ships_within_hours(lines: Sequence[Line]) -> int:
    """Return within how many hours after payment the slowest of the goods leaves, as their pages promise."""
    return max(line.variant.product.ships_within_hours or settings.SHIP_WITHIN_HOURS for line in lines)


def _write_lines(order: Order, lines: Sequence[Line]) -> list[OrderLine]:
    days = returns.return_days(line.variant.product_id for line in lines)
    return OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            product_id=line.variant.product_id,
            variant=line.variant,
            sku=line.variant.sku,
            title=line.title,
            options=line.options,
            picture_name=line.picture,
            unit_price=line.quote.price.amount,
            regular_price=line.quote.regular.amount if line.quote.regular else None,
            quantity=line.quantity,
            total=line.quote.price.amount * line.quantity,
            return_days=days[line.variant.product_id],
            waiting_quantity=line.waiting,
        )
        for position, line in enumerate(lines)
        if line.quote
    )


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number')")
        return numbers.conceal(int(cursor.fetchone()[0]), key=settings.ORDER_NUMBER_KEY)
