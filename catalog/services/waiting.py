"""Units that are sold before they are there: how many may wait, and what becomes of them when stock comes.

They are counted apart from what is on hand, at the level of the merchant's first location. The queue itself is the
orders'. The caller holds the locks of all levels of the variants, and announces what has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F, Sum

from catalog.events import stock_freed
from catalog.models import StockLevel, StockMovement, Variant
from catalog.services import locations


class NoLongerThereError(Exception):
    """The units that were to be held are gone: the caller did not hold the locks."""


def lock(*, variant_ids: Iterable[int]) -> list[StockLevel]:
    """Lock all levels of these variants, in the order in which everybody does."""
    return list(StockLevel.objects.select_for_update().filter(variant_id__in=list(variant_ids)).order_by("pk"))


def lock_beside(*, level_ids: Iterable[int]) -> list[StockLevel]:
    """Lock these levels, and all others of their variants."""
    own = StockLevel.objects.filter(pk__in=list(level_ids)).values("variant_id")
    return list(StockLevel.objects.select_for_update().filter(variant_id__in=own).order_by("pk"))


@transaction.atomic
def set_ceilings(*, variant_ids: Collection[int]) -> None:
    """Let as many units wait at each level as the variants allow; who waits already stays. Called twice: no change."""
    variants = list(Variant.objects.filter(pk__in=variant_ids).select_related("product__merchant").order_by("pk"))
    mains = {}
    for variant in variants:
        if variant.waiting_limit:
            place = locations.main(variant.product.merchant)
            mains[variant.pk] = StockLevel.objects.get_or_create(variant=variant, location=place)[0].pk
    levels = lock(variant_ids=[variant.pk for variant in variants])
    for variant in variants:
        own = [level for level in levels if level.variant_id == variant.pk]
        others = sum(level.backordered for level in own if level.pk != mains.get(variant.pk))
        for level in own:
            limit = variant.waiting_limit - others if level.pk == mains.get(variant.pk) else 0
            ceiling = max(limit, level.backordered)
            if ceiling != level.backorder_ceiling:
                StockLevel.objects.filter(pk=level.pk).update(backorder_ceiling=ceiling)


def settle(*, variant_ids: Collection[int]) -> dict[int, int]:
    """Have those who wait for these variants get what is there; return the units each variant has lost by that."""
    waited = StockLevel.objects.filter(variant_id__in=variant_ids, backordered__gt=0).order_by("variant_id")
    ids = list(waited.values_list("variant_id", flat=True).distinct())
    if not ids:
        return {}
    before = _held(ids)
    stock_freed.tell(variant_ids=ids)
    after = _held(ids)
    return {variant_id: after[variant_id] - before[variant_id] for variant_id in ids}


def there(*, variant_ids: Collection[int]) -> dict[int, list[StockLevel]]:
    """Return the levels with units that can be had now, by variant, in the order of the places."""
    open_levels = StockLevel.objects.filter(variant_id__in=variant_ids, location__is_active=True)
    found: dict[int, list[StockLevel]] = {}
    for level in open_levels.filter(on_hand__gt=F("allocated")).order_by("location__priority", "pk"):
        found.setdefault(level.variant_id, []).append(level)
    return found


def fill(*, waits_at: int, level_id: int, units: int, key: str) -> None:
    """Hold units for somebody who waited; each key once.

    waits_at: the level at which they were waited for. level_id: where they are now.
    """
    held = StockLevel.objects.filter(pk=level_id, on_hand__gte=F("allocated") + units)
    if not held.update(allocated=F("allocated") + units):
        raise NoLongerThereError(level_id)
    kind = StockMovement.Kind.ALLOCATED
    StockMovement.objects.create(
        level_id=level_id, kind=kind, allocated_change=units, key=f"{kind.lower()}:{key}:{level_id}"
    )
    stop(waiting={waits_at: units})


def stop(*, waiting: Mapping[int, int]) -> None:
    """Count units as waited for no longer, by level."""
    for level_id, units in sorted(waiting.items()):
        StockLevel.objects.filter(pk=level_id).update(backordered=F("backordered") - units)
    variants = StockLevel.objects.filter(pk__in=waiting).values_list("variant_id", flat=True)
    set_ceilings(variant_ids=list(variants))


def _held(variant_ids: Sequence[int]) -> dict[int, int]:
    rows = StockLevel.objects.filter(variant_id__in=variant_ids).order_by().values("variant_id")
    return dict(rows.annotate(units=Sum("allocated")).values_list("variant_id", "units"))
