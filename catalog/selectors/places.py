"""Where merchants keep their stock; while there is one place, nobody needs to know."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from catalog.models import StockLevel, StockLocation


def are_several(merchant_ids: Collection[int] | None) -> bool:
    """Tell whether one of these merchants, or any with None, has several places."""
    places = StockLocation.objects.order_by()
    if merchant_ids is not None:
        places = places.filter(merchant__in=merchant_ids)
    return places.values("merchant").annotate(count=Count("pk")).filter(count__gt=1).exists()


def elsewhere(*, variant_ids: Collection[int], location: StockLocation | None) -> dict[int, list[StockLevel]]:
    """Return what there is of these variants at other places, by variant, in the order of the places."""
    found: dict[int, list[StockLevel]] = {}
    if location is None:
        return found
    others = StockLevel.objects.filter(variant__in=variant_ids).exclude(location=location).select_related("location")
    for level in others.order_by("location__priority", "location__pk"):
        found.setdefault(level.variant_id, []).append(level)
    return found
