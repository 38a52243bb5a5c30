"""After a crash of the database, the shop is open again as soon as the database is."""

from __future__ import annotations

import time

import psutil
from psycopg_pool import ConnectionPool

from shop.connections import database
from shop.embedded.postgres import Postgres
from tests.embedded.conftest import working_below

PATIENCE_SECONDS = 20


def test_broken_connections_are_replaced_at_once(folder):
    server = Postgres(folder)
    server.start()
    size = database(server.url(), statement_timeout_seconds=8, pool_size=4, is_prepared=True)["OPTIONS"]["pool"]
    pool = ConnectionPool(server.url(), open=True, check=ConnectionPool.check_connection, **size)
    held = [pool.getconn() for _ in range(4)]
    for connection in held:
        pool.putconn(connection)
    victims = working_below(folder)
    for process in victims:
        process.kill()
    psutil.wait_procs(victims, PATIENCE_SECONDS)
    assert server.has_ended()
    server.start()

    began = time.monotonic()
    with pool.connection() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    assert time.monotonic() - began < 1  # the pool's own pauses end in a timeout after five seconds
    pool.close()
    server.stop()
