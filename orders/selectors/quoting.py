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
from orders.models import Checkout, DeliveryMethod
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
    methods: Sequence[DeliveryMethod]
    options: Sequence[delivery.DeliveryOption]
    chosen: delivery.DeliveryOption | None
    expected: delivery.DeliveryOption | None

    @property
    def countries(self) -> set[str]:
        """Where every merchant in it delivers; the shop's own country when there is no such place."""
        reached: dict[int, set[str]] = {order.merchant.pk: set() for order in self.orders}
        for method in self.methods:
            reached[method.merchant_id].update(method.countries)
        return set.intersection(*reached.values()) or {settings.COUNTRY}

    def is_delivered_to(self, country: str) -> bool:
        """Tell whether everything in it can be sent to a country."""
        return country in self.countries and bool(self.methods)

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
                [line.variant.pk, line.quantity, str(line.quote.price.amount) if line.quote else ""]
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
    for line in content.bought:
        by_merchant.setdefault(line.variant.product.merchant_id, []).append(line)
    goods = {
        merchant_id: Money.total((line.total for line in lines if line.total), content.currency)
        for merchant_id, lines in by_merchant.items()
    }
    methods = delivery.methods_of(merchant_ids=goods, currency=content.currency) if goods else []
    options = delivery.delivery_options(
        rows=methods, goods=goods, country=checkout.country, today=timezone.localdate(at)
    )
    code = delivery_code or checkout.delivery_code
    chosen = next((option for option in options if option.code == code), None)
    expected = chosen or next(iter(options), None)
    parcels = {parcel.merchant_id: parcel for parcel in expected.parcels} if expected else {}
    orders = [
        OrderQuote(lines[0].variant.product.merchant, lines, goods[merchant_id], parcels.get(merchant_id))
        for merchant_id, lines in sorted(by_merchant.items())
    ]
    return Quote(checkout, content, orders, methods, options, chosen, expected)


def agreed_digest(signed: str, checkout_token: object) -> str:
    """Return the digest in a form of this checkout; raise BadSignature for one that we have not made."""
    token, _, digest = _signer.unsign(signed).rpartition(".")
    if token != str(checkout_token):
        raise signing.BadSignature("another checkout")
    return digest
