"""The only writer of listing cards: derives them from products, and brings them up to date.

Lock order: products by primary key, before the stock levels; what cards are derived from is read after that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from catalog.models import Product, ProductCard, StockMovement
from catalog.selectors import card_contents
from core import nudge, shared

BATCH = 500
RECENT = timedelta(minutes=15)
DERIVED = [field.name for field in ProductCard._meta.concrete_fields if field.name != "product"]  # noqa: SLF001  public

# Compares which variants of the products concerned can be bought with what their cards say.
# Holds the condition of card_contents: a price now for one unit, and not counted or one left.
_AVAILABILITY = """
    SELECT card.product_id, now()
    FROM catalog_productcard card
    WHERE card.product_id IN (SELECT product_id FROM catalog_variant WHERE id = ANY(ARRAY(SELECT unnest(%s::bigint[]))))
      AND card.available_variant_ids <> ARRAY(
          SELECT variant.id
          FROM catalog_variant variant
          WHERE variant.product_id = card.product_id
            AND variant.is_active
            AND EXISTS (
                SELECT 1
                FROM catalog_price price
                JOIN catalog_pricelist list ON list.id = price.price_list_id
                WHERE price.variant_id = variant.id
                  AND list.is_active
                  AND price.min_quantity = 1
                  AND (price.starts_at IS NULL OR price.starts_at <= now())
                  AND (price.ends_at IS NULL OR price.ends_at > now())
            )
            AND (
                variant.stock_policy = 'UNCOUNTED'
                OR COALESCE((
                    SELECT sum(level.on_hand - level.allocated + level.backorder_ceiling - level.backordered)
                    FROM catalog_stocklevel level
                    JOIN catalog_stocklocation location ON location.id = level.location_id
                    WHERE level.variant_id = variant.id AND location.is_active
                ), 0) > 0
            )
          ORDER BY variant.id
      )
"""


@transaction.atomic
def refresh(*, product_ids: Collection[int], at: datetime) -> None:
    """Bring the cards of these products up to date, and make every kept page old; called twice: no change."""
    _renew(product_ids, at)
    shared.outdate_on_commit()


@transaction.atomic
def refresh_many(*, product_ids: Collection[int], at: datetime) -> None:
    """Bring the cards of these products up to date: a batch at once, of more than that each one by the sweep.

    The sweep is woken at once, and no request waits for it; until then those cards stay as they were.
    """
    if len(product_ids) <= BATCH:
        refresh(product_ids=product_ids, at=at)
        return
    for ids in _batches(product_ids):
        ProductCard.objects.filter(pk__in=_lock(ids)).update(priced_until=at)
    nudge.on_commit("catalog.tasks.refresh_due_cards")


def refresh_availability(*, variant_ids: Iterable[int]) -> None:
    """Refresh the cards of products of which a variant has just sold out, or can be had again; usually none."""
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABILITY, [list(variant_ids)])
        outdated = cursor.fetchall()
    if outdated:
        _refresh_changed([product_id for product_id, _ in outdated], outdated[0][1])


def refresh_due(*, at: datetime) -> None:
    """Refresh the cards that are due at this moment, and those that missed a recent change of stock.

    Batch by batch, each committed by itself: a worker that dies leaves only the rest to the next one.
    """
    due = ProductCard.objects.filter(priced_until__lte=at).order_by("pk").values_list("pk", flat=True)
    ids = list(due[:BATCH])
    while ids:
        _refresh_changed(ids, at)
        ids = list(due.filter(pk__gt=ids[-1])[:BATCH])
    moved = StockMovement.objects.filter(created_at__gte=at - RECENT).values_list("level__variant_id", flat=True)
    refresh_availability(variant_ids=moved.distinct())


@transaction.atomic
def _refresh_changed(product_ids: Collection[int], at: datetime) -> None:
    """Bring cards up to date; kept pages grow old only when one of them was not."""
    if _renew(product_ids, at):
        shared.outdate_on_commit()


def _renew(product_ids: Collection[int], at: datetime) -> bool:
    """Write the cards that are not what they should be, and tell whether there were any."""
    has_changed = False
    for ids in _batches(product_ids):
        cards = card_contents.outdated(product_ids=_lock(ids), at=at)
        ProductCard.objects.bulk_create(cards, update_conflicts=True, unique_fields=["product"], update_fields=DERIVED)
        has_changed = has_changed or bool(cards)
    return has_changed


def _batches(product_ids: Collection[int]) -> Iterator[Sequence[int]]:
    ids = sorted(set(product_ids))
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _lock(product_ids: Sequence[int]) -> list[int]:
    """Keep others from deriving the same cards, and return the products that are still there.

    Who reads after this reads everything that others who held the lock have changed, so no older card is written last.
    """
    products = Product.objects.filter(pk__in=product_ids).order_by("pk").select_for_update(no_key=True)
    return list(products.values_list("pk", flat=True))
