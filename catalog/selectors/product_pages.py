"""Everything a product's page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Merchant
from catalog.models import Attribute, AttributeChoice, Brand, Category, Product, ProductPicture, Variant
from catalog.selectors import prices, stock
from catalog.selectors.languages import pick
from catalog.selectors.pictures import of_products
from core.rows import Statement

LOW_STOCK = 5
_PRODUCT = Statement(
    """
    SELECT {product}, {merchant}, {category}, {brand}
    FROM catalog_product product
    JOIN accounts_merchant merchant ON merchant.id = product.merchant_id
    JOIN catalog_category category ON category.id = product.category_id
    LEFT JOIN catalog_brand brand ON brand.id = product.brand_id
    WHERE product.slug = %s
    """,
    product=Product,
    merchant=Merchant,
    category=Category,
    brand=Brand,
)
_VARIANTS = Statement(
    """
    SELECT {variant} FROM catalog_variant variant
    WHERE variant.product_id = %s AND variant.is_active
    ORDER BY variant.position, variant.id
    """,
    variant=Variant,
)
_ATTRIBUTES = Statement(
    """
    SELECT {attribute}, {choice}
    FROM catalog_typeattribute own
    JOIN catalog_attribute attribute ON attribute.id = own.attribute_id
    LEFT JOIN catalog_attributechoice choice ON choice.attribute_id = attribute.id AND choice.code = ANY(%s)
    WHERE own.product_type_id = %s
    ORDER BY own.position, attribute.id, choice.position, choice.id
    """,
    attribute=Attribute,
    choice=AttributeChoice,
)


@dataclass(frozen=True)
class Offer:
    """A variant as it can be bought now."""

    variant: Variant
    quote: prices.Quote | None
    available: int | None  # on the shelf; None: not counted
    supply: stock.Supply = stock.NOTHING
    ships_on: date | None = None  # when none is there

    @property
    def is_available(self) -> bool:
        """Whether one can be bought."""
        return self.quote is not None and (self.available is None or self.supply.units > 0 or self.available > 0)

    @property
    def is_late(self) -> bool:
        """Whether one can be bought that is not there yet."""
        return self.is_available and self.available == 0

    @property
    def is_low(self) -> bool:
        """Whether it is worth saying how few are left."""
        return self.is_available and self.available is not None and 0 < self.available <= LOW_STOCK


@dataclass(frozen=True)
class OptionValue:
    """One pill."""

    code: str
    label: str
    picture: str
    swatch: str
    is_chosen: bool
    is_available: bool


@dataclass(frozen=True)
class OptionGroup:
    """The pills of one option."""

    code: str
    name: str
    chosen_label: str
    values: Sequence[OptionValue]


@dataclass(frozen=True)
class Page:
    """A product with its variants, prices, stock, pictures and facts."""

    product: Product
    offers: Sequence[Offer]
    chosen: Offer | None
    options: Sequence[OptionGroup]
    pictures: Sequence[ProductPicture]
    facts: Sequence[tuple[str, str]]

    @property
    def is_sold_out(self) -> bool:
        """Whether no variant can be bought."""
        return not any(offer.is_available for offer in self.offers)


def by_slug(slug: str) -> Product | None:
    """Return a product with its merchant, category and brand; None when there is none."""
    product: Product | None
    product, merchant, category, brand = _PRODUCT.first([slug])
    if product is not None:
        product.merchant, product.category, product.brand = merchant, category, brand
    return product


def page(*, product: Product, at: datetime, sku: str = "", chosen: Mapping[str, str] | None = None) -> Page:
    """Return a product's page with one variant chosen: by SKU, by options, or the first that can be bought.

    A fixed number of queries: variants, prices, stock, pictures, attributes with the choices used.
    """
    offers = _offers(product, at)
    pictures = of_products([product.pk])
    offer = choose(offers, sku=sku, options=chosen or {})
    attributes, labels = _attributes(product, offers)
    options = offer.variant.options if offer else {}
    return Page(
        product=product,
        offers=offers,
        chosen=offer,
        options=_groups(offers, offer, attributes, labels, pictures),
        pictures=_shown(pictures, options),
        facts=_facts(product, offer, attributes, labels),
    )


def choose(offers: Sequence[Offer], *, sku: str = "", options: Mapping[str, str]) -> Offer | None:
    """Return the offer meant: the SKU's, the one with all these options, the nearest, or the first available."""
    if not offers:
        return None
    for offer in offers:
        if sku and offer.variant.sku == sku:
            return offer

    def fit(offer: Offer) -> tuple[int, bool]:
        same = sum(offer.variant.options.get(code) == value for code, value in options.items())
        return same, offer.is_available

    return max(offers, key=fit)


def as_entered(value: object) -> str:
    """Return a fact as text, whatever its attribute's kind says of it."""
    if isinstance(value, Mapping):
        return pick(value, get_language() or "en")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _offers(product: Product, at: datetime) -> list[Offer]:
    variants: list[Variant] = [variant for (variant,) in _VARIANTS.rows([product.pk])]
    ids = [variant.pk for variant in variants]
    quotes, supplies = prices.quotes(variant_ids=ids, at=at), stock.supplies(variant_ids=ids, at=at)
    today = timezone.localdate(at)
    offers = []
    for variant in variants:
        supply = supplies.get(variant.pk, stock.NOTHING)
        available = supply.there if variant.is_counted else None
        ships_on = supply.ships_on(variant, 1, today) if variant.is_counted else None
        offers.append(Offer(variant, quotes.get(variant.pk), available, supply, ships_on))
    return offers


def _attributes(
    product: Product, offers: Sequence[Offer]
) -> tuple[list[Attribute], dict[tuple[str, str], AttributeChoice]]:
    """Return the attributes of the product's type, and the choices it uses, by attribute and choice code."""
    used: set[str] = {choice for offer in offers for choice in offer.variant.options.values()}
    for value in product.attributes.values():
        used |= {each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)}
    attributes: dict[int, Attribute] = {}
    choices: dict[tuple[str, str], AttributeChoice] = {}
    for attribute, choice in _ATTRIBUTES.rows([list(used), product.product_type_id]):
        attributes.setdefault(attribute.pk, attribute)
        if choice:
            choices[attribute.code, choice.code] = choice
    return list(attributes.values()), choices


def _groups(
    offers: Sequence[Offer],
    chosen: Offer | None,
    attributes: Sequence[Attribute],
    labels: Mapping[tuple[str, str], AttributeChoice],
    pictures: Sequence[ProductPicture],
) -> list[OptionGroup]:
    used = {code for offer in offers for code in offer.variant.options}
    groups = []
    for attribute in attributes:
        if attribute.code not in used or len(offers) < 2:
            continue
        values = [
            OptionValue(
                code=value,
                label=label.label,
                picture=_picture_for(pictures, attribute.code, value),
                swatch=label.swatch,
                is_chosen=chosen is not None and chosen.variant.options.get(attribute.code) == value,
                is_available=any(
                    offer.is_available for offer in offers if offer.variant.options.get(attribute.code) == value
                ),
            )
            for (code, value), label in labels.items()
            if code == attribute.code and any(offer.variant.options.get(code) == value for offer in offers)
        ]
        chosen_label = next((value.label for value in values if value.is_chosen), "")
        groups.append(OptionGroup(attribute.code, attribute.name, chosen_label, values))
    return groups


def _picture_for(pictures: Sequence[ProductPicture], code: str, value: str) -> str:
    return next((each.picture.name for each in pictures if each.shows.get(code) == value), "")


def _shown(pictures: Sequence[ProductPicture], options: Mapping[str, str]) -> list[ProductPicture]:
    """Return the pictures for these options first, then those for any, then the others."""

    def distance(picture: ProductPicture) -> int:
        if not picture.shows:
            return 1
        return 0 if picture.shows.items() <= options.items() else 2

    return sorted(pictures, key=distance)


def _facts(
    product: Product,
    offer: Offer | None,
    attributes: Sequence[Attribute],
    labels: Mapping[tuple[str, str], AttributeChoice],
) -> list[tuple[str, str]]:
    """Return the table of facts: attributes in their order, then what no attribute of the type explains."""
    rows = []
    for attribute in attributes:
        value = product.attributes.get(attribute.code)
        text = _written(attribute, value, labels) if value is not None else ""
        if text:
            rows.append((attribute.name, text))
    if product.brand:
        rows.append((_("Brand"), product.brand.name))
    if offer:
        rows.append((_("Article number"), offer.variant.sku))
    return rows


def _written(attribute: Attribute, value: object, labels: Mapping[tuple[str, str], AttributeChoice]) -> str:
    """Return a fact in words; one that was entered while the attribute was of another kind, as it was entered."""
    if attribute.kind in (Attribute.Kind.CHOICE, Attribute.Kind.MULTI):
        return ", ".join(_labelled(attribute, each, labels) for each in (value if isinstance(value, list) else [value]))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    day = _day(value) if attribute.kind == Attribute.Kind.DATE else None
    if day:
        return str(format_date(day, locale=(get_language() or "en").replace("-", "_")))
    return f"{as_entered(value)} {attribute.unit}".strip()


def _labelled(attribute: Attribute, value: object, labels: Mapping[tuple[str, str], AttributeChoice]) -> str:
    found = labels.get((attribute.code, str(value)))
    return found.label if found else as_entered(value)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
