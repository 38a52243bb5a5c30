"""A cart as it is now: prices, stock and publish state looked up again each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import Merchant, User
from cart.models import Cart, CartLine
from catalog.models import Product, Variant
from catalog.selectors import options, pictures, prices, stock
from core.money import Money
from core.rows import Statement

LOW_STOCK = 5

_LINES = Statement(
    """
    SELECT {line}, {variant}, {product}, {merchant}
    FROM cart_cartline line
    JOIN catalog_variant variant ON variant.id = line.variant_id
    JOIN catalog_product product ON product.id = variant.product_id
    JOIN accounts_merchant merchant ON merchant.id = product.merchant_id
    WHERE line.cart_id = %s
    ORDER BY line.added_at, line.id
    """,
    line=CartLine,
    variant=Variant,
    product=Product,
    merchant=Merchant,
)


class Problem(StrEnum):
    """Why a line cannot be ordered."""

    GONE = "gone"  # not published, not offered, or without a price in the cart's currency
    SOLD_OUT = "sold_out"


@dataclass(frozen=True)
class Line:
    """One line as the shopper should see it now; `quantity` is never more than there are."""

    row: CartLine
    quantity: int
    title: str
    options: str
    pictures: Mapping[int, str] = field(repr=False)  # of all lines by variant, looked up when one is shown
    quote: prices.Quote | None
    available: int
    problem: Problem | None
    waiting: int = 0  # units that are not there yet
    ships_on: date | None = None  # from when on they are sent, if that is known

    @property
    def variant(self) -> Variant:
        """The variant in the cart."""
        return self.row.variant

    @property
    def picture(self) -> str:
        """The file of the variant's picture; empty when there is none."""
        return self.pictures.get(self.row.variant_id, "")

    @property
    def is_bought(self) -> bool:
        """Whether it would become part of an order."""
        return self.row.is_selected and self.problem is None

    @property
    def is_low(self) -> bool:
        """Whether it is worth saying how few are left."""
        return self.problem is None and self.available <= LOW_STOCK

    @property
    def is_reduced(self) -> bool:
        """Whether the shopper wanted more than there are now."""
        return self.problem is None and self.quantity < self.row.quantity

    @property
    def total(self) -> Money | None:
        """The line's price; None when it has none any more."""
        return self.quote.price * self.quantity if self.quote else None

    @property
    def price_before(self) -> Money | None:
        """What a unit cost when the shopper last saw it, when that has changed."""
        seen = self.row.price_seen
        if self.quote is None or seen is None or seen == self.quote.price.amount:
            return None
        return Money(seen, self.quote.price.currency)


@dataclass(frozen=True)
class Content:
    """A whole cart as it is now; lines that can be bought first."""

    cart: Cart | None
    lines: Sequence[Line]
    currency: str

    @property
    def bought(self) -> list[Line]:
        """Lines that would become an order."""
        return [line for line in self.lines if line.is_bought]

    @property
    def total(self) -> Money:
        """What the ticked lines cost, without delivery."""
        return Money.total((line.total for line in self.bought if line.total), self.currency)

    @property
    def units(self) -> int:
        """Units of the ticked lines."""
        return sum(line.quantity for line in self.bought)

    @property
    def are_all_selected(self) -> bool:
        """Whether every line that can be ticked is."""
        return all(line.row.is_selected for line in self.lines if line.problem is None)


def content(*, cart: Cart | None, at: datetime) -> Content:
    """Return the cart with today's prices and stock, in a fixed number of queries; pictures cost one when asked for."""
    if cart is None:
        return Content(None, [], settings.CURRENCY)
    rows = _rows(cart)
    ids = [row.variant_id for row in rows]
    currency = cart.currency or settings.CURRENCY
    supplies = stock.supplies(variant_ids=ids, at=at)
    available = {row.variant_id: _units(row.variant, supplies) for row in rows}
    today = timezone.localdate(at)
    quantities = {row.variant_id: min(row.quantity, available[row.variant_id]) or row.quantity for row in rows}
    quotes = prices.quotes(variant_ids=ids, at=at, currency=currency, quantities=quantities)
    labels = options.labels(row.variant.options for row in rows)
    shown = cast("Mapping[int, str]", SimpleLazyObject(lambda: pictures.of_variants([row.variant for row in rows])))
    lines = []
    for row in rows:
        units = available[row.variant_id]
        quote = quotes.get(row.variant_id)
        supply, quantity = supplies.get(row.variant_id, stock.NOTHING), quantities[row.variant_id]
        is_late = bool(units) and row.variant.is_counted and supply.waiting(quantity) > 0
        lines.append(
            Line(
                row=row,
                quantity=quantity,
                title=row.variant.product.title,
                options=options.written(row.variant.options, labels),
                pictures=shown,
                quote=quote,
                available=units,
                problem=_problem(row, quote, units, at),
                waiting=supply.waiting(quantity) if is_late else 0,
                ships_on=supply.ships_on(row.variant, quantity, today) if is_late else None,
            )
        )
    lines.sort(key=lambda line: line.problem is not None)
    return Content(cart, lines, currency)


def unit_count(*, cart: Cart | None) -> int:
    """Return how many units are in the cart, for the number beside its symbol."""
    if cart is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(quantity), 0) FROM cart_cartline WHERE cart_id = %s", [cart.pk])
        return int(cursor.fetchone()[0])


def _rows(cart: Cart) -> list[CartLine]:
    """Return the lines as they are kept, each with its variant, product and merchant."""
    rows = []
    for line, variant, product, merchant in _LINES.rows([cart.pk]):
        product.merchant = merchant
        variant.product = product
        line.variant = variant
        rows.append(line)
    return rows


def _units(variant: Variant, supplies: Mapping[int, stock.Supply]) -> int:
    if variant.stock_policy == Variant.StockPolicy.UNCOUNTED:
        return settings.CART_QUANTITY_LIMIT
    return min(supplies.get(variant.pk, stock.NOTHING).units, settings.CART_QUANTITY_LIMIT)


def _problem(row: CartLine, quote: prices.Quote | None, available: int, at: datetime) -> Problem | None:
    variant = row.variant
    if quote is None or not variant.is_active or not variant.product.is_visible_at(at):
        return Problem.GONE
    return None if available else Problem.SOLD_OUT


def records(*, user: User) -> dict[str, list[dict[str, Any]]]:
    """Return what the shop keeps in a user's carts, by the name of its table, for the user to take away."""
    lines: Any = CartLine.objects.filter(cart__user=user).order_by("pk")
    return {"cart_lines": list(lines.values("variant__sku", "quantity", "is_selected", "added_at"))}
