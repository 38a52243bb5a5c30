"""Two thousand shoppers who come too late: each is told so, and nothing is left of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from catalog.services import stock
from orders.models import Checkout
from orders.services import placing
from tests import books, make
from tests.crowd import caught, in_lanes
from tests.races.queues import line_up

REFUSALS = (placing.IncompleteError, stock.OutOfStockError)


def test_two_thousand_refusals_leave_nothing_behind():
    variant, other = (make.only_variant(make.product(stock=1)) for _ in range(2))
    first, *presses = line_up(variant, quantities=[1] * 251)
    first()
    late = partial(stock.allocate, demands=[stock.Demand(variant.pk, 1, "late")])  # who looked while there was one
    before, checkouts, connections, sizes = books.copy(), Checkout.objects.count(), _connections(), _sizes()
    acts: list[Callable[[], Any]] = [*presses * 4, *[late] * 1000]

    refusals = in_lanes([caught(each, *REFUSALS) for each in acts], lanes=4)

    assert [sum(isinstance(each, error) for each in refusals) for error in REFUSALS] == [1000, 1000]
    assert books.copy() == before
    assert (Checkout.objects.count(), _connections(), _sizes()) == (checkouts, connections, sizes)
    make.purchase(make.cart(other), at=timezone.now())
    assert books.findings() == []


def _connections() -> int:
    """Return how many connections there are to this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _sizes() -> dict[str, int]:
    """Return the bytes of every table with its indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(cursor.fetchall())
