"""What a checkout would become: the orders, their sums, and a digest of all that the shopper agrees to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.utils import timezone

from accounts.models import Merchant
from cart import selectors as carts
from core.money import Money
from orders.models import Checkout
from orders.selectors import delivery

_signer = signing.Signer(salt="quote")


@dataclass(frozen=True)
class OrderQuote:
    """What one merchant's order would be."""

    merchant: Merchant
    lines: Sequence[carts.Line]
    items_total: Money
    parcel: delivery.Parcel | None

    @property
    def total(self) -> Money:
        """Goods and delivery."""
        return self.items_total + self.parcel.price if self.parcel else self.items_total


@dataclass(frozen=True)
class Quote:
    """What the whole purchase would be.

    expected: the chosen delivery, or the first one while none is chosen; None when nothing reaches the address.
    """

    checkout: Checkout
    content: carts.Content
    orders: Sequence[OrderQuote]
    ways: Sequence[delivery.Way]
    options: Sequence[delivery.DeliveryOption]
    chosen: delivery.DeliveryOption | None
    expected: delivery.DeliveryOption | None

    @property
    def reached_countries(self) -> set[str]:
        """Where every merchant in it delivers, if only to some provinces."""
        reached: dict[int, set[str]] = {order.merchant.pk: set() for order in self.orders}
        for way in self.ways:
            reached[way.method.merchant_id].update(way.countries)
        return set.intersection(*reached.values())

    @property
    def countries(self) -> set[str]:
        """The countries to choose from: the shop's own one when nothing can be delivered anywhere."""
        return self.reached_countries or {settings.COUNTRY}

    def unreached(self, country: str, province: str) -> list[OrderQuote]:
        """Return the orders whose merchants send nothing to this place."""
        merchant_ids = [order.merchant.pk for order in self.orders]
        destination = delivery.Destination(country, province)
        found = delivery.unreached(ways=self.ways, merchant_ids=merchant_ids, destination=destination)
        return [order for order in self.orders if order.merchant.pk in found]

    @property
    def left_behind(self) -> list[str]:
        """What cannot be sent to the address, when something else could: the titles of these goods."""
        unreached = self.unreached(self.checkout.country, self.checkout.province)
        return titles(unreached) if len(unreached) < len(self.orders) else []

    @property
    def currency(self) -> str:
        """The one currency of everything in it."""
        return self.content.currency

    @property
    def items_total(self) -> Money:
        """All goods."""
        return Money.total((order.items_total for order in self.orders), self.currency)

    @property
    def delivery_total(self) -> Money | None:
        """All parcels, as expected; None when there is nothing to expect."""
        return self.expected.price if self.expected else None

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return Money.total((order.total for order in self.orders), self.currency)

    @property
    def digest(self) -> str:
        """A hash of everything agreed to: goods, prices, delivery, address, sum."""
        checkout = self.checkout
        agreed = [
            [
                [line.variant.pk, line.quantity, str(line.quote.price.amount) if line.quote else "", *_late(line)]
                for line in order.lines
            ]
            for order in self.orders
        ]
        address = [checkout.email, checkout.country, checkout.name, checkout.phone, checkout.province]
        address += [checkout.city, checkout.district, checkout.street, checkout.postcode]
        chosen = [self.chosen.code, str(self.chosen.price.amount)] if self.chosen else []
        words = [agreed, address, chosen, str(self.total.amount), self.currency]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()

    @property
    def signed_digest(self) -> str:
        """The digest for the form: what comes back unchanged was shown by us."""
        return _signer.sign(f"{self.checkout.token}.{self.digest}")


def quote(*, checkout: Checkout, at: datetime, delivery_code: str = "") -> Quote:
    """Work the purchase out anew from cart, prices, stock and delivery as they are now.

    delivery_code: a method to look at instead of the checkout's own.
    """
    content = carts.content(cart=checkout.cart, at=at)
    by_merchant: dict[int, list[carts.Line]] = {}
    bought = content.bought
    for line in bought:
        by_merchant.setdefault(line.variant.product.merchant_id, []).append(line)
    goods = delivery.goods_of(bought)
    ways = delivery.ways_of(merchant_ids=goods, currency=content.currency) if goods else []
    destination = delivery.Destination(checkout.country, checkout.province)
    options = delivery.delivery_options(ways=ways, goods=goods, destination=destination, today=timezone.localdate(at))
    code = delivery_code or checkout.delivery_code
    chosen = next((option for option in options if option.code == code), None)
    expected = chosen or next(iter(options), None)
    parcels = {parcel.merchant_id: parcel for parcel in expected.parcels} if expected else {}
    orders = [
        OrderQuote(
            lines[0].variant.product.merchant,
            lines,
            Money.total((each.total for each in goods[merchant_id]), content.currency),
            parcels.get(merchant_id),
        )
        for merchant_id, lines in sorted(by_merchant.items())
    ]
    return Quote(checkout, content, orders, ways, options, chosen, expected)


def _late(line: carts.Line) -> list[object]:
    """Return how many units of a line are not there, and until when; nothing when all are."""
    return [line.waiting, str(line.ships_on)] if line.waiting else []


def titles(orders: Sequence[OrderQuote]) -> list[str]:
    """Return the titles of the goods in some of the orders, each once."""
    return list(dict.fromkeys(line.title for order in orders for line in order.lines))


def agreed_digest(signed: str, checkout_token: object) -> str:
    """Return the digest in a form of this checkout; raise BadSignature for one that we have not made."""
    token, _, digest = _signer.unsign(signed).rpartition(".")
    if token != str(checkout_token):
        raise signing.BadSignature("another checkout")
    return digest
