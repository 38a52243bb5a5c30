"""Where pictures and their derivatives are, and which one shows a variant."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.conf import settings

from catalog.models import Picture, ProductPicture, Variant
from core.rows import Statement

_PICTURES = Statement(
    """
    SELECT {own}, {picture}
    FROM catalog_productpicture own
    JOIN catalog_picture picture ON picture.id = own.picture_id
    WHERE own.product_id = ANY(%s)
    ORDER BY own.position, own.id
    """,
    own=ProductPicture,
    picture=Picture,
)


def of_products(product_ids: Collection[int]) -> list[ProductPicture]:
    """Return the pictures of products, each product's in its order."""
    found = []
    for own, picture in _PICTURES.rows([list(product_ids)]):
        own.picture = picture
        found.append(own)
    return found


def of_variants(variants: Sequence[Variant]) -> dict[int, str]:
    """Return each variant's picture by its name: the first of its product that shows its options."""
    by_product: dict[int, list[ProductPicture]] = {}
    for picture in of_products({variant.product_id for variant in variants}):
        by_product.setdefault(picture.product_id, []).append(picture)
    found = {}
    for variant in variants:
        own = by_product.get(variant.product_id, [])
        fitting = [each for each in own if each.shows and each.shows.items() <= variant.options.items()]
        plain = [each for each in own if not each.shows]
        for picture in (fitting + plain + own)[:1]:
            found[variant.pk] = picture.picture.name
    return found


def master_path(name: str) -> str:
    """Return where the picture itself is kept, below the media folder."""
    return f"pictures/{name[:2]}/{name}.webp"


def derived_path(name: str, width: int, suffix: str) -> str:
    """Return where a derivative is kept, below the media folder."""
    return f"pictures/{name[:2]}/{name}-{width}.{suffix}"


def url(name: str, width: int, suffix: str) -> str:
    """Return the address of a derivative; it is made when it is not there yet."""
    return settings.MEDIA_URL + derived_path(name, width, suffix)
