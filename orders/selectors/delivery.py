"""How parcels can travel, what that costs, and when they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Case, CharField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from modeltranslation.utils import build_localized_fieldname

from cart.selectors import Line
from core.money import Money
from core.rows import Statement
from orders.models import DeliveryMethod, FreightRule, FreightTemplate
from orders.selectors import freight
from orders.selectors.freight import Basis, FreightQuote, Goods, NotDelivered, Rule, Template

_METHODS = Statement(
    """
    SELECT {method}, {template}, {rule} FROM orders_deliverymethod method
    LEFT JOIN orders_freighttemplate template ON template.id = method.template_id
    LEFT JOIN orders_freightrule rule ON rule.template_id = template.id
    WHERE method.merchant_id = ANY(%s) AND method.is_active AND method.currency = %s
    ORDER BY method.position, method.id, rule.id
    """,
    method=DeliveryMethod,
    template=FreightTemplate,
    rule=FreightRule,
)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a parcel goes, as far as it is known; the province counts in China."""

    country: str
    province: str = ""


@dataclass(frozen=True)
class Way:
    """A delivery method with the freight template its price follows; without one, the price is the method's own."""

    method: DeliveryMethod
    template: Template | None = None
    rules: Sequence[Rule] = ()

    def is_open_to(self, destination: Destination) -> bool:
        """Tell whether parcels go to this very place."""
        if destination.country not in self.method.countries:
            return False
        return self.template is None or freight.is_reached(self.rules, destination.country, destination.province)

    @property
    def countries(self) -> set[str]:
        """The countries in which it reaches some place."""
        return {code for code in self.method.countries if self._is_somewhere_in(code)}

    def _is_somewhere_in(self, country: str) -> bool:
        is_province_served = country == "CN" and bool(freight.provinces_served(self.rules))
        return is_province_served or self.is_open_to(Destination(country))

    def parcel(self, *, goods: Sequence[Goods], destination: Destination, today: date) -> Parcel | None:
        """Return what a parcel with these goods costs there and when it arrives; None when none goes there."""
        if destination.country not in self.method.countries:
            return None
        found: FreightQuote | None = None
        if self.template is not None:
            quoted = freight.quote(self.template, self.rules, goods, destination.country, destination.province)
            if isinstance(quoted, NotDelivered):
                return None
            found = quoted
        return Parcel(
            self.method.merchant_id,
            self.method,
            found.price if found else self._flat_price(goods),
            today + timedelta(days=self.method.days_min),
            today + timedelta(days=self.method.days_max),
            found,
        )

    def _flat_price(self, goods: Sequence[Goods]) -> Money:
        method = self.method
        if method.free_from is not None:
            total = Money.total((each.total for each in goods), method.currency)
            if total.amount >= method.free_from:
                return Money.zero(method.currency)
        return Money(method.price, method.currency)


@dataclass(frozen=True)
class Parcel:
    """What one merchant sends: how, for how much, when it arrives; `freight` is the price's reason with a template."""

    merchant_id: int
    method: DeliveryMethod
    price: Money
    arrives_from: date
    arrives_to: date
    freight: FreightQuote | None = None

    @property
    def free_from(self) -> Money | None:
        """From what goods on it is free; None when it never is by their price."""
        amount = self.freight.rule.free_from_amount if self.freight else self.method.free_from
        return Money(amount, self.price.currency) if amount is not None else None


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


def ways_of(*, merchant_ids: Iterable[int], currency: str) -> list[Way]:
    """Return how these merchants deliver, in the order they gave their methods."""
    methods: dict[int, DeliveryMethod] = {}
    templates: dict[int, Template] = {}
    rules: dict[int, list[Rule]] = {}
    for method, template, rule in _METHODS.rows([list(merchant_ids), currency]):
        if method.pk not in methods:
            methods[method.pk], rules[method.pk] = method, []
            if template is not None:
                templates[method.pk] = template_of(template)
        if rule is not None:
            rules[method.pk].append(rule_of(rule))
    return [Way(method, templates.get(pk), rules[pk]) for pk, method in methods.items()]


def template_of(row: FreightTemplate) -> Template:
    """Return a template as the calculation takes it."""
    return Template(
        row.currency, Basis(row.basis), row.volume_divisor, row.unknown_weight_grams, row.unknown_volume_cm3
    )


def rule_of(row: FreightRule) -> Rule:
    """Return a rule as the calculation takes it."""
    if row.is_excluded:
        return Rule(frozenset(row.regions), is_excluded=True)
    return Rule(
        frozenset(row.regions),
        row.first_units or 1,
        row.first_price or Decimal(0),
        row.additional_units or 1,
        row.additional_price or Decimal(0),
        row.free_from_amount,
        row.free_from_pieces,
    )


def goods_of(lines: Iterable[Line]) -> dict[int, list[Goods]]:
    """Return what is bought as the calculation takes it, by the id of the merchant who sends it."""
    goods: dict[int, list[Goods]] = {}
    for line in lines:
        variant, total = line.variant, line.total
        if total is not None:
            counted = Goods(line.quantity, total, variant.weight_grams, variant.volume_mm3)
            goods.setdefault(variant.product.merchant_id, []).append(counted)
    return goods


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
    *, ways: Iterable[Way], goods: Mapping[int, Sequence[Goods]], destination: Destination, today: date
) -> list[DeliveryOption]:
    """Return the ways everything can be delivered to a place, in the order of the methods.

    goods: each merchant's lines, by merchant id; they are one parcel. Empty when some merchant does not deliver there.
    """
    parcels: dict[int, list[Parcel]] = {merchant_id: [] for merchant_id in goods}
    for way in ways:
        merchant_id = way.method.merchant_id
        parcel = way.parcel(goods=goods[merchant_id], destination=destination, today=today)
        if parcel is not None:
            parcels[merchant_id].append(parcel)
    if not goods or not all(parcels.values()):
        return []
    every = [parcel for own in parcels.values() for parcel in own]
    names = {parcel.method.code: parcel.method.name for parcel in reversed(every)}
    codes = dict.fromkeys(parcel.method.code for parcel in every)
    return [DeliveryOption(code, names[code], [_parcel(code, own) for own in parcels.values()]) for code in codes]


def unreached(*, ways: Iterable[Way], merchant_ids: Iterable[int], destination: Destination) -> set[int]:
    """Return the merchants none of whose parcels go to a place."""
    return set(merchant_ids) - {way.method.merchant_id for way in ways if way.is_open_to(destination)}


def _parcel(code: str, own: Sequence[Parcel]) -> Parcel:
    """Return a merchant's parcel; a merchant without this method sends by the own first one."""
    return next((each for each in own if each.method.code == code), own[0])
