"""The doors of both offices: no way around a second step, and, where it is required, a grace before they close."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.models import User
from tests import make
from tests.accounts import factors
from tests.accounts.factors import STEP, Key
from tests.accounts.test_two_step import ACTIVATE, DEACTIVATE, add_passkey
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
OFFICES = pytest.mark.parametrize(("office", "who"), [("/admin/", make.operator), ("/merchant/", make.member)])
DAY = 86_400
AGAIN = "/account/2fa/reauthenticate/"
ASKS = "asks for a second step"
REALLY_COMMITTED = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Let it be a known moment."""
    with time_machine.travel(NOW, tick=False) as moment:
        yield moment


@pytest.fixture
def required(settings) -> None:
    """Require a second step in the offices, after seven days."""
    settings.MFA_REQUIRED_FOR_OFFICES = True
    settings.MFA_GRACE_DAYS = 7


def knock(office: str, user: User, client: Any = None, target: str = ""):
    """Sign in at an office's own door."""
    words = {"username": user.username, "password": factors.PASSWORD, "next": target or office}
    return (client or factors.browser()).post(f"{office}login/", words)


def inside(office: str, user: User) -> Any:
    """Return a browser of somebody whom a password alone lets in."""
    client = factors.browser()
    assert knock(office, user, client).url == office
    return client


@OFFICES
def test_a_password_alone_opens_no_office_to_who_has_a_second_step(office, who):
    user = who()
    factors.app_of(user)
    client = factors.browser()

    answer = knock(office, user, client)

    assert (answer.status_code, answer.url) == (302, STEP)
    assert "_auth_user_id" not in client.session
    assert client.get(office).url == f"{office}login/?next={office}"


@OFFICES
def test_the_second_step_leads_into_the_office(office, who):
    user = who()
    app = factors.app_of(user)
    client = factors.browser()
    knock(office, user, client, f"{office}catalog/product/")

    answer = client.post(STEP, {"code": app.code()})

    assert (answer.status_code, answer.url) == (302, f"{office}catalog/product/")
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
@OFFICES
def test_an_office_leads_nowhere_else(office, who, target):
    user = who()
    app = factors.app_of(user)
    client = factors.browser()
    knock(office, user, client, target)

    assert client.post(STEP, {"code": app.code()}).url == office


@OFFICES
def test_a_session_from_before_shows_the_second_step_before_it_enters_again(office, who):
    user = who()
    client = inside(office, user)
    app = factors.app_of(user)

    turned_away = client.get(f"{office}catalog/product/")
    led = client.get(turned_away.url)
    shown = client.post(led.url, {"code": app.code()})

    assert turned_away.url == f"{office}login/?next={office}catalog/product/"
    assert led.url == f"{AGAIN}?next={office.replace('/', '%2F')}catalog%2Fproduct%2F"
    assert (shown.status_code, shown.url) == (302, f"{office}catalog/product/")
    assert client.get(shown.url).status_code == 200


@OFFICES
def test_the_password_typed_again_is_no_second_step(office, who):
    user = who()
    client = inside(office, user)
    factors.app_of(user)

    client.post(factors.PASSWORD_AGAIN, {"password": factors.PASSWORD, "next": office})

    assert client.get(office).status_code == 302
    assert client.post(f"{office}catalog/product/", {"action": "archive"}).status_code == 302


@OFFICES
def test_the_shops_own_login_counts_in_the_office(office, who):
    user = who()
    factors.vouch(user)
    app = factors.app_of(user)
    client = factors.with_password(user, next=office)

    assert client.get(office).status_code == 302
    assert client.post(STEP, {"code": app.code()}).url == office
    assert client.get(office).status_code == 200


@REALLY_COMMITTED
def test_a_factor_set_up_in_this_session_counts_in_the_office():
    user = make.operator()
    client = inside("/admin/", user)
    client.post(factors.PASSWORD_AGAIN, {"password": factors.PASSWORD})
    app = factors.App(client.get(ACTIVATE).context["form"].secret)

    client.post(ACTIVATE, {"code": app.code()})

    assert client.get("/admin/").status_code == 200


def test_a_passkey_counts_too():
    user = make.operator()
    client = inside("/admin/", user)
    client.post(factors.PASSWORD_AGAIN, {"password": factors.PASSWORD})

    add_passkey(client, Key())

    assert client.get("/admin/").status_code == 200
    assert knock("/admin/", user).url == STEP


@OFFICES
def test_wrong_codes_are_counted_at_this_door_too(office, who):
    user = who()
    app = factors.app_of(user)
    client = factors.browser()
    knock(office, user, client)

    assert [client.post(STEP, {"code": app.wrong()}).status_code for _ in range(6)] == [422] * 5 + [429]


@OFFICES
def test_a_session_of_the_office_is_listed_among_the_devices(office, who):
    user = who()
    client = inside(office, user)

    assert list(UserSession.objects.values_list("user", "session_key")) == [(user.pk, client.session.session_key)]


@OFFICES
def test_unless_it_is_required_nobody_is_asked_for_a_second_step(office, who):
    user = who()
    client = inside(office, user)

    page = client.get(office)

    assert page.status_code == 200
    assert ASKS not in page.text
    assert User.objects.get(pk=user.pk).grace_began_at is None


@OFFICES
def test_during_the_grace_the_office_says_until_when(required, office, who, clock):
    user = who()
    client = inside(office, user)
    first = client.get(office)
    clock.shift(7 * DAY - 1)

    last = client.get(office)

    assert [page.status_code for page in (first, last)] == [200, 200]
    assert ["28 November 2026, 09:30" in page.text and ASKS in page.text for page in (first, last)] == [True, True]
    assert User.objects.get(pk=user.pk).grace_began_at == NOW


@OFFICES
def test_after_the_grace_the_office_leads_to_where_a_second_step_is_set_up(required, office, who, clock):
    user = who()
    client = inside(office, user)
    client.get(office)
    clock.shift(7 * DAY)

    answer = client.get(f"{office}catalog/product/", follow=True)

    assert answer.redirect_chain[-1] == ("/account/2fa/", 302)
    assert "From 28 November 2026, 09:30 it opens only to those who have one" in answer.text
    assert client.post(f"{office}catalog/product/", {"action": "archive"}).status_code == 302
    assert knock(office, user).url == office  # the password is right, and the office still shut:
    assert User.objects.get(pk=user.pk).grace_began_at == NOW


@OFFICES
@REALLY_COMMITTED
def test_once_it_is_set_up_the_office_opens_again(required, office, who, clock):
    user = who()
    factors.vouch(user)
    inside(office, user).get(office)
    clock.shift(8 * DAY)
    client = factors.signed_in(user)
    app = factors.App(client.get(ACTIVATE).context["form"].secret)

    client.post(ACTIVATE, {"code": app.code()})

    page = client.get(office)
    assert (page.status_code, ASKS in page.text) == (200, False)
    assert f'href="{office}"' in client.get("/account/2fa/").text


def test_who_turns_it_off_again_is_shut_out_again(required, clock):
    user = make.operator()
    client = inside("/admin/", user)
    client.get("/admin/")
    clock.shift(8 * DAY)
    app = factors.app_of(user)
    client.post(AGAIN, {"code": app.code()})
    assert client.get("/admin/").status_code == 200

    client.post(DEACTIVATE)

    assert not Authenticator.objects.exists()
    assert client.get("/admin/", follow=True).redirect_chain[-1] == ("/account/2fa/", 302)


def test_without_grace_the_first_visit_is_shut_out(required, settings):
    settings.MFA_GRACE_DAYS = 0
    client = factors.browser()

    answer = knock("/admin/", make.operator(), client)

    assert client.get(answer.url, follow=True).redirect_chain[-1] == ("/account/2fa/", 302)


def test_a_shopper_is_told_nothing_of_offices(required, client):
    client.force_login(make.user())

    page = client.get("/account/2fa/").text

    assert "back office" not in page.casefold()
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"


def test_recovery_codes_alone_are_no_second_step(required, clock):
    user = make.operator()
    client = inside("/admin/", user)
    factors.recovery_codes_of(user)
    client.get("/admin/")
    clock.shift(8 * DAY)

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(("is_required", "queries"), [(False, 6), (True, 6)])
def test_the_question_costs_one_query(settings, is_required, queries, django_assert_num_queries):
    settings.MFA_REQUIRED_FOR_OFFICES = is_required
    client = factors.browser()
    client.force_login(make.operator())
    client.get("/admin/accounts/user/")

    with django_assert_num_queries(queries):
        client.get("/admin/accounts/user/")
