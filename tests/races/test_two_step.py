"""One code lets one browser in, and a limit of tries is a limit for all processes together."""

from __future__ import annotations

from collections import Counter
from functools import partial

from allauth.mfa.models import Authenticator
from django.core.cache import cache

from accounts.services import two_step
from tests import make
from tests.accounts import factors
from tests.accounts.factors import STEP
from tests.crowd import ROW_LOCK, Crossing, at_once

AFTER_THE_ROW = 'FROM "mfa_authenticator"'


def _spend(pk: int) -> str:
    try:
        two_step.spend_code(authenticator_id=pk, code="123456")
    except two_step.CodeUsedError:
        return "refused"
    return "spent"


def _spends() -> list[partial[str]]:
    user = make.verified_user()
    factors.app_of(user)
    return [partial(_spend, Authenticator.objects.get(user=user).pk)] * 2


def test_one_code_sent_twice_at_once_is_spent_once():
    answers = at_once(*_spends(), crossing=Crossing(AFTER_THE_ROW, are_kept_apart=True))

    assert sorted(answers) == ["refused", "spent"]


def test_control_without_the_lock_it_is_spent_twice():
    answers = at_once(*_spends(), crossing=Crossing(AFTER_THE_ROW, without=[ROW_LOCK]))

    assert answers == ["spent", "spent"]


def test_of_ten_wrong_codes_at_once_five_are_looked_at():
    user = make.verified_user()
    app = factors.app_of(user)
    cache.clear()
    browsers = [factors.with_password(user) for _ in range(10)]

    answers = at_once(*(partial(_try, browser, app.wrong()) for browser in browsers))

    assert Counter(answers) == {422: 5, 429: 5}


def _try(browser, code: str) -> int:
    return int(browser.post(STEP, {"code": code}).status_code)
