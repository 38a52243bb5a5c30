"""Products and variants: make, change, publish, archive, delete."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, Count, F, Max, ProtectedError, Value
from django.db.models.functions import Cast, Concat
from django.utils.text import slugify

from accounts.models import Merchant
from catalog.events import product_changed
from catalog.models import Category, Product, ProductType, StockMovement, Variant
from catalog.selectors.languages import localized
from catalog.services import cards
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
    variant = Variant(product=product, sku=sku, **fields)
    save_variant(variant=variant, options=options or {})
    return variant


@transaction.atomic
def save_variant(*, variant: Variant, options: Mapping[str, str]) -> None:
    """Save a variant with its options, a new one behind the others; raise TooManyOptionsError beyond the limits."""
    if len(options) > Product.OPTION_LIMIT:
        raise TooManyOptionsError(variant.sku)
    if not variant.pk:
        variant.position = _free_position(variant)
    variant.options = dict(options)
    variant.options_key = options_key(options)
    variant.save()


def free_options(*, variant_ids: Collection[int]) -> None:
    """Let variants that are about to be saved exchange their options; meanwhile none of them has any."""
    in_between = Concat(Value("~"), Cast("pk", CharField()))
    Variant.objects.filter(pk__in=variant_ids).update(options_key=in_between)


@transaction.atomic
def publish(*, product: Product, at: datetime) -> None:
    """Show a product from its date on, or from now on without one; its end stays unless that is over."""
    product.status = Product.Status.PUBLISHED
    product.publish_at = product.publish_at or at
    if product.unpublish_at and product.unpublish_at <= at:
        product.unpublish_at = None
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
            Product.objects.select_for_update().get(pk=product.pk)  # before its card: that is the order of locks
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


def _free_position(variant: Variant) -> int:
    others = Variant.objects.filter(product=variant.product_id).aggregate(count=Count("pk"), last=Max("position"))
    if others["count"] >= Product.VARIANT_LIMIT:
        raise TooManyOptionsError(variant.sku)
    return 0 if others["last"] is None else int(others["last"]) + 1


def free_slug(wanted: str) -> str:
    """Return the slug, with a number behind it when somebody has it already."""
    base = wanted[:SLUG_LENGTH].strip("-") or "product"
    taken = set(Product.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)
