"""The one answer to "what does it cost": pages, cart, orders and feeds all ask here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import Min

from catalog.models import Price, PriceList
from core.money import Money

# By hand: every cart and product page asks this, and building it with the ORM costs more than asking (ADR 0012).
_PRICES = """
    SELECT price.variant_id, list.currency, list.kind, price.amount, price.min_quantity, price.starts_at, price.ends_at
    FROM catalog_price price
    JOIN catalog_pricelist list ON list.id = price.price_list_id
    WHERE price.variant_id = ANY(ARRAY(SELECT unnest(%(variants)s::bigint[])))
      AND list.is_active
      AND (%(currency)s::text IS NULL OR list.currency = %(currency)s)
      AND (price.ends_at IS NULL OR price.ends_at > %(at)s)
"""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price that may apply, as plain values."""

    variant_id: int
    currency: str
    kind: str
    amount: Decimal
    min_quantity: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def holds_at(self, moment: datetime) -> bool:
        """Whether its window is open."""
        return (self.starts_at is None or self.starts_at <= moment) and (self.ends_at is None or self.ends_at > moment)


@dataclass(frozen=True, slots=True)
class Quote:
    """What one unit costs now; `regular` is the base price when that is higher."""

    price: Money
    regular: Money | None = None
    valid_until: datetime | None = None

    @property
    def percent_off(self) -> int:
        """How much lower than the base price, in whole percent; 0 without a reduction."""
        if self.regular is None:
            return 0
        return int((self.regular.amount - self.price.amount) * 100 / self.regular.amount)


def quotes(
    *,
    variant_ids: Iterable[int],
    at: datetime,
    currency: str | None = None,
    quantities: Mapping[int, int] | None = None,
) -> dict[int, Quote]:
    """Return what each variant costs at a moment; a variant without a price is not in the result.

    currency: only prices in it; None takes the shop's currency, and any other for variants not sold in that.
    quantities: units wanted by variant id, for quantity ladders; 1 where not given.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, {"variants": list(variant_ids), "currency": currency, "at": at})
        rows = cursor.fetchall()
    by_variant: dict[int, list[PriceRow]] = {}
    for row in rows:
        by_variant.setdefault(row[0], []).append(PriceRow(*row))
    found = {
        variant_id: resolve(own, at=at, quantity=(quantities or {}).get(variant_id, 1))
        for variant_id, own in by_variant.items()
    }
    return {variant_id: quote for variant_id, quote in found.items() if quote}


def starts(*, variant_ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """Return when the next price of each variant comes into force; one that waits for none is not in the result."""
    waiting = Price.objects.filter(variant_id__in=list(variant_ids), price_list__is_active=True, starts_at__gt=at)
    return dict(waiting.values_list("variant_id").annotate(first=Min("starts_at")))


def resolve(rows: Iterable[PriceRow], *, at: datetime, quantity: int = 1) -> Quote | None:
    """Choose among one variant's prices: the lowest that holds now for this quantity.

    Prices in another currency than the shop's count only when there is none in the shop's.
    The base price is shown beside it when it is higher. None when nothing applies.
    """
    known = list(rows)
    holding = _in_one_currency([row for row in known if row.holds_at(at) and row.min_quantity <= quantity])
    if not holding:
        return None
    best = min(holding, key=lambda row: row.amount)
    base = [row.amount for row in holding if row.kind == PriceList.Kind.BASE and row.min_quantity == 1]
    regular = Money(min(base), best.currency) if base and min(base) > best.amount else None
    changes = [moment for row in known for moment in (row.starts_at, row.ends_at) if moment and moment > at]
    return Quote(Money(best.amount, best.currency), regular, min(changes, default=None))


def _in_one_currency(rows: list[PriceRow]) -> list[PriceRow]:
    currencies = {row.currency for row in rows}
    if len(currencies) < 2:
        return rows
    chosen = settings.CURRENCY if settings.CURRENCY in currencies else min(currencies)
    return [row for row in rows if row.currency == chosen]
