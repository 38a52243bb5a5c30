"""Work out what listings show of products, from everything that is known about them."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.conf import settings

from catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    Product,
    ProductCard,
    ProductPicture,
    Variant,
)
from catalog.selectors import prices, stock
from catalog.selectors.languages import in_all_languages

SWATCH_LIMIT = 6
COLUMNS = [field.attname for field in ProductCard._meta.concrete_fields]  # noqa: SLF001  public


@dataclass(frozen=True)
class Sources:
    """Everything that the cards of some products are made from, read in a fixed number of queries."""

    variants: dict[int, list[Variant]]
    quotes: dict[int, prices.Quote]
    starts: dict[int, datetime]
    available: dict[int, int]
    pictures: dict[int, ProductPicture]
    categories: dict[int, set[int]]
    ancestors: dict[int, list[int]]
    filterable: dict[str, str]
    swatches: dict[tuple[str, str], str]


def outdated(*, product_ids: Sequence[int], at: datetime) -> list[ProductCard]:
    """Return the cards of these products that are missing or not what they should be: as they should be, unsaved."""
    products = list(Product.objects.filter(pk__in=product_ids).select_related("brand", "card").order_by("pk"))
    sources = _sources(products, at)
    cards = [_card(product, sources) for product in products]
    return [card for card, product in zip(cards, products, strict=True) if not _is_kept(card, product)]


def _is_kept(card: ProductCard, product: Product) -> bool:
    """Whether the product has this very card already."""
    kept = getattr(product, "card", None)
    return kept is not None and all(getattr(kept, name) == getattr(card, name) for name in COLUMNS)


def _sources(products: Sequence[Product], at: datetime) -> Sources:
    ids = [product.pk for product in products]
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=ids, is_active=True).order_by("position", "pk"):
        variants[variant.product_id].append(variant)
    variant_ids = [variant.pk for own in variants.values() for variant in own]
    pictures: dict[int, ProductPicture] = {}
    for picture in (
        ProductPicture.objects.filter(product_id__in=ids).select_related("picture").order_by("position", "pk")
    ):
        pictures.setdefault(picture.product_id, picture)
    categories: dict[int, set[int]] = defaultdict(set)
    for product in products:
        categories[product.pk].add(product.category_id)
    for product_id, category_id in Product.more_categories.through.objects.filter(product_id__in=ids).values_list(
        "product_id", "category_id"
    ):
        categories[product_id].add(category_id)
    return Sources(
        variants=variants,
        quotes=prices.quotes(variant_ids=variant_ids, at=at),
        starts=prices.starts(variant_ids=variant_ids, at=at),
        available=stock.availability(variant_ids),
        pictures=pictures,
        categories=categories,
        ancestors=_ancestors(),
        filterable=dict(Attribute.objects.filter(is_filterable=True).values_list("code", "kind")),
        swatches=_swatches(),
    )


def _ancestors() -> dict[int, list[int]]:
    """Return for each category its own id and those above it."""
    by_path = dict(Category.objects.values_list("path", "pk"))
    step = Category.steplen
    return {pk: [by_path[path[:end]] for end in range(step, len(path) + 1, step)] for path, pk in by_path.items()}


def _swatches() -> dict[tuple[str, str], str]:
    rows = AttributeChoice.objects.filter(attribute__is_variant_making=True).exclude(swatch="")
    return {(code, choice): swatch for code, choice, swatch in rows.values_list("attribute__code", "code", "swatch")}


def _card(product: Product, sources: Sources) -> ProductCard:
    variants = sources.variants.get(product.pk, [])
    in_stock = [variant for variant in variants if _is_available(variant, sources)]
    card = ProductCard(
        product_id=product.pk,
        merchant_id=product.merchant_id,
        slug=product.slug,
        titles=in_all_languages(product, "title"),
        picture=_picture(sources.pictures.get(product.pk)),
        swatches=_swatches_of(variants, sources),
        only_sku=variants[0].sku if len(variants) == 1 else "",
        is_published=product.status == Product.Status.PUBLISHED,
        publish_at=product.publish_at,
        unpublish_at=product.unpublish_at,
        is_available=bool(in_stock),
        available_variant_ids=sorted(variant.pk for variant in in_stock),
        sold=product.sold_before + product.sold,
        category_ids=sorted({i for category in sources.categories[product.pk] for i in sources.ancestors[category]}),
    )
    _set_price(card, in_stock or variants, sources)
    card.priced_until = _next_change(variants, sources)
    card.facets = _facets(product, variants, sources, card)
    card.combinations = _combinations(variants, in_stock)
    card.version = _digest(card)
    return card


def _is_available(variant: Variant, sources: Sources) -> bool:
    """A variant can be bought when it has a price, and is not counted or there is one left."""
    if variant.pk not in sources.quotes:
        return False
    return variant.stock_policy == Variant.StockPolicy.UNCOUNTED or sources.available.get(variant.pk, 0) > 0


def _set_price(card: ProductCard, variants: Sequence[Variant], sources: Sources) -> None:
    quotes = [sources.quotes[variant.pk] for variant in variants if variant.pk in sources.quotes]
    ours = [quote for quote in quotes if quote.price.currency == settings.CURRENCY] or quotes
    card.is_priced = bool(ours)
    if not ours:
        card.currency = settings.CURRENCY
        return
    cheapest = min(ours, key=lambda quote: quote.price.amount)
    card.currency = cheapest.price.currency
    card.currency_rank = currency_rank(card.currency)
    card.price = cheapest.price.amount
    card.was_price = cheapest.regular.amount if cheapest.regular else None
    card.is_from_price = len({quote.price.amount for quote in ours}) > 1


def _next_change(variants: Sequence[Variant], sources: Sources) -> datetime | None:
    """Return when a price of these variants begins or ends next."""
    ends = [sources.quotes[variant.pk].valid_until for variant in variants if variant.pk in sources.quotes]
    starts = [sources.starts.get(variant.pk) for variant in variants]
    return min((moment for moment in (*ends, *starts) if moment), default=None)


def currency_rank(currency: str) -> int:
    """Return where a currency stands when prices are sorted downwards: the shop's at 0, others below, apart."""
    if currency == settings.CURRENCY:
        return 0
    first, second, third = (ord(letter) - 64 for letter in currency)
    return -(first * 676 + second * 26 + third)


def _picture(found: ProductPicture | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {"name": found.picture.name, "width": found.picture.width, "height": found.picture.height}


def _swatches_of(variants: Sequence[Variant], sources: Sources) -> list[str]:
    seen = dict.fromkeys(
        sources.swatches[pair] for variant in variants for pair in variant.options.items() if pair in sources.swatches
    )
    return list(seen)[:SWATCH_LIMIT]


def _facets(product: Product, variants: Sequence[Variant], sources: Sources, card: ProductCard) -> list[str]:
    words = {f"{code}={value}" for variant in variants for code, value in variant.options.items()}
    for code, value in product.attributes.items():
        kind = sources.filterable.get(code)
        if kind == Attribute.Kind.BOOL:
            words |= {f"{code}=yes"} if value else set()
        elif kind in (Attribute.Kind.CHOICE, Attribute.Kind.MULTI):
            chosen = value if isinstance(value, list) else [value]
            words |= {f"{code}={choice}" for choice in chosen if isinstance(choice, str)}
    if product.brand:
        words.add(f"brand={product.brand.slug}")
    words |= {"stock=in"} if card.is_available else set()
    words |= {"stock=sale"} if card.was_price is not None else set()
    return sorted(words)


def _combinations(variants: Sequence[Variant], in_stock: Sequence[Variant]) -> list[str]:
    """Return which options one variant has together, so that a filter never mixes two variants.

    `colour=ink&size=s`: some variant is both. A leading `+`: some variant in stock is.
    """
    words = set()
    for variant in variants:
        pairs = sorted(f"{code}={value}" for code, value in variant.options.items())
        words |= {"&".join(some) for count in range(2, len(pairs) + 1) for some in combinations(pairs, count)}
    for variant in in_stock:
        pairs = sorted(f"{code}={value}" for code, value in variant.options.items())
        words |= {"+" + "&".join(some) for count in range(1, len(pairs) + 1) for some in combinations(pairs, count)}
    return sorted(words)


def _digest(card: ProductCard) -> int:
    """Return a number that changes with whatever a rendered card shows."""
    shown = [
        card.slug,
        card.titles,
        card.picture,
        card.swatches,
        card.only_sku,
        card.is_available,
        card.currency,
        str(card.price),
        str(card.was_price),
        card.is_priced,
        card.is_from_price,
        card.sold,
        str(card.publish_at),
    ]
    digest = hashlib.blake2b(json.dumps(shown, sort_keys=True).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
