"""The cache when Redis is there, and when it is gone."""

from __future__ import annotations

import logging
import socket
import time

import pytest
from django.core.cache import cache

from core.cache import ForgivingRedisCache, breaker

OPTIONS = {"OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}}


@pytest.fixture
def gone() -> ForgivingRedisCache:
    """A cache whose server has closed its port."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    return ForgivingRedisCache(f"redis://127.0.0.1:{port}/0", OPTIONS)


@pytest.fixture
def frozen():
    """A cache whose server takes connections and never says a word, and the server's socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield ForgivingRedisCache(f"redis://127.0.0.1:{server.getsockname()[1]}/0", OPTIONS)


def test_a_living_cache_keeps_and_forgets():
    cache.set("tea", {"leaves": [1, 2]})

    assert cache.get("tea") == {"leaves": [1, 2]}
    assert cache.add("tea", "other") is False
    assert cache.delete("tea") is True
    assert cache.get("tea", "nothing") == "nothing"


def test_without_redis_everything_is_a_miss(gone):
    breaker._closed_again_at = 0.0

    gone.set("tea", 1)

    assert gone.get("tea") is None
    assert gone.get("tea", "default") == "default"


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (lambda cache: cache.add("tea", 1), True),
        (lambda cache: cache.get("tea", 5), 5),
        (lambda cache: cache.set("tea", 1), None),
        (lambda cache: cache.touch("tea", 5), False),
        (lambda cache: cache.delete("tea"), False),
        (lambda cache: cache.get_many(["tea", "pot"]), {}),
        (lambda cache: cache.has_key("tea"), False),
        (lambda cache: "tea" in cache, False),
        (lambda cache: cache.incr("tea"), 0),
        (lambda cache: cache.set_many({"tea": 1}), []),
        (lambda cache: cache.delete_many(["tea"]), None),
        (lambda cache: cache.get_or_set("tea", lambda: 7), 7),
    ],
)
@pytest.mark.parametrize("is_open", [False, True])
def test_no_operation_raises_without_redis(gone, act, answer, is_open):
    if is_open:
        breaker.trip()

    assert act(gone) == answer


def test_a_frozen_redis_costs_one_time_out_and_not_one_for_each_look_up(frozen):
    began = time.monotonic()

    found = [frozen.get(f"key-{number}", "miss") for number in range(50)]

    assert found == ["miss"] * 50
    assert 0.25 < time.monotonic() - began < 1.5
    assert breaker.is_open


def test_after_a_while_redis_is_asked_again(frozen, monkeypatch):
    frozen.get("tea")
    assert breaker.is_open

    monkeypatch.setattr(breaker, "_closed_again_at", 0.0)
    began = time.monotonic()
    frozen.get("tea")

    assert time.monotonic() - began > 0.25
    assert breaker.is_open


def test_a_failure_is_one_warning_without_the_key(gone, caplog):
    caplog.set_level(logging.WARNING)

    gone.get("li.na@example.com")
    gone.get("li.na@example.com")

    records = [record for record in caplog.records if record.name == "core.cache"]
    assert [(record.getMessage(), record.error) for record in records] == [("cache unavailable", "ConnectionError")]
    assert "li.na" not in caplog.text


def test_a_number_that_is_not_there_cannot_be_counted_up():
    with pytest.raises(ValueError, match="not found"):
        cache.incr("never-set")
