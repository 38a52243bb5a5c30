"""The only writer of listing cards: derives them from products, and brings them up to date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from catalog.models import ProductCard, StockMovement
from catalog.selectors import card_contents
from core import shared

BATCH = 500
RECENT = timedelta(minutes=15)
DERIVED = [field.name for field in ProductCard._meta.concrete_fields if field.name != "product"]  # noqa: SLF001  public

# Compares the stock of the products concerned with what their cards say.
_AVAILABILITY = """
    WITH fresh AS (
        SELECT variant.product_id,
               bool_or(
                   EXISTS (SELECT 1 FROM catalog_price price WHERE price.variant_id = variant.id)
                   AND (
                       variant.stock_policy = 'UNCOUNTED'
                       OR COALESCE((
                           SELECT sum(level.on_hand - level.allocated)
                           FROM catalog_stocklevel level
                           JOIN catalog_stocklocation location ON location.id = level.location_id
                           WHERE level.variant_id = variant.id AND location.is_active
                       ), 0) > 0
                   )
               ) AS is_available
        FROM catalog_variant variant
        WHERE variant.is_active
          AND variant.product_id IN (SELECT product_id FROM catalog_variant WHERE id = ANY(%s))
        GROUP BY variant.product_id
    )
    SELECT card.product_id, now() FROM catalog_productcard card
    JOIN fresh ON fresh.product_id = card.product_id
    WHERE card.is_available <> fresh.is_available
"""


@transaction.atomic
def refresh(*, product_ids: Sequence[int], at: datetime) -> None:
    """Bring the cards of these products up to date; called twice: no change."""
    for start in range(0, len(product_ids), BATCH):
        cards = card_contents.build(product_ids=product_ids[start : start + BATCH], at=at)
        ProductCard.objects.bulk_create(cards, update_conflicts=True, unique_fields=["product"], update_fields=DERIVED)
    shared.outdate_on_commit()


def refresh_availability(*, variant_ids: Iterable[int]) -> None:
    """Refresh the cards of products that have just sold out, or can be had again; usually there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABILITY, [list(variant_ids)])
        outdated = cursor.fetchall()
    if outdated:
        refresh(product_ids=[product_id for product_id, _ in outdated], at=outdated[0][1])


def refresh_due(*, at: datetime) -> None:
    """Refresh the cards whose prices change at this moment, and those that missed a recent change of stock."""
    due = list(ProductCard.objects.filter(priced_until__lte=at).order_by("pk").values_list("pk", flat=True))
    if due:
        refresh(product_ids=due, at=at)
    moved = StockMovement.objects.filter(created_at__gte=at - RECENT).values_list("level__variant_id", flat=True)
    refresh_availability(variant_ids=moved.distinct())
