"""The fuse before servers that are gone."""

import time_machine

from core.breaker import CircuitBreaker


def test_a_new_fuse_lets_everything_through():
    assert not CircuitBreaker(seconds=5).is_open


def test_a_failure_opens_it_for_its_seconds_and_no_longer(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("core.breaker.time.monotonic", lambda: now)
    fuse = CircuitBreaker(seconds=5)

    fuse.trip()

    assert fuse.is_open
    now = 1004.9
    assert fuse.is_open
    now = 1005.0
    assert not fuse.is_open


def test_a_further_failure_begins_anew(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("core.breaker.time.monotonic", lambda: now)
    fuse = CircuitBreaker(seconds=5)
    fuse.trip()
    now = 1004.0

    fuse.trip()

    now = 1008.0
    assert fuse.is_open
    now = 1009.0
    assert not fuse.is_open


def test_a_clock_that_is_set_does_not_touch_it():
    fuse = CircuitBreaker(seconds=5)

    with time_machine.travel("2031-01-01"):
        fuse.trip()

    assert fuse.is_open
