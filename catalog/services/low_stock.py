"""The only writer of alerts: a variant's units have fallen to its threshold, or there are more of them again.

Called in the transaction that changes the stock, after the levels are written; alerts are locked last.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from catalog.models import LowStockAlert
from catalog.services import mails

RECENT = timedelta(minutes=15)

# One statement, since every order asks this. A variant that is not offered or not counted raises no alert.
_WATCH = """
    WITH changed AS (
        SELECT unnest(%s::bigint[]) AS variant_id, unnest(%s::bigint[]) AS units
    ), now_there AS (
        SELECT variant.id, changed.units, COALESCE(variant.low_stock_units, %s) AS threshold,
            variant.is_active AND variant.stock_policy <> 'UNCOUNTED' AND product.status <> 'ARCHIVED' AS is_watched,
            COALESCE((
                SELECT sum(level.on_hand - level.allocated)
                FROM catalog_stocklevel level
                JOIN catalog_stocklocation location ON location.id = level.location_id
                WHERE level.variant_id = variant.id AND location.is_active
            ), 0) AS available
        FROM changed
        JOIN catalog_variant variant ON variant.id = changed.variant_id
        JOIN catalog_product product ON product.id = variant.product_id
    ), over AS (
        UPDATE catalog_lowstockalert alert SET over_at = now()
        FROM now_there
        WHERE alert.variant_id = now_there.id AND alert.over_at IS NULL AND now_there.available > alert.threshold
    )
    INSERT INTO catalog_lowstockalert (variant_id, available, threshold, raised_at)
    SELECT id, available, threshold, now() FROM now_there
    WHERE is_watched AND available <= threshold AND available - units > threshold
    ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING id
"""

# By how much the units of each variant have fallen from the most there were within the time.
_FALLS = """
    SELECT variant_id, min(units) FROM (
        SELECT level.variant_id, sum(movement.on_hand_change - movement.allocated_change) OVER (
            PARTITION BY level.variant_id ORDER BY movement.id DESC
        ) AS units
        FROM catalog_stockmovement movement
        JOIN catalog_stocklevel level ON level.id = movement.level_id
        JOIN catalog_stocklocation location ON location.id = level.location_id
        WHERE movement.created_at >= %s AND location.is_active
    ) fall
    GROUP BY variant_id
"""


def watch(*, changes: Mapping[int, int]) -> None:
    """Raise an alert for each variant that has just fallen to its threshold, with a mail; end those that are over.

    changes: by variant id, how many units more can be sold than before; fewer are negative. One that was low before
    raises none, and one that is low from the start neither.
    """
    changed = {variant_id: units for variant_id, units in sorted(changes.items()) if units}
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(_WATCH, [list(changed), list(changed.values()), settings.LOW_STOCK_UNITS])
        raised = [alert_id for (alert_id,) in cursor.fetchall()]
    if raised:
        mails.low_stock(alert_ids=raised)


@transaction.atomic
def watch_recent(*, at: datetime) -> None:
    """Find what two changes at once at two places could not see; called twice: no change."""
    with connection.cursor() as cursor:
        cursor.execute(_FALLS, [at - RECENT])
        changes = {variant_id: int(units) for variant_id, units in cursor.fetchall()}
    for variant_id in LowStockAlert.objects.filter(over_at=None).values_list("variant_id", flat=True):
        changes[variant_id] = changes.get(variant_id) or 1  # only to have its open alert looked at
    watch(changes=changes)
