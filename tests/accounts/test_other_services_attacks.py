"""Attacks on signing in with other services: other people's accounts, ways back that are stolen or used twice."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.models import Consent, User
from accounts.services import locking
from notifications.models import Message
from tests import make
from tests.accounts import factors
from tests.accounts.elsewhere import ANNA, XIAOMING, leads_to, leave, there, visit
from tests.accounts.factors import STEP
from tests.accounts.test_other_services import (
    CHOOSE,
    CONFIRM,
    LIST,
    NEW,
    TYPED,
    connected,
    join,
    mails,
)
from tests.accounts.test_other_services_answers import is_refused
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
BACK = "/account/with/oidc/callback/"


def main_part(answer) -> str:
    """Return what a page says, without its frame."""
    return str(answer.text).partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("state", ["", "made-up"])
def test_an_answer_nobody_asked_for_in_this_browser_is_refused(client, service, state):
    make.verified_user("anna")
    other = factors.browser()
    stolen = there(leave(other))
    code = parse_qs(urlsplit(stolen).query)["code"][0]

    answers = [client.get(f"{BACK}?code={code}&state={state}"), client.get(stolen)]

    assert [is_refused(client, each, 422) for each in answers] == [True, True]
    assert "/token" not in service.requests


def test_a_way_back_leads_in_once(client, service):
    anna = make.verified_user("anna")
    way_back = there(leave(client))
    first = client.get(way_back)
    client.post("/account/logout/")

    again = client.get(way_back)

    assert first.url == "/account/"
    assert again.status_code == 422
    assert not factors.is_in(client)
    assert connected(anna) == [("oidc", ANNA["sub"])]


def test_a_code_that_was_used_is_refused_with_a_new_state_too(client, service):
    make.verified_user("anna")
    used = parse_qs(urlsplit(there(leave(client))).query)["code"][0]
    service.codes.clear()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]

    assert is_refused(client, client.get(f"{BACK}?code={used}&state={state}"), 502)


def test_the_state_of_one_service_does_not_serve_another(client, service):
    state = parse_qs(urlsplit(leave(client, "weixin")).query)["state"][0]

    assert is_refused(client, client.get(f"{BACK}?code=x&state={state}"), 422)


def test_who_says_no_at_the_service_is_back_at_the_login(client, service):
    service.wrong = {"error": "access_denied"}

    answer = visit(client)

    assert (answer.status_code, answer.url) == (302, "/account/login/")
    assert "You have not signed in with Elsewhere." in client.get(answer.url).text


def test_who_has_typed_anothers_address_before_gains_nothing_when_its_owner_comes(client, service):
    thief = factors.browser()
    thief.post("/account/signup/", TYPED | {"username": "thief", "password1": "password of thief"})
    planted = User.objects.get()
    join(planted, "weixin", "openid-of-thief")
    link = re.sub(r"^https?://[^/]+", "", Message.objects.get().context["link"])

    back = visit(client)
    still = list(User.objects.values_list("username", flat=True))
    client.post(back.url, TYPED)

    anna = User.objects.get()
    assert (back.url, still) == (NEW, ["thief"])
    assert (anna.username, anna.has_usable_password(), anna.pk != planted.pk) == ("anna", False, True)
    assert connected(anna) == [("oidc", ANNA["sub"])]
    assert Consent.objects.filter(user=anna).count() == 1
    assert factors.is_in(client)
    assert (
        thief.post("/account/login/", {"login": "anna@example.com", "password": "password of thief"}).status_code == 422
    )
    assert thief.post(link).status_code != 302
    service.person = dict(XIAOMING) | {"openid": "openid-of-thief"}
    assert visit(thief, "weixin").url == CHOOSE


def test_who_has_typed_anothers_address_keeps_it_out_of_no_reset(client, service):
    service.person = dict(XIAOMING)
    visit(client, "weixin")
    client.post(NEW, TYPED)
    owner = factors.browser()

    owner.post("/account/password/reset/", {"email": "anna@example.com"})
    path = re.sub(r"^https?://[^/]+", "", Message.objects.filter(kind="password_reset").get().context["link"])
    owner.post(owner.get(path).url, {"password1": "password of owner"})

    anna = User.objects.get()
    assert anna.check_password("password of owner")
    assert connected(anna) == []


def test_an_account_made_in_an_office_asks_for_its_password_first(client, service):
    anna = make.user("anna")

    assert visit(client).url == CHOOSE
    assert connected(anna) == []
    assert User.objects.count() == 1


def test_a_locked_account_stays_locked_and_says_so_no_more_than_its_password_does(client, service):
    anna = make.verified_user("anna")
    locking.lock(user=anna, actor="operator", reason="test", at=NOW)

    by_address = visit(client)
    assert is_refused(client, by_address, 422)
    join(anna)
    by_identity = visit(client)

    assert by_identity.status_code == 422
    assert main_part(by_address) == main_part(by_identity)
    assert "closed" not in by_identity.text
    assert not factors.is_in(client)
    assert CHOOSE not in by_address.text


@pytest.mark.parametrize("is_on_record", [True, False])
def test_a_locked_account_that_was_never_activated_is_not_made_way_with(client, service, is_on_record):
    client.post("/account/signup/", TYPED | {"password1": "correct horse"})
    if is_on_record:
        locking.lock(user=User.objects.get(), actor="operator", reason="test", at=NOW)
    User.objects.update(is_active=False)
    before = User.objects.values().get()

    answer = visit(factors.browser())

    assert answer.status_code == 422
    assert User.objects.values().get() == before


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "joined by its address"])
def test_the_second_step_is_still_to_come(client, service, is_known):
    anna = make.verified_user("anna")
    app = factors.app_of(anna)
    if is_known:
        join(anna)

    back = visit(client)
    early = connected(anna)
    inside_early = factors.is_in(client)
    done = client.post(STEP, {"code": app.code()})

    assert back.url == STEP
    assert inside_early is False
    assert early == ([("oidc", ANNA["sub"])] if is_known else [])
    assert done.url == "/account/"
    assert factors.is_in(client)
    assert connected(anna) == [("oidc", ANNA["sub"])]
    assert "password" not in str(dict(client.session)).replace("account_password", "")


@pytest.mark.parametrize(("office", "who"), [("/admin/", make.operator), ("/merchant/", make.member)])
def test_an_office_asks_for_its_second_step_all_the_same(client, service, settings, office, who):
    settings.MFA_REQUIRED_FOR_OFFICES, settings.MFA_GRACE_DAYS = True, 0
    user = factors.vouch(who())
    join(user)

    back = visit(client, next=office)
    stopped = client.get(office, follow=True)
    factors.app_of(user)
    asked = client.get(office, follow=True)

    assert back.url == office
    assert stopped.redirect_chain[-1] == ("/account/2fa/", 302)
    assert asked.redirect_chain[-1][0].startswith("/account/2fa/reauthenticate/")


def test_another_account_cannot_take_a_connected_identity(service):
    anna, bea = make.verified_user("anna"), make.verified_user("bea")
    join(anna)
    client = factors.signed_in(bea)

    answer = visit(client)

    assert answer.url == LIST
    assert "connected to another account already" in client.get(LIST).text
    assert (connected(anna), connected(bea)) == ([("oidc", ANNA["sub"])], [])
    assert client.session["_auth_user_id"] == str(bea.pk)


def test_nor_one_that_was_connected_while_it_waited(client, service):
    anna, bea = make.verified_user("anna"), make.verified_user("bea")
    service.person |= {"email_verified": False}
    visit(client)
    client.post("/account/login/", {"login": "bea", "password": "correct horse"})
    join(anna)

    client.post(CONFIRM, {"connect": "1"})

    assert connected(bea) == []
    assert mails() == []


def test_what_a_visitor_says_of_scope_or_of_the_service_is_not_passed_on(client, service):
    path = "/account/with/oidc/?scope=admin&auth_params=prompt%3Dnone&process=redirect&next=https://evil.example"
    url = leads_to(client.post(path))
    asked = parse_qs(urlsplit(url).query)

    back = client.get(there(url))

    assert sorted(asked["scope"][0].split()) == ["email", "openid", "profile"]
    assert "prompt" not in asked
    assert asked["code_challenge_method"] == ["S256"]
    assert back.url == NEW


def test_tries_are_counted(service, settings):
    settings.SOCIAL_TRIES_PER_MINUTE = 2
    client = factors.browser()

    answers = [client.post("/account/with/weixin/") for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"
