"""From which places goods are sent: from one that has everything, else from as few as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, combinations, groupby

from catalog.models import StockLevel

MOST_COMPARED = 8  # places of a merchant of which every choice is looked at; with more, the fullest go first


def order(*, wanted: Mapping[int, int], levels: Sequence[StockLevel]) -> list[StockLevel]:
    """Return the levels to draw from, in that order; of those of a merchant only the fewest places that are enough.

    wanted: units by variant id, of each of which there are enough. levels: with their locations. Of choices of as many
    places the one of the first priorities is taken.
    """
    by_merchant = sorted(levels, key=lambda level: level.location.merchant_id)
    chosen = (
        _of_merchant(wanted, list(own)) for _, own in groupby(by_merchant, key=lambda level: level.location.merchant_id)
    )
    return list(chain.from_iterable(chosen))


def _of_merchant(wanted: Mapping[int, int], levels: Sequence[StockLevel]) -> list[StockLevel]:
    places = {level.location_id: level.location for level in levels if level.available > 0}
    ranked = sorted(places, key=lambda pk: (places[pk].priority, pk))
    needed = {level.variant_id: wanted[level.variant_id] for level in levels}
    if len(ranked) > MOST_COMPARED:
        kept = _fullest(needed, levels)
    else:
        choices = chain.from_iterable(combinations(ranked, size) for size in range(1, len(ranked) + 1))
        kept = next((set(choice) for choice in choices if not _missing(needed, levels, set(choice))), set(ranked))
    own = [level for level in levels if level.location_id in kept]
    return sorted(own, key=lambda level: _preference(level, needed[level.variant_id]))


def _fullest(needed: Mapping[int, int], levels: Sequence[StockLevel]) -> set[int]:
    """Return places that are enough, each taken because it has most of what the others have not."""
    kept: set[int] = set()
    left = {level.location_id: level.location for level in levels}
    while left and (missing := _missing(needed, levels, kept)):
        gains = {pk: missing - _missing(needed, levels, kept | {pk}) for pk in left}
        best = max(left, key=lambda pk: (gains[pk], -left[pk].priority, -pk))
        kept.add(best)
        del left[best]
    return kept


def _missing(needed: Mapping[int, int], levels: Sequence[StockLevel], places: set[int]) -> int:
    """Return how many units these places lack."""
    there = dict.fromkeys(needed, 0)
    for level in levels:
        if level.location_id in places:
            there[level.variant_id] += max(level.available, 0)
    return sum(max(units - there[variant_id], 0) for variant_id, units in needed.items())


def _preference(level: StockLevel, quantity: int) -> tuple[bool, int, int, int]:
    """Return what levels are sorted by: those with the whole quantity by priority, then the fullest others."""
    if level.available >= quantity:
        return False, level.location.priority, -level.available, level.pk
    return True, -level.available, level.location.priority, level.pk
