"""How many units can still be sold."""

from collections.abc import Iterable

from django.db.models import F, Sum

from catalog.models import StockLevel


def availability(variant_ids: Iterable[int]) -> dict[int, int]:
    """Return the units that can still be sold, by variant; a variant without a level is not in the result."""
    rows = (
        StockLevel.objects.filter(variant_id__in=list(variant_ids), location__is_active=True)
        .values_list("variant_id")
        .annotate(units=Sum(F("on_hand") - F("allocated")))
    )
    return dict(rows)
