"""Variants as a form names them: by SKU, or by their product."""

from catalog.models import Product, Variant
from core.rows import Statement

_OF_SKU = Statement(
    """
    SELECT {variant}, {product}
    FROM catalog_variant variant
    JOIN catalog_product product ON product.id = variant.product_id
    WHERE variant.sku = %s
    """,
    variant=Variant,
    product=Product,
)


def of_sku(sku: str) -> Variant | None:
    """Return a variant with its product, on offer or not; None when there is none."""
    variant: Variant | None
    variant, product = _OF_SKU.first([sku])
    if variant is not None:
        variant.product = product
    return variant


def offered_of_product(slug: str) -> list[Variant]:
    """Return the active variants of a product, each with the product, in the merchant's order."""
    offered = Variant.objects.filter(product__slug=slug, is_active=True).select_related("product")
    return list(offered.order_by("position", "pk"))
