"""What a parcel costs by a freight template: pure, without a database, and able to say why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.money import Money


class Basis(StrEnum):
    """What a template counts: pieces, grams or cubic centimetres."""

    PIECE = "PIECE"
    WEIGHT = "WEIGHT"
    VOLUME = "VOLUME"


@dataclass(frozen=True, slots=True)
class Template:
    """How a merchant counts what is in a parcel.

    volume_divisor: cm³ that count as one kg; the parcel is charged for the greater of both weights. 0: weigh only.
    unknown_weight_grams, unknown_volume_cm3: what a piece counts as whose weight or size nobody has entered.
    """

    currency: str
    basis: Basis
    volume_divisor: int = 0
    unknown_weight_grams: int = 0
    unknown_volume_cm3: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """What parcels to some regions cost; without regions, to everywhere else.

    regions: codes of countries, and provinces of China by the names that addresses have.
    first_units, additional_units: pieces, grams or cm³, as the template counts.
    """

    regions: frozenset[str] = frozenset()
    first_units: int = 1
    first_price: Decimal = Decimal(0)
    additional_units: int = 1
    additional_price: Decimal = Decimal(0)
    free_from_amount: Decimal | None = None
    free_from_pieces: int | None = None
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of an order. total: of the line; weight_grams, volume_mm3: of one piece as it is packed, 0 if unknown."""

    quantity: int
    total: Money
    weight_grams: int = 0
    volume_mm3: int = 0


class Kind(StrEnum):
    """What a part of an explanation is about."""

    PIECES = "pieces"
    WEIGHT = "weight"
    VOLUME = "volume"
    BY_SIZE = "by_size"  # light but large
    UNKNOWN_WEIGHT = "unknown_weight"
    UNKNOWN_VOLUME = "unknown_volume"
    RULE = "rule"
    FIRST = "first"
    ADDITIONAL = "additional"
    FREE_AMOUNT = "free_amount"
    FREE_PIECES = "free_pieces"


@dataclass(frozen=True, slots=True)
class Part:
    """One reason of a price; which fields are filled depends on its kind."""

    kind: Kind
    units: int = 0
    steps: int = 0
    price: Money | None = None
    region: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What is in a parcel, counted. unknown: pieces without a weight, and without a size."""

    pieces: int
    weight_grams: int
    volume_mm3: int
    unknown_weight: int
    unknown_volume: int


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """No parcel goes there. region: what the rule calls it; empty when everywhere else is excluded, or has no rule."""

    country: str
    province: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class FreightQuote:
    """What a parcel costs, and everything that made it cost that.

    units: what is charged, in pieces, grams or cm³. region: the rule's word for the destination, empty for
    everywhere else. steps: how often the additional price is due. regular: the price before it may be free.
    """

    template: Template
    rule: Rule
    country: str
    province: str
    region: str
    load: Load
    units: int
    steps: int
    regular: Money
    free: Kind | None

    @property
    def price(self) -> Money:
        """What is to be paid."""
        return Money.zero(self.regular.currency) if self.free else self.regular

    @property
    def is_by_size(self) -> bool:
        """Whether a weighed parcel is charged for its size."""
        return self.template.basis == Basis.WEIGHT and self.units > self.load.weight_grams

    @property
    def parts(self) -> list[Part]:
        """The reasons, in the order in which a merchant would count."""
        return [*self._counted(), *self._unknown(), Part(Kind.RULE, region=self.region), *self._priced()]

    def _counted(self) -> list[Part]:
        if self.template.basis == Basis.PIECE:
            return [Part(Kind.PIECES, self.units)]
        if self.template.basis == Basis.VOLUME:
            return [Part(Kind.VOLUME, self.units)]
        weighed = [Part(Kind.WEIGHT, self.load.weight_grams)]
        return [*weighed, Part(Kind.BY_SIZE, self.units)] if self.is_by_size else weighed

    def _unknown(self) -> list[Part]:
        template, load, parts = self.template, self.load, []
        if template.basis == Basis.WEIGHT and load.unknown_weight:
            parts.append(Part(Kind.UNKNOWN_WEIGHT, template.unknown_weight_grams, load.unknown_weight))
        is_sized = template.basis == Basis.VOLUME or template.volume_divisor > 0
        if is_sized and load.unknown_volume:
            parts.append(Part(Kind.UNKNOWN_VOLUME, template.unknown_volume_cm3, load.unknown_volume))
        return parts

    def _priced(self) -> list[Part]:
        rule, currency = self.rule, self.template.currency
        parts = [Part(Kind.FIRST, rule.first_units, price=Money(rule.first_price, currency))]
        if self.steps:
            each = Money(rule.additional_price, currency)
            parts.append(Part(Kind.ADDITIONAL, rule.additional_units, self.steps, each))
        if self.free == Kind.FREE_AMOUNT:
            parts.append(Part(self.free, price=Money(rule.free_from_amount or Decimal(0), currency)))
        elif self.free == Kind.FREE_PIECES:
            parts.append(Part(self.free, rule.free_from_pieces or 0))
        return parts


def quote(
    template: Template, rules: Sequence[Rule], goods: Sequence[Goods], country: str, province: str
) -> FreightQuote | NotDelivered:
    """Return what a parcel with all these goods costs to a place, or that none goes there.

    Half up to the digits of the currency, once. province: counts in China only; empty while it is not known.
    Raises MixedCurrenciesError for goods in another currency than the template's.
    """
    region, rule = _rule_of(rules, country, province)
    if rule is None or rule.is_excluded:
        return NotDelivered(country, province, region)
    load = _load(template, goods)
    units = _units(template, load)
    steps = _ceil(max(units - rule.first_units, 0), rule.additional_units)
    regular = Money(rule.first_price + rule.additional_price * steps, template.currency).rounded()
    total = Money.total((each.total for each in goods), template.currency)
    return FreightQuote(
        template=template,
        rule=rule,
        country=country,
        province=province,
        region=region,
        load=load,
        units=units,
        steps=steps,
        regular=regular,
        free=_free(rule, total, load.pieces),
    )


def is_reached(rules: Iterable[Rule], country: str, province: str) -> bool:
    """Tell whether parcels go to a place."""
    _region, rule = _rule_of(rules, country, province)
    return rule is not None and not rule.is_excluded


def provinces_served(rules: Iterable[Rule]) -> set[str]:
    """Return what the rules name that is no code of a country, as far as parcels go there."""
    return {region for rule in rules if not rule.is_excluded for region in rule.regions if not _is_code(region)}


def names_provinces(rules: Iterable[Rule]) -> bool:
    """Tell whether what a parcel costs, or whether it goes, depends on the province."""
    return any(not _is_code(region) for rule in rules for region in rule.regions)


def _is_code(region: str) -> bool:
    return len(region) == 2 and region.isascii()


def _rule_of(rules: Iterable[Rule], country: str, province: str) -> tuple[str, Rule | None]:
    """Return the rule for a place and its word for it: the province's before the country's before everywhere else's."""
    by_region: dict[str, Rule] = {}
    for rule in rules:
        by_region.update(dict.fromkeys(rule.regions or {""}, rule))
    places = (province, country, "") if country == "CN" and province else (country, "")
    return next(((place, by_region[place]) for place in places if place in by_region), ("", None))


def _load(template: Template, goods: Iterable[Goods]) -> Load:
    pieces = weight = volume = no_weight = no_volume = 0
    for each in goods:
        pieces += each.quantity
        weight += each.quantity * (each.weight_grams or template.unknown_weight_grams)
        volume += each.quantity * (each.volume_mm3 or template.unknown_volume_cm3 * 1000)
        no_weight += 0 if each.weight_grams else each.quantity
        no_volume += 0 if each.volume_mm3 else each.quantity
    return Load(pieces, weight, volume, no_weight, no_volume)


def _units(template: Template, load: Load) -> int:
    """Return what is charged: begun grams and cm³ are whole ones."""
    if template.basis == Basis.PIECE:
        return load.pieces
    if template.basis == Basis.VOLUME:
        return _ceil(load.volume_mm3, 1000)
    if not template.volume_divisor:
        return load.weight_grams
    # mm³ by (cm³ for a kg) are grams: both thousands cancel out.
    return max(load.weight_grams, _ceil(load.volume_mm3, template.volume_divisor))


def _free(rule: Rule, total: Money, pieces: int) -> Kind | None:
    if rule.free_from_amount is not None and total.amount >= rule.free_from_amount:
        return Kind.FREE_AMOUNT
    if rule.free_from_pieces is not None and pieces >= rule.free_from_pieces:
        return Kind.FREE_PIECES
    return None


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)
