"""A database that is there and does not give what is asked: no connection left, or a query that never ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from catalog.models import StockLevel
from core.middleware import UnavailableMiddleware
from shop.connections import database
from shop.embedded import postgres
from tests import books, make
from tests.crowd import at_once
from tests.embedded.conftest import folder

__all__ = ["folder"]
LIMIT = 12
SOON_SECONDS = 3


@pytest.fixture
def visitor(settings) -> Client:
    """A browser in a shop with pages that ask too much."""
    settings.ROOT_URLCONF = "tests.shop.faulty_urls"
    UnavailableMiddleware._quiet._closed_again_at = 0.0
    return Client(raise_request_exception=False)


@pytest.fixture
def full_server(folder, monkeypatch):
    """A PostgreSQL of which every connection is taken, and those who hold them."""
    monkeypatch.setitem(postgres.OPTIONS, "max_connections", str(LIMIT))
    server = postgres.Postgres(folder, durable=False)
    server.start()
    holders = []
    with suppress(psycopg.OperationalError):
        while True:
            holders.append(psycopg.connect(server.url()))
    yield server, holders
    for each in holders:
        each.close()
    server.stop()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("pool_size", [0, 4], ids=["without a pool", "with a pool"])
def test_without_a_free_connection_pages_are_503_soon_until_there_is_one(visitor, full_server, monkeypatch, pool_size):
    server, holders = full_server

    with asking(server, monkeypatch, pool_size):
        began = time.monotonic()
        full = [visitor.get(path) for path in ("/cart/", "/ask/", "/readyz/")]
        seconds = time.monotonic() - began
        alive = visitor.get("/healthz/").status_code
        holders.pop().close()
        again = [visitor.get(path).status_code for path in ("/ask/", "/readyz/")]

    assert len(holders) == LIMIT - 1
    assert [each.status_code for each in full] == [503] * 3
    assert [each.get("Retry-After") for each in full] == ["5", "5", None]
    assert seconds < SOON_SECONDS
    assert (alive, again) == (200, [200, 200])


@contextmanager
def asking(server: postgres.Postgres, monkeypatch: pytest.MonkeyPatch, pool_size: int) -> Iterator[None]:
    """Let the shop ask this server, with production's settings but for a pool that gives up after half a second."""
    settings = database(server.url(), statement_timeout_seconds=8, pool_size=pool_size, is_prepared=True)
    if pool_size:
        pool = settings["OPTIONS"]["pool"]
        assert (pool["timeout"], pool["reconnect_timeout"]) == (5, 5)
        pool |= {"timeout": 0.5, "reconnect_timeout": 0.5}
    connection.close()
    with monkeypatch.context() as patch:
        for name, value in settings.items():
            patch.setitem(connection.settings_dict, name, value)
        yield
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_query_that_hangs_is_cut_its_locks_are_free_and_the_log_has_a_line(visitor, caplog):
    make.product(stock=3)
    caplog.set_level(logging.INFO)
    before = books.copy()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = '200ms'")

    answers = [visitor.get("/hang/") for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = DEFAULT")
    free = at_once(transaction.atomic(lambda: StockLevel.objects.select_for_update(nowait=True).get().on_hand))

    assert usual == "8s"
    assert [(each.status_code, each["Retry-After"]) for each in answers] == [(503, "5")] * 3
    assert free == [3]
    assert books.copy() == before
    assert [(each.getMessage(), each.error) for each in caplog.records if each.levelno >= logging.ERROR] == [
        ("database unavailable", "canceling statement due to statement timeout")
    ]
