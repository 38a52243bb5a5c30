"""PostgreSQL keeps the plans of what every page asks, instead of making them anew each time (ADR 0012)."""

import pytest
from django.db import connection

from catalog.selectors import prices, stock
from catalog.services import cards
from shop.connections import PREPARE_AFTER
from tests import make

pytestmark = pytest.mark.django_db

CUSTOM_PLANS = 5  # that PostgreSQL makes before it compares them with one for all values


@pytest.mark.parametrize(
    ("words", "ask"),
    [
        ("catalog_price price", lambda ids, now: prices.quotes(variant_ids=ids, at=now, currency="CNY")),
        ("catalog_stocklevel level", lambda ids, _now: stock.availability(ids)),
        ("catalog_productcard card", lambda ids, _now: cards.refresh_availability(variant_ids=ids)),
    ],
    ids=["prices", "stock", "cards"],
)
def test_a_plan_is_kept_however_many_variants_are_asked_for(now, words, ask):
    ids = [make.only_variant(make.product()).pk for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # as if the tables were large
    for _ in range(CUSTOM_PLANS + PREPARE_AFTER):
        ask(ids, now)

    before = _plans(words)
    ask(ids, now)

    assert before[0] == CUSTOM_PLANS
    assert _plans(words) == (CUSTOM_PLANS, before[1] + 1)


def _plans(words: str) -> tuple[int, int]:
    """Return how often the statement was planned for its values, and how often the kept plan was taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE %s"
            " ORDER BY prepare_time DESC LIMIT 1",
            [f"%FROM {words}%"],
        )
        custom, kept = cursor.fetchone()
        return custom, kept
