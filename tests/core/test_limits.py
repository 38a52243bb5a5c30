"""Rate limits."""

import subprocess
import sys

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from core import limits
from core.cache import breaker

WINDOW = 10**9
CODE = """
import django; django.setup()
from core import limits
print([limits.allow(name="tea", who="li", limit=3, seconds=10**9) for _ in range(2)])
"""


def allow(who: str = "li", *, name: str = "tea", limit: int = 3, seconds: int = 60) -> bool:
    return limits.allow(name=name, who=who, limit=limit, seconds=seconds)


@time_machine.travel("2026-11-21 09:30:00+00:00", tick=False)
def test_so_many_acts_and_no_more():
    assert [allow() for _ in range(5)] == [True, True, True, False, False]


@time_machine.travel("2026-11-21 09:30:00+00:00", tick=False)
def test_everybody_and_every_act_counts_for_itself():
    assert [allow("li", limit=1), allow("wang", limit=1), allow("li", name="coffee", limit=1)] == [True] * 3
    assert not allow("li", limit=1)


@time_machine.travel("2026-11-21 09:30:00+00:00", tick=False)
def test_a_limit_of_nothing_allows_nothing():
    assert [allow(limit=0), allow(limit=0)] == [False, False]


def test_the_next_window_begins_anew():
    with time_machine.travel("2026-11-21 09:30:59+00:00", tick=False):
        assert [allow(limit=1), allow(limit=1)] == [True, False]

    with time_machine.travel("2026-11-21 09:31:00+00:00", tick=False):
        assert allow(limit=1)


def test_the_limit_holds_across_processes():
    assert [allow(seconds=WINDOW), allow(seconds=WINDOW)] == [True, True]

    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "[True, False]", done.stderr


def test_without_the_cache_everything_is_allowed():
    breaker.trip()

    assert [allow(limit=1) for _ in range(5)] == [True] * 5


def test_a_cache_that_goes_between_two_steps_allows_too(monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *_: False)
    breaker.trip()

    assert allow(limit=1)


@pytest.mark.parametrize("limit", [0, 1])
def test_a_count_that_ran_out_between_two_steps_allows(monkeypatch, limit):
    monkeypatch.setattr(cache, "add", lambda *_: False)

    assert allow(limit=limit)


@time_machine.travel("2026-11-21 09:30:10+00:00", tick=False)
def test_what_is_forgotten_counts_no_more_and_for_nobody_else():
    assert [allow(limit=1), allow(limit=1), allow("wang", limit=1)] == [True, False, True]

    limits.forget(name="tea", who="li", seconds=60)

    assert [allow(limit=1), allow("wang", limit=1)] == [True, False]


@time_machine.travel("2026-11-21 09:30:10+00:00", tick=False)
def test_what_is_given_back_is_one_act_and_nothing_where_none_was_counted():
    limits.give_back(name="tea", who="li", seconds=60)
    first = [allow(limit=2), allow(limit=2), allow(limit=2)]

    limits.give_back(name="tea", who="li", seconds=60)
    limits.give_back(name="tea", who="li", seconds=60)

    assert (first, [allow(limit=2), allow(limit=2)]) == ([True, True, False], [True, False])


@pytest.mark.parametrize(("moment", "left"), [("09:30:00", 60), ("09:30:01", 59), ("09:30:59", 1)])
def test_a_window_lasts_until_the_next_begins(moment, left):
    with time_machine.travel(f"2026-11-21 {moment}+00:00", tick=False):
        assert limits.seconds_left(60) == left
