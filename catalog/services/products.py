"""Products and variants: make, change, publish, archive, delete."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, F, ProtectedError, Value
from django.db.models.functions import Cast, Concat
from django.utils.text import slugify

from accounts.models import Merchant
from catalog.events import product_changed
from catalog.models import Brand, Category, Product, ProductType, StockMovement, Variant
from catalog.selectors.languages import localized
from catalog.services import cards, prices
from core import shared

SLUG_LENGTH = 120


class TooManyOptionsError(Exception):
    """A product may be chosen by three options and have 500 variants."""


class HasOrdersError(Exception):
    """Somebody has bought it, so it can be archived but not deleted."""

    def __init__(self, product: Product) -> None:
        super().__init__(product.slug)
        self.product = product


@transaction.atomic
def create(
    *,
    merchant: Merchant,
    product_type: ProductType,
    category: Category,
    titles: Mapping[str, str],
    slug: str = "",
    **fields: Any,
) -> Product:
    """Create a draft.

    titles: by language code. fields: further columns of Product, such as `brand` or `attributes`.
    """
    wanted = slug or slugify(next(iter(titles.values()), ""))
    return Product.objects.create(
        merchant=merchant,
        product_type=product_type,
        category=category,
        slug=free_slug(wanted),
        **localized("title", titles),
        **fields,
    )


@transaction.atomic
def add_variant(*, product: Product, sku: str, options: Mapping[str, str] | None = None, **fields: Any) -> Variant:
    """Add a variant; raise TooManyOptionsError beyond the limits."""
    count = product.variants.count()
    if len(options or {}) > Product.OPTION_LIMIT or count >= Product.VARIANT_LIMIT:
        raise TooManyOptionsError(sku)
    return Variant.objects.create(
        product=product,
        sku=sku,
        options=dict(options or {}),
        options_key=options_key(options or {}),
        position=count,
        **fields,
    )


@transaction.atomic
def save_variant(*, variant: Variant, options: Mapping[str, str]) -> None:
    """Save a variant with its options."""
    variant.options = dict(options)
    variant.options_key = options_key(options)
    variant.save()


def free_options(*, variant_ids: Collection[int]) -> None:
    """Let variants that are about to be saved exchange their options; meanwhile none of them has any."""
    in_between = Concat(Value("~"), Cast("pk", CharField()))
    Variant.objects.filter(pk__in=variant_ids).update(options_key=in_between)


@transaction.atomic
def reprice(*, variant: Variant, price: Decimal | None, sale_price: Decimal | None, currency: str) -> None:
    """Set what a variant costs, and what instead for now; None for `price` leaves it without one."""
    if price is None:
        prices.clear(variant=variant, currency=currency)
        return
    prices.set_base(variant=variant, amount=price, currency=currency)
    prices.set_sale(variant=variant, amount=sale_price, currency=currency)


@transaction.atomic
def publish(*, product: Product, at: datetime, until: datetime | None = None) -> None:
    """Show a product from a moment on, and until another one when given."""
    product.status = Product.Status.PUBLISHED
    product.publish_at = at
    product.unpublish_at = until
    product.save(update_fields=["status", "publish_at", "unpublish_at", "updated_at"])
    changed(product=product, at=at)


@transaction.atomic
def archive(*, product: Product, at: datetime) -> None:
    """Take a product out of the shop for good; old orders still show it."""
    product.status = Product.Status.ARCHIVED
    product.save(update_fields=["status", "updated_at"])
    changed(product=product, at=at)


@transaction.atomic
def delete(*, product: Product) -> None:
    """Delete a product nobody has bought, with its stock's ledger; raise HasOrdersError otherwise."""
    with connection.cursor() as cursor:  # the ledger's trigger lets this transaction delete, and no other
        cursor.execute("SET LOCAL kaishi.may_delete_ledger = 'yes'")
    try:
        with transaction.atomic():
            StockMovement.objects.filter(level__variant__product=product).delete()
            product.delete()
    except ProtectedError as error:
        raise HasOrdersError(product) from error
    shared.outdate_on_commit()


@transaction.atomic
def changed(*, product: Product, at: datetime) -> None:
    """Note that something a shopper can see has changed: a new version, a new card, an event."""
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1)
    cards.refresh(product_ids=[product.pk], at=at)
    product_changed.publish(product_id=product.pk)


@transaction.atomic
def count_sales(*, quantities: Mapping[int, int], at: datetime) -> None:
    """Add units that were sold, by product id, to what listings show and sort by."""
    for product_id in sorted(quantities):
        Product.objects.filter(pk=product_id).update(sold=F("sold") + quantities[product_id])
    cards.refresh(product_ids=sorted(quantities), at=at)


def options_key(options: Mapping[str, str]) -> str:
    """Return the options in one canonical text, equal for equal combinations."""
    return "&".join(f"{code}={options[code]}" for code in sorted(options))


def free_slug(wanted: str) -> str:
    """Return the slug, with a number behind it when somebody has it already."""
    base = wanted[:SLUG_LENGTH].strip("-") or "product"
    taken = set(Product.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


def brand_named(name: str) -> Brand:
    """Return the brand of this name, made when there is none."""
    found = Brand.objects.filter(name=name).first()
    if found:
        return found
    base = slugify(name)[:100] or "brand"
    taken = set(Brand.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = base if base not in taken else f"{base}-{len(taken) + 1}"
    return Brand.objects.create(name=name, slug=slug)
