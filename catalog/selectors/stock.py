"""How many units can still be sold."""

from collections.abc import Iterable

from django.db import connection

# By hand: every cart and product page asks this, and building it with the ORM costs more than asking (ADR 0012).
_AVAILABILITY = """
    SELECT level.variant_id, sum(level.on_hand - level.allocated)
    FROM catalog_stocklevel level
    JOIN catalog_stocklocation location ON location.id = level.location_id
    WHERE level.variant_id = ANY(ARRAY(SELECT unnest(%s::bigint[]))) AND location.is_active
    GROUP BY level.variant_id
"""


def availability(variant_ids: Iterable[int]) -> dict[int, int]:
    """Return the units that can still be sold, by variant; a variant without a level is not in the result."""
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABILITY, [list(variant_ids)])
        return dict(cursor.fetchall())
