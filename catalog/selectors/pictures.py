"""Where pictures and their derivatives are, and which one shows a variant."""

from __future__ import annotations

from collections.abc import Sequence

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


def of_variants(variants: Sequence[Variant]) -> dict[int, str]:
    """Return each variant's picture by its name: the first of its product that shows its options."""
    by_product: dict[int, list[tuple[ProductPicture, Picture]]] = {}
    for own, picture in _PICTURES.rows([list({variant.product_id for variant in variants})]):
        by_product.setdefault(own.product_id, []).append((own, picture))
    found = {}
    for variant in variants:
        all_of_it = by_product.get(variant.product_id, [])
        fitting = [pair for pair in all_of_it if pair[0].shows and pair[0].shows.items() <= variant.options.items()]
        plain = [pair for pair in all_of_it if not pair[0].shows]
        for _, picture in (fitting + plain + all_of_it)[:1]:
            found[variant.pk] = picture.name
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
