"""How parcels can travel, what that costs, and when they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Case, CharField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from modeltranslation.utils import build_localized_fieldname

from core.money import Money
from core.rows import Statement
from orders.models import DeliveryMethod

_METHODS = Statement(
    """
    SELECT {method} FROM orders_deliverymethod method
    WHERE method.merchant_id = ANY(%s) AND method.is_active AND method.currency = %s
    ORDER BY method.position, method.id
    """,
    method=DeliveryMethod,
)


@dataclass(frozen=True)
class Parcel:
    """What one merchant sends: how, for how much, when it arrives."""

    merchant_id: int
    method: DeliveryMethod
    price: Money
    arrives_from: date
    arrives_to: date


@dataclass(frozen=True)
class DeliveryOption:
    """One choice at the checkout; with several merchants it stands for a parcel of each."""

    code: str
    name: str
    parcels: Sequence[Parcel]

    @property
    def price(self) -> Money:
        """What all parcels cost together."""
        return Money.total((parcel.price for parcel in self.parcels), self.parcels[0].price.currency)

    @property
    def arrives_from(self) -> date:
        """The first day on which everything may have arrived."""
        return max(parcel.arrives_from for parcel in self.parcels)

    @property
    def arrives_to(self) -> date:
        """The day by which everything should have arrived."""
        return max(parcel.arrives_to for parcel in self.parcels)


def methods_of(*, merchant_ids: Iterable[int], currency: str) -> list[DeliveryMethod]:
    """Return the delivery methods of these merchants, in the order they gave them."""
    return [method for (method,) in _METHODS.rows([list(merchant_ids), currency])]


def shown_name() -> Case:
    """Return an expression for orders: what their delivery is called in the active language.

    An order's own copy where it is in that language, or where the method has no such name any more.
    """
    language = get_language() or settings.LANGUAGE_CODE
    methods = DeliveryMethod.objects.filter(
        merchant=OuterRef("merchant"), code=OuterRef("delivery_code"), currency=OuterRef("currency")
    )
    name = Subquery(methods.values(build_localized_fieldname("name", language))[:1], output_field=CharField())
    return Case(
        When(language=language, then=F("delivery_name")),
        default=Coalesce(NullIf(name, Value("")), F("delivery_name")),
    )


def delivery_options(
    *, rows: Iterable[DeliveryMethod], goods: dict[int, Money], country: str, today: date
) -> list[DeliveryOption]:
    """Return the ways everything can be delivered to a country, in the order of the methods.

    goods: what each merchant's goods cost, by merchant id. Empty when some merchant does not deliver there.
    """
    methods: dict[int, list[DeliveryMethod]] = {merchant_id: [] for merchant_id in goods}
    for method in rows:
        if country in method.countries:
            methods[method.merchant_id].append(method)
    if not goods or not all(methods.values()):
        return []
    names = {method.code: method.name for method in reversed(_flat(methods))}
    codes = dict.fromkeys(method.code for method in _flat(methods))
    return [
        DeliveryOption(code, names[code], [_parcel(code, own, goods, today) for own in methods.values()])
        for code in codes
    ]


def _flat(methods: dict[int, list[DeliveryMethod]]) -> list[DeliveryMethod]:
    return [method for own in methods.values() for method in own]


def _parcel(code: str, methods: Iterable[DeliveryMethod], goods: dict[int, Money], today: date) -> Parcel:
    """Return a merchant's parcel; a merchant without this method sends by the own first one."""
    own = list(methods)
    method = next((each for each in own if each.code == code), own[0])
    is_free = method.free_from is not None and goods[method.merchant_id].amount >= method.free_from
    price = Money.zero(method.currency) if is_free else Money(method.price, method.currency)
    return Parcel(
        method.merchant_id,
        method,
        price,
        today + timedelta(days=method.days_min),
        today + timedelta(days=method.days_max),
    )
