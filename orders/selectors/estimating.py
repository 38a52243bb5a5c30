"""What delivery of a cart would cost as far as that is known before the address, and what a product's page promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from accounts.models import Merchant
from cart.selectors import Content
from catalog.models import Variant
from core.money import Money
from orders.selectors import delivery, freight
from orders.selectors.delivery import Destination, Way
from orders.selectors.freight import FreightQuote, Goods


@dataclass(frozen=True)
class EstimatedParcel:
    """What one merchant would send, and how far free delivery of it is."""

    merchant: Merchant
    price: Money
    missing: Money | None  # None when this parcel is free from no sum on
    missing_pieces: int | None  # None when this parcel is free from no number of pieces on
    freight: FreightQuote | None

    @property
    def is_free(self) -> bool:
        """Whether the goods have reached free delivery."""
        is_worth = self.missing is not None and self.missing.amount <= 0
        return is_worth or (self.missing_pieces is not None and self.missing_pieces <= 0)

    @property
    def can_be_free(self) -> bool:
        """Whether it is free from some sum or some number of pieces on."""
        return self.missing is not None or self.missing_pieces is not None


@dataclass(frozen=True)
class Estimate:
    """Delivery of a cart to a place, as far as it is known before the address.

    is_by_province: whether the price, or whether there is one, depends on the province in the shop's own country.
    """

    option: delivery.DeliveryOption | None
    total: Money
    destination: Destination
    is_by_province: bool = False
    parcels: Sequence[EstimatedParcel] = ()

    @property
    def is_for_a_place(self) -> bool:
        """Whether somebody has said where the parcel goes: a province, or another country."""
        return bool(self.destination.province) or self.destination.country != settings.COUNTRY

    @property
    def is_refused(self) -> bool:
        """Whether something in the cart is not delivered to the place that somebody has named."""
        return self.option is None and self.is_for_a_place


def estimate(*, content: Content, destination: Destination, today: date) -> Estimate:
    """Return what the first choice of delivery would cost, and how far free delivery is."""
    goods = delivery.goods_of(content.bought)
    ways = delivery.ways_of(merchant_ids=goods, currency=content.currency) if goods else []
    options = delivery.delivery_options(ways=ways, goods=goods, destination=destination, today=today)
    is_by_province = settings.COUNTRY == "CN" and any(freight.names_provinces(way.rules) for way in ways)
    if not options:
        return Estimate(None, content.total, destination, is_by_province)
    merchants = {line.variant.product.merchant_id: line.variant.product.merchant for line in content.bought}
    parcels = [
        _parcel(parcel, merchants[parcel.merchant_id], goods[parcel.merchant_id]) for parcel in options[0].parcels
    ]
    return Estimate(options[0], content.total + options[0].price, destination, is_by_province, parcels)


def _parcel(parcel: delivery.Parcel, merchant: Merchant, goods: Sequence[Goods]) -> EstimatedParcel:
    total = Money.total((each.total for each in goods), parcel.price.currency)
    free_pieces = parcel.freight.rule.free_from_pieces if parcel.freight else None
    return EstimatedParcel(
        merchant=merchant,
        price=parcel.price,
        missing=parcel.free_from - total if parcel.free_from else None,
        missing_pieces=free_pieces - sum(each.quantity for each in goods) if free_pieces else None,
        freight=parcel.freight,
    )


@dataclass(frozen=True)
class Promise:
    """What delivery of one piece costs in a country. is_lowest: more pieces, or other provinces, may cost more."""

    price: Money
    free_from: Money | None
    is_lowest: bool = False


def promise(*, way: Way, variant: Variant | None, country: str) -> Promise | None:
    """Return what the first piece of a variant costs by a delivery method; None when none goes to the country."""
    currency = way.method.currency
    if way.template is None:
        return Promise(Money(way.method.price, currency), _money(way.method.free_from, currency))
    weight, volume = (variant.weight_grams, variant.volume_mm3) if variant else (0, 0)
    goods = [Goods(1, Money.zero(currency), weight, volume)]
    provinces = ["", *sorted(freight.provinces_served(way.rules))] if country == "CN" else [""]
    quotes = [freight.quote(way.template, way.rules, goods, country, province) for province in provinces]
    found = [each for each in quotes if isinstance(each, FreightQuote)]
    if not found:
        return None
    prices = {each.price.amount for each in found}
    amounts = {each.rule.free_from_amount for each in found}
    free_from = _money(amounts.pop() if len(amounts) == 1 else None, currency)
    return Promise(Money(min(prices), currency), free_from, is_lowest=True)


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return Money(amount, currency) if amount is not None else None
