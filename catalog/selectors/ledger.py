"""Why a level is what it is: its movements with the balance after each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from catalog.models import StockLevel, StockMovement


@dataclass(frozen=True)
class Entry:
    """A movement, and what the level was after it."""

    movement: StockMovement
    on_hand: int
    allocated: int

    @property
    def available(self) -> int:
        """Units that could still be sold then."""
        return self.on_hand - self.allocated


def movements(level: StockLevel) -> QuerySet[StockMovement]:
    """Return the movements of a level, the newest first."""
    return StockMovement.objects.filter(level=level).select_related("actor").order_by("-pk")


def entries(page: Sequence[StockMovement]) -> list[Entry]:
    """Return movements of one level that follow one another, the newest first, with the balance after each.

    One query: the sums of everything up to the newest of them.
    """
    if not page:
        return []
    until = StockMovement.objects.filter(level=page[0].level_id, pk__lte=page[0].pk)
    sums = until.aggregate(on_hand=Sum("on_hand_change"), allocated=Sum("allocated_change"))
    on_hand, allocated = sums["on_hand"], sums["allocated"]
    found = []
    for movement in page:
        found.append(Entry(movement, on_hand, allocated))
        on_hand -= movement.on_hand_change
        allocated -= movement.allocated_change
    return found
