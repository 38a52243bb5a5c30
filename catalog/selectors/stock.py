"""How many units can still be sold, and when those that are not there are sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from catalog.models import Variant

# By hand: every cart and product page asks this, and building it with the ORM costs more than asking (ADR 0012).
_AVAILABILITY = """
    SELECT level.variant_id, sum(level.on_hand - level.allocated + level.backorder_ceiling - level.backordered)
    FROM catalog_stocklevel level
    JOIN catalog_stocklocation location ON location.id = level.location_id
    WHERE level.variant_id = ANY(ARRAY(SELECT unnest(%s::bigint[]))) AND location.is_active
    GROUP BY level.variant_id
"""
_ON_SHELF = """
    SELECT level.variant_id, sum(level.on_hand - level.allocated)
    FROM catalog_stocklevel level
    JOIN catalog_stocklocation location ON location.id = level.location_id
    WHERE level.variant_id = ANY(ARRAY(SELECT unnest(%s::bigint[]))) AND location.is_active
    GROUP BY level.variant_id
"""
_SUPPLIES = """
    SELECT level.variant_id, sum(level.on_hand - level.allocated), sum(level.backorder_ceiling - level.backordered),
        sum(level.backordered),
        CASE WHEN sum(level.backorder_ceiling) > 0 THEN (
            SELECT json_agg(json_build_array(delivery.expected_on, delivery.units) ORDER BY delivery.expected_on)
            FROM catalog_expecteddelivery delivery
            WHERE delivery.variant_id = level.variant_id AND delivery.received_at IS NULL
                AND delivery.expected_on >= %s
        ) END
    FROM catalog_stocklevel level
    JOIN catalog_stocklocation location ON location.id = level.location_id
    WHERE level.variant_id = ANY(ARRAY(SELECT unnest(%s::bigint[]))) AND location.is_active
    GROUP BY level.variant_id
"""


@dataclass(frozen=True)
class Supply:
    """What can be had of a variant.

    there: units on the shelf that nobody holds. room: how many more may wait. waited_for: how many do already.
    deliveries: days on which units are expected, and how many.
    """

    there: int = 0
    room: int = 0
    waited_for: int = 0
    deliveries: Sequence[tuple[date, int]] = ()

    @property
    def units(self) -> int:
        """Units that can be sold."""
        return self.there + self.room

    def waiting(self, quantity: int) -> int:
        """Return how many of so many units are not there."""
        return max(quantity - self.there, 0)

    def ships_on(self, variant: Variant, quantity: int, today: date) -> date | None:
        """Return from which day on so many units can be sent whole; None when that is now, or not known."""
        missing = self.waiting(quantity)
        if not missing:
            return None
        if variant.is_preorder and variant.preorder_on and variant.preorder_on > today:
            return variant.preorder_on
        expected = 0
        for day, units in self.deliveries:
            expected += units
            if expected >= self.waited_for + missing:
                return day
        return None


NOTHING = Supply()


def availability(variant_ids: Iterable[int]) -> dict[int, int]:
    """Return the units that can still be sold, there or not, by variant; one without a level is not in the result."""
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABILITY, [list(variant_ids)])
        return dict(cursor.fetchall())


def on_shelf(variant_ids: Iterable[int]) -> dict[int, int]:
    """Return the units on the shelf that nobody holds, by variant."""
    with connection.cursor() as cursor:
        cursor.execute(_ON_SHELF, [list(variant_ids)])
        return dict(cursor.fetchall())


def supplies(*, variant_ids: Iterable[int], at: datetime) -> dict[int, Supply]:
    """Return what can be had of variants, by variant; one without a level is not in the result."""
    with connection.cursor() as cursor:
        cursor.execute(_SUPPLIES, [timezone.localdate(at), list(variant_ids)])
        return {
            pk: Supply(max(there, 0), max(room, 0), waited_for, _days(deliveries))
            for pk, there, room, waited_for, deliveries in cursor.fetchall()
        }


def _days(rows: object) -> list[tuple[date, int]]:
    return [(date.fromisoformat(day), units) for day, units in rows] if isinstance(rows, list) else []
