"""Wrong passwords at the doors of both offices: five in five minutes, and then a pause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from core.cache import breaker
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
DOORS = pytest.mark.parametrize("door", ["/admin/login/", "/merchant/login/"])
WRONG, RIGHT = "wrong horse", "correct horse"
WAIT = "Too many attempts, try again in {}"
LET_IN, SHOWN_AGAIN, TOO_MANY = 302, 200, 429


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Let it be the moment at which five minutes begin."""
    with time_machine.travel(NOW, tick=False) as moment:
        yield moment


@pytest.fixture
def operator() -> User:
    """Somebody who may enter both offices."""
    return make.operator()


def knock(door: str, username: str, password: str = WRONG, address: str = "10.0.0.1") -> Any:
    """Try a password from a browser without history."""
    return Client(REMOTE_ADDR=address).post(door, {"username": username, "password": password, "next": door})


def tries(door: str, username: str, count: int, **options: str) -> list[int]:
    return [knock(door, username, **options).status_code for _ in range(count)]


@DOORS
def test_the_sixth_try_has_to_wait_even_with_the_right_password(door, operator):
    assert tries(door, operator.username, 6) == [SHOWN_AGAIN] * 5 + [TOO_MANY]

    answer = knock(door, operator.username, RIGHT)

    assert (answer.status_code, answer["Retry-After"]) == (TOO_MANY, "300")
    assert WAIT.format("5 minutes") in answer.text
    assert "sessionid" not in answer.cookies


@DOORS
def test_an_account_that_does_not_exist_is_answered_the_same(door, operator):
    known = [knock(door, operator.username) for _ in range(6)]
    unknown = [knock(door, "nobody") for _ in range(6)]

    assert [answer.status_code for answer in known] == [answer.status_code for answer in unknown]
    assert [errors(answer) for answer in known] == [errors(answer) for answer in unknown]


@DOORS
def test_after_five_minutes_the_owner_comes_in(door, operator, clock):
    tries(door, operator.username, 30)
    clock.shift(241)
    assert WAIT.format("1 minute") in knock(door, operator.username).text

    clock.shift(59)

    assert knock(door, operator.username, RIGHT).status_code == LET_IN


@DOORS
def test_a_right_password_begins_the_count_anew(door, operator):
    before = tries(door, operator.username, 4)
    entered = knock(door, operator.username, RIGHT)

    assert (before, entered.status_code) == ([SHOWN_AGAIN] * 4, LET_IN)
    assert tries(door, operator.username, 6) == [SHOWN_AGAIN] * 5 + [TOO_MANY]


def test_both_doors_count_together_and_so_do_capitals(operator):
    tries("/admin/login/", operator.username, 5)

    assert tries("/merchant/login/", operator.username.upper(), 1) == [TOO_MANY]


def test_another_account_and_another_address_are_not_held_up(operator):
    other = make.operator()
    tries("/admin/login/", operator.username, 6)

    assert knock("/admin/login/", other.username, RIGHT).status_code == LET_IN
    assert knock("/admin/login/", operator.username, RIGHT, "10.0.0.2").status_code == LET_IN


@DOORS
def test_a_form_that_is_not_complete_neither_counts_nor_begins_anew(door, operator):
    assert tries(door, "", 7) == [SHOWN_AGAIN] * 7
    assert tries(door, operator.username, 7, password="") == [SHOWN_AGAIN] * 7

    before = tries(door, operator.username, 5)
    knock(door, operator.username, password="")

    assert before == [SHOWN_AGAIN] * 5
    assert tries(door, operator.username, 1) == [TOO_MANY]


def test_a_flushed_cache_begins_anew(operator):
    tries("/admin/login/", operator.username, 6)

    cache.clear()

    assert knock("/admin/login/", operator.username, RIGHT).status_code == LET_IN


def test_without_the_cache_logins_go_on(operator):
    breaker.trip()

    assert tries("/admin/login/", operator.username, 7) == [SHOWN_AGAIN] * 7
    breaker.trip()
    assert knock("/admin/login/", operator.username, RIGHT).status_code == LET_IN


@pytest.mark.parametrize("is_there", [True, False], ids=["an account", "no account"])
def test_many_addresses_together_have_to_wait_for_the_rest_of_the_hour(operator, settings, clock, is_there):
    settings.LOGIN_FAILURES_ANYWHERE = 7
    name = operator.username if is_there else "nobody"
    before = [knock("/merchant/login/", name, address=f"10.0.1.{i}").status_code for i in range(7)]

    refused = knock("/merchant/login/", name, RIGHT, "10.0.1.99")
    clock.shift(1800)
    later = knock("/merchant/login/", name, RIGHT, "10.0.1.99")

    assert before == [SHOWN_AGAIN] * 7
    assert (refused.status_code, refused["Retry-After"]) == (TOO_MANY, "1800")
    assert later.status_code == (LET_IN if is_there else SHOWN_AGAIN)


def test_who_attacks_an_account_does_not_lock_its_owner_out(operator, settings):
    settings.LOGIN_FAILURES_ANYWHERE = 7
    knock("/merchant/login/", operator.username, RIGHT, "10.0.2.1")
    for i in range(9):
        knock("/merchant/login/", operator.username, address=f"10.0.1.{i}")

    assert knock("/merchant/login/", operator.username, RIGHT, "10.0.1.99").status_code == TOO_MANY
    assert knock("/merchant/login/", operator.username, RIGHT, "10.0.2.1").status_code == LET_IN
    assert tries("/merchant/login/", operator.username, 6, address="10.0.2.1") == [SHOWN_AGAIN] * 5 + [TOO_MANY]


def test_right_passwords_are_not_counted(operator, settings):
    settings.LOGIN_FAILURES_ANYWHERE = 7

    for i in range(9):
        assert knock("/merchant/login/", operator.username, RIGHT, f"10.0.1.{i}").status_code == LET_IN


def errors(answer: Any) -> list[str]:
    """Return what the form says is wrong."""
    form = answer.context["form"]
    return [str(error) for error in form.non_field_errors()]
