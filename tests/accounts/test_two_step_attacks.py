"""What somebody may try against a second step: guess, replay, walk around, forge, reach for another's."""

from __future__ import annotations

import json
import logging

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache

from accounts.models import User
from accounts.services import two_step
from notifications.models import Message
from tests import make
from tests.accounts import factors
from tests.accounts.factors import STEP, App, Key
from tests.accounts.test_two_step import ACTIVATE, ADD, CODES, DEACTIVATE, NEW_CODES, add_passkey
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
AGAIN, KEY_AGAIN = "/account/2fa/reauthenticate/", "/account/2fa/passkeys/reauthenticate/"
KEY_LOGIN = "/account/2fa/passkeys/login/"
POSTS = [STEP, AGAIN, KEY_AGAIN, KEY_LOGIN, ACTIVATE, DEACTIVATE, NEW_CODES, ADD, factors.PASSWORD_AGAIN]


@pytest.fixture
def anna() -> User:
    return make.verified_user("anna")


@pytest.fixture
def app(anna) -> App:
    return factors.app_of(anna)


def tries(user: User, code: str, count: int) -> list[int]:
    """Try one code from so many browsers and addresses, each with the right password."""
    answers = []
    for number in range(count):
        client = factors.browser(REMOTE_ADDR=f"10.0.{number}.1")
        answers.append(factors.with_password(user, client).post(STEP, {"code": code}).status_code)
    return answers


@pytest.mark.parametrize("is_flushed", [False, True], ids=["at once", "after the cache is flushed"])
def test_a_code_that_was_used_is_refused(anna, app, is_flushed):
    first, second = factors.with_password(anna), factors.with_password(anna)
    code = app.code()
    assert first.post(STEP, {"code": code}).status_code == 302
    if is_flushed:
        cache.clear()

    answer = second.post(STEP, {"code": f"{code[:3]} {code[3:]}"})

    assert answer.status_code == 422
    assert not factors.is_in(second)


def test_a_code_that_was_used_is_refused_for_as_long_as_it_is_right(anna):
    with time_machine.travel(NOW, tick=False) as clock:
        app = factors.app_of(anna)
        code = app.code(steps=1)
        assert factors.with_password(anna).post(STEP, {"code": code}).status_code == 302
        clock.shift(59)

        assert tries(anna, code, 1) == [422]
        assert tries(anna, app.code(), 1) == [422]  # it is the same one
        assert tries(anna, app.code(steps=1), 1) == [302]


def test_the_code_an_app_was_set_up_with_signs_nobody_in(anna, django_capture_on_commit_callbacks):
    client = factors.signed_in(anna)
    app = App(client.get(ACTIVATE).context["form"].secret)
    code = app.code()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": code})

    assert tries(anna, code, 1) == [422]


def test_the_sixth_wrong_code_has_to_wait_from_wherever_it_comes(anna, app):
    with time_machine.travel(NOW, tick=False):
        answers = tries(anna, app.wrong(), 6)
        client = factors.with_password(anna, factors.browser(REMOTE_ADDR="10.9.9.9"))
        last = client.post(STEP, {"code": app.code()})

    assert answers == [422] * 5 + [429]
    assert (last.status_code, last["Retry-After"]) == (429, "300")
    assert "Too many attempts, try again in 5 minutes" in last.text
    assert not factors.is_in(client)


def test_guessing_patiently_ends_for_the_day(anna, app):
    with time_machine.travel(NOW, tick=False) as clock:
        client = factors.with_password(anna)
        counts = []
        for _ in range(21):
            counts.append([client.post(STEP, {"code": app.wrong()}).status_code for _ in range(5)])
            clock.shift(300)
            client = factors.with_password(anna)
        last = client.post(STEP, {"code": app.code()})

    assert counts == [[422] * 5] * 20 + [[429] * 5]
    assert (last.status_code, int(last["Retry-After"]) > 3600) == (429, True)
    assert "try again in 13 hours" in last.text


def test_a_right_code_begins_the_count_anew(anna, app):
    wrong = app.wrong()

    assert tries(anna, wrong, 4) == [422] * 4
    assert tries(anna, app.code(), 1) == [302]
    assert tries(anna, wrong, 6) == [422] * 5 + [429]


def test_recovery_codes_are_counted_as_well(anna, app):
    code = factors.recovery_codes_of(anna)[0]

    assert tries(anna, "00000000", 5) == [422] * 5
    assert tries(anna, code, 1) == [429]


def test_asking_again_is_counted_too(anna, app):
    client = factors.with_password(anna)
    client.post(STEP, {"code": app.code()})

    answers = [client.post(AGAIN, {"code": app.wrong()}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 300


@pytest.mark.parametrize(
    "path",
    ["/account/", "/account/orders/", "/account/profile/", "/account/2fa/", CODES, DEACTIVATE, "/admin/", "/merchant/"],
)
def test_no_other_address_leads_past_the_second_step(app, path):
    operator = make.operator()
    factors.app_of(operator)
    client = factors.with_password(factors.vouch(operator))

    answer = client.get(path)

    assert answer.status_code == 302
    assert "/login/" in answer.url or "reauthenticate" in answer.url
    assert "_auth_user_id" not in client.session


def test_signing_in_anew_meanwhile_leads_back_to_the_second_step(anna, app):
    client = factors.with_password(anna)

    answer = client.post(factors.LOGIN, {"login": "anna", "password": factors.PASSWORD})

    assert (answer.status_code, answer.url) == (302, STEP)


def test_nobody_steps_without_a_password(app):
    client = factors.browser()

    answer = client.post(STEP, {"code": app.code()})

    assert (answer.status_code, answer.url) == (302, "/account/login/")
    assert not factors.is_in(client)


def test_who_gives_up_has_to_type_the_password_again(anna, app):
    client = factors.with_password(anna)

    client.post("/account/logout/", {"next": "/account/login/"})

    assert client.post(STEP, {"code": app.code()}).url == "/account/login/"
    assert not factors.is_in(client)


def test_the_session_has_another_key_after_the_second_step(anna, app):
    client = factors.with_password(anna)
    before = client.session.session_key

    client.post(STEP, {"code": app.code()})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_the_second_step_leads_nowhere_else(anna, app, target):
    client = factors.with_password(anna, next=target)

    answer = client.post(STEP, {"code": app.code(), "next": target})

    assert (answer.status_code, answer.url) == (302, "/account/")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_showing_again_who_one_is_leads_nowhere_else(anna, target):
    client = factors.with_password(anna)

    answer = client.post(factors.PASSWORD_AGAIN, {"password": factors.PASSWORD, "next": target})

    assert (answer.status_code, answer.url) == (302, "/account/")


@pytest.mark.parametrize("path", POSTS)
def test_no_form_is_taken_from_elsewhere(anna, path):
    client = factors.signed_in(anna)
    app = factors.app_of(anna)
    before = list(Authenticator.objects.values())
    client.handler.enforce_csrf_checks = True

    answer = client.post(path, {"code": app.code(), "password": factors.PASSWORD})

    assert answer.status_code == 403
    assert list(Authenticator.objects.values()) == before


@pytest.mark.parametrize("path", [DEACTIVATE, NEW_CODES, ADD])
def test_nothing_changes_without_showing_again_who_one_is(anna, app, path):
    factors.recovery_codes_of(anna)
    client = factors.with_password(anna)
    client.post(STEP, {"code": app.code()})
    before = list(Authenticator.objects.values())

    answer = client.post(path)

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, factors.PASSWORD_AGAIN)
    assert list(Authenticator.objects.values()) == before
    assert not Message.objects.exists()


@pytest.mark.parametrize("path", [DEACTIVATE, NEW_CODES, ADD])
def test_a_session_from_before_and_the_password_change_nothing(anna, path):
    thief = factors.with_password(anna)
    app = factors.app_of(anna)
    factors.recovery_codes_of(anna)
    before = list(Authenticator.objects.values())

    asked = thief.post(path)
    typed = thief.post(factors.PASSWORD_AGAIN, {"password": factors.PASSWORD, "next": path})
    still = thief.post(path)

    assert [answer.url.partition("?")[0] for answer in (asked, typed, still)] == [AGAIN] * 3
    assert list(Authenticator.objects.values()) == before
    assert thief.post(AGAIN, {"code": app.code(), "next": "/account/"}).url == "/account/"
    assert thief.get(path).status_code == 200


def test_guessing_too_often_is_logged_without_the_code(anna, app, caplog):
    caplog.set_level(logging.WARNING)
    wrong = app.wrong()

    tries(anna, wrong, 6)

    lines = [record for record in caplog.records if record.getMessage() == "too many wrong codes"]
    assert [vars(line)["user"] for line in lines] == [anna.pk]
    assert wrong not in str([vars(line) for line in lines])


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_anothers_passkey_is_not_there(anna, act):
    bert = make.verified_user("bert")
    add_passkey(factors.signed_in(bert), Key())
    passkey = Authenticator.objects.get(user=bert, type="webauthn")
    before = list(Authenticator.objects.values())
    client = factors.signed_in(anna)

    answers = [
        client.get(f"/account/2fa/passkeys/{passkey.pk}/{act}/"),
        client.post(f"/account/2fa/passkeys/{passkey.pk}/{act}/", {"name": "Mine"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert list(Authenticator.objects.values()) == before


@pytest.mark.parametrize("code", ["", "x" * 5000, "\x00", "１２３４５６", "-1", "{}", "💳"])
def test_no_code_at_all_lets_nobody_in(anna, app, code):
    factors.recovery_codes_of(anna)
    client = factors.with_password(anna)

    assert client.post(STEP, {"code": code}).status_code == 422
    assert not factors.is_in(client)


def test_secrets_are_sealed_where_they_are_kept(anna, app):
    codes = factors.recovery_codes_of(anna)

    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    assert app.secret not in kept
    assert not any(code in kept for code in codes)


def test_no_secret_is_logged_mailed_or_shown_in_the_office(anna, caplog, django_capture_on_commit_callbacks):
    caplog.set_level(logging.DEBUG)
    client = factors.signed_in(anna)
    app = App(client.get(ACTIVATE).context["form"].secret)
    code = app.code()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": code})
    codes = Authenticator.objects.get(user=anna, type="recovery_codes").wrap().get_unused_codes()
    operator = factors.browser()
    operator.force_login(make.operator())
    message = Message.objects.get(kind="two_step")

    told = [
        "".join(
            f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name != "django.db.backends"
        ),
        json.dumps(list(Message.objects.values_list("context", flat=True))),
        operator.get(f"/admin/notifications/message/{message.pk}/change/").text,
        operator.get(f"/admin/accounts/user/{anna.pk}/change/").text,
    ]

    assert not [secret for secret in [app.secret, code, *codes] for text in told if secret in text]


def test_a_code_is_spent_once_however_it_is_written(anna, app):
    pk = Authenticator.objects.get(user=anna).pk
    two_step.spend_code(authenticator_id=pk, code="123 456")

    with pytest.raises(two_step.CodeUsedError):
        two_step.spend_code(authenticator_id=pk, code="123456")

    assert Authenticator.objects.get(pk=pk).data["spent"] == ["123456"]
