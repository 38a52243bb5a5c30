"""Changes to carts. Each takes the cart's row lock first, so that two tabs of one shopper add up."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from cart import selectors
from cart.models import Cart, CartAdd, CartLine
from catalog.models import Variant
from catalog.selectors import prices, stock
from core.rows import Statement

GUEST_DAYS = 30
MEMBER_DAYS = 90
DELETE_BATCH = 1000
_OF_USER = Statement("SELECT {cart} FROM cart_cart cart WHERE kind = 'BASKET' AND user_id = %s", cart=Cart)
_OF_VISITOR = Statement(
    "SELECT {cart} FROM cart_cart cart WHERE kind = 'BASKET' AND user_id IS NULL AND token = %s", cart=Cart
)
_LOCKED = Statement("SELECT {cart} FROM cart_cart cart WHERE cart.id = %s FOR UPDATE", cart=Cart)


class CannotAddError(Exception):
    """A variant cannot go into the cart; subclasses say why."""

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant.sku)
        self.variant = variant


class NotForSaleError(CannotAddError):
    """The product is not published, the variant not offered, or it has no price."""


class SoldOutError(CannotAddError):
    """None is left."""


class OtherCurrencyError(CannotAddError):
    """The cart holds products in another currency, and one order has one currency."""


class TooManyLinesError(CannotAddError):
    """The cart has as many different products as it can hold."""


@dataclass(frozen=True)
class Placed:
    """What became of a wish: the line now, and whether it holds less than wished."""

    line: CartLine
    is_capped: bool


def find(*, user: User | None, token: uuid.UUID | None) -> Cart | None:
    """Return the cart of a user, or of a visitor by the token of the cookie; None while there is none."""
    if user is None and token is None:
        return None
    cart: Cart | None = (_OF_USER.first([user.pk]) if user else _OF_VISITOR.first([token]))[0]
    return cart


def find_or_create(*, user: User | None, token: uuid.UUID | None) -> Cart:
    """Return the cart, made when there is none."""
    found = find(user=user, token=token)
    if found:
        return found
    if user is None:
        return Cart.objects.create()
    return Cart.objects.get_or_create(user=user, kind=Cart.Kind.BASKET)[0]


@transaction.atomic
def add_to_basket(
    *, user: User | None, token: uuid.UUID | None, variant: Variant, quantity: int, at: datetime, form_token: str = ""
) -> Placed:
    """Put units into the cart of a user or visitor, made when there is none; see `add`.

    When nothing can be added, no cart is made either.
    """
    cart = find_or_create(user=user, token=token)
    return _add(cart, variant, quantity, at, form_token)


@transaction.atomic
def add(*, cart: Cart, variant: Variant, quantity: int, at: datetime, form_token: str = "") -> Placed:
    """Put units of a variant into the cart, on top of what is there already.

    More than there are, or than a line may hold, is cut to that. form_token: a form that was sent
    twice adds once. Raises a CannotAddError when nothing can be added; nothing is changed then.
    """
    return _add(cart, variant, quantity, at, form_token)


@transaction.atomic
def buy_now(*, user: User | None, variant: Variant, quantity: int, at: datetime) -> Cart:
    """Return a cart of its own with only this variant; the shopper's cart stays as it is."""
    cart = Cart.objects.create(user=user, kind=Cart.Kind.BUY_NOW)
    _add(cart, variant, quantity, at)
    return cart


@transaction.atomic
def set_quantity(*, cart: Cart, line_id: int, quantity: int) -> Placed:
    """Set the units of a line, at least one, cut to what there is."""
    _lock(cart)
    line = cart.lines.select_related("variant").get(pk=line_id)
    limit = max(1, _limit_or_zero(line.variant))
    line.quantity = min(quantity, limit)
    line.save(update_fields=["quantity"])
    return Placed(line, is_capped=quantity > limit)


@transaction.atomic
def select(*, cart: Cart, line_ids: Collection[int]) -> None:
    """Tick exactly these lines for the order."""
    _lock(cart)
    cart.lines.filter(pk__in=line_ids).update(is_selected=True)
    cart.lines.exclude(pk__in=line_ids).update(is_selected=False)


@transaction.atomic
def tick(*, cart: Cart, line_id: int, is_selected: bool) -> None:
    """Tick one line for the order, or leave it for later."""
    _lock(cart)
    cart.lines.filter(pk=line_id).update(is_selected=is_selected)


@transaction.atomic
def remove(*, cart: Cart, line_id: int) -> CartLine:
    """Take a line out and return it as it was."""
    _lock(cart)
    line = cart.lines.select_related("variant__product").get(pk=line_id)
    CartLine.objects.filter(pk=line.pk).delete()
    return line


@transaction.atomic
def agree_to_prices(*, cart: Cart, at: datetime) -> None:
    """Note that the shopper has seen today's prices, so that they are no news any more."""
    cart = _lock(cart)
    rows = []
    for line in selectors.content(cart=cart, at=at).lines:
        if line.quote:
            line.row.price_seen = line.quote.price.amount
            rows.append(line.row)
    CartLine.objects.bulk_update(rows, ["price_seen"])
    Cart.objects.filter(pk=cart.pk).update(updated_at=at)


def take_out_bought(*, cart: Cart, line_ids: Collection[int]) -> None:
    """Remove the lines that became an order; the rest of the cart stays."""
    cart.lines.filter(pk__in=line_ids).delete()


@transaction.atomic
def merge(*, user: User, token: uuid.UUID) -> list[Variant]:
    """Bring a visitor's cart into the user's; return the variants of which less came along than wished.

    The visitor's cart ends here, so a second call changes nothing. Products in another currency than
    the user's cart stay out, and so do those beyond the number of lines a cart can hold.
    """
    guest = Cart.objects.select_for_update().filter(token=token, user=None, kind=Cart.Kind.BASKET).first()
    if guest is None:
        return []
    own = _lock(find_or_create(user=user, token=None))
    lines = {line.variant_id: line for line in own.lines.all()}
    currency = own.currency if lines else guest.currency
    is_same_currency = not guest.currency or currency == guest.currency
    cut = [
        line.variant
        for line in guest.lines.select_related("variant").order_by("pk")
        if not is_same_currency or not _bring_along(own, line, lines)
    ]
    Cart.objects.filter(pk=own.pk).update(currency=currency, updated_at=max(own.updated_at, guest.updated_at))
    guest.delete()
    return cut


def forget(*, user: User) -> None:
    """Delete the carts of a user, and what was typed on the way to an order."""
    Cart.objects.filter(user=user).delete()


def delete_idle(*, at: datetime) -> int:
    """Delete one batch of carts nobody has touched for long; return how many."""
    guests = Q(user=None, updated_at__lt=at - timedelta(days=GUEST_DAYS))
    members = Q(user__isnull=False, updated_at__lt=at - timedelta(days=MEMBER_DAYS))
    bought_at_once = Q(kind=Cart.Kind.BUY_NOW, updated_at__lt=at - timedelta(days=1))
    batch = list(Cart.objects.filter(guests | members | bought_at_once).values_list("pk", flat=True)[:DELETE_BATCH])
    Cart.objects.filter(pk__in=batch).delete()
    return len(batch)


def _lock(cart: Cart) -> Cart:
    """Lock the cart's row and return the cart as it is now."""
    locked: Cart | None = _LOCKED.first([cart.pk])[0]
    if locked is None:
        raise Cart.DoesNotExist
    return locked


def _add(cart: Cart, variant: Variant, quantity: int, at: datetime, form_token: str = "") -> Placed:
    cart = _lock(cart)
    lines = {line.variant_id: line for line in cart.lines.all()}
    line = lines.get(variant.pk)
    if form_token and not _is_first_use(cart, form_token) and line:
        return Placed(line, is_capped=False)
    limit = _limit_or_zero(variant)
    wished = quantity + (line.quantity if line else 0)
    units = min(wished, limit)
    quote = _quote(variant, units or 1, at, cart.currency if lines else "")
    if line is None and len(lines) >= settings.CART_LINE_LIMIT:
        raise TooManyLinesError(variant)
    if not limit:
        raise SoldOutError(variant)
    line = line or CartLine(cart=cart, variant=variant)  # the cart is locked, so nobody else adds one meanwhile
    line.quantity, line.is_selected, line.price_seen = units, True, quote.price.amount
    line.save()
    Cart.objects.filter(pk=cart.pk).update(currency=quote.price.currency, updated_at=at)
    return Placed(line, is_capped=wished > limit)


def _is_first_use(cart: Cart, form_token: str) -> bool:
    return CartAdd.objects.get_or_create(cart=cart, token=form_token[:64])[1]


def _quote(variant: Variant, units: int, at: datetime, currency: str) -> prices.Quote:
    """Return what the variant costs, in the cart's currency if it has one; raise when it cannot be bought."""
    if not variant.is_active or not variant.product.is_visible_at(at):
        raise NotForSaleError(variant)
    quantities = {variant.pk: units}
    quote = prices.quotes(variant_ids=[variant.pk], at=at, quantities=quantities).get(variant.pk)
    if quote is None:
        raise NotForSaleError(variant)
    if currency in ("", quote.price.currency):
        return quote
    same = prices.quotes(variant_ids=[variant.pk], at=at, currency=currency, quantities=quantities).get(variant.pk)
    if same is None:
        raise OtherCurrencyError(variant)
    return same


def _limit_or_zero(variant: Variant) -> int:
    if variant.stock_policy == Variant.StockPolicy.UNCOUNTED:
        return settings.CART_QUANTITY_LIMIT
    available = stock.availability([variant.pk]).get(variant.pk, 0)
    return max(0, min(available, settings.CART_QUANTITY_LIMIT))


def _bring_along(own: Cart, line: CartLine, lines: dict[int, CartLine]) -> bool:
    """Add a visitor's line to the user's cart and `lines`; false when some units had to stay behind."""
    existing = lines.get(line.variant_id)
    if existing is None and len(lines) >= settings.CART_LINE_LIMIT:
        return False
    wished = line.quantity + (existing.quantity if existing else 0)
    quantity = max(min(wished, _limit_or_zero(line.variant)), existing.quantity if existing else 1)
    values = {"quantity": quantity, "price_seen": line.price_seen}
    lines[line.variant_id], _ = CartLine.objects.update_or_create(
        cart=own, variant=line.variant, defaults=values, create_defaults=values | {"is_selected": line.is_selected}
    )
    return quantity >= wished
