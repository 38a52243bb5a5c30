"""The Redis of our own."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
import redis

from shop.embedded.redis import Redis
from tests.embedded.conftest import working_below

PATIENCE_SECONDS = 20


@pytest.fixture
def server(folder) -> Iterator[Redis]:
    """A durable server that runs."""
    made = Redis(folder)
    made.start()
    yield made
    made.stop()


def client(server: Redis) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def test_what_is_queued_is_there_after_a_restart(server, folder):
    client(server).rpush("queue", "mail")
    server.stop()
    again = Redis(folder)

    again.start()

    assert client(again).lrange("queue", 0, -1) == [b"mail"]
    again.stop()


def test_what_is_queued_survives_a_kill(server, folder):
    client(server).rpush("queue", "mail")
    client(server).execute_command("WAITAOF", 1, 0, 5000)
    victims = working_below(folder)
    for process in victims:
        process.kill()
    assert psutil.wait_procs(victims, PATIENCE_SECONDS)[1] == []
    again = Redis(folder)

    again.start()

    assert client(again).lrange("queue", 0, -1) == [b"mail"]
    again.stop()


def test_a_throw_away_server_keeps_nothing(folder):
    server = Redis(folder, durable=False)
    server.start()
    client(server).set("word", "teapot")
    server.stop()

    server.start()

    assert client(server).get("word") is None
    server.stop()


def test_a_stop_ends_it_and_nothing_else(server, folder):
    beside = folder / "beside"
    beside.mkdir()
    other = Redis(beside)
    other.start()

    other.stop()

    assert working_below(beside) == []
    assert client(server).ping() is True


def test_a_server_that_outlived_its_owner_is_ended_first(server, folder):
    client(server).set("word", "teapot")
    (orphan,) = working_below(folder)
    heir = Redis(folder)

    heir.start()

    assert orphan.pid not in {process.pid for process in working_below(folder)}
    assert client(heir).get("word") == b"teapot"
    heir.stop()


def test_nobody_reaches_it_by_network_and_the_queue_is_never_evicted(server):
    found = client(server)

    assert found.config_get("port") == {"port": "0"}
    assert found.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}


def test_a_server_that_cannot_start_names_its_log(folder):
    server = Redis(folder)
    (folder / "redis" / "appendonlydir").mkdir()
    (folder / "redis" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")

    with pytest.raises(SystemExit, match=f"Redis did not start; see {folder}/redis.log"):
        server.start()

    assert working_below(folder) == []
