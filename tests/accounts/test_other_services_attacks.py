"""Attacks on signing in with other services: forged answers, other people's accounts, what is replayed or slow."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from accounts.models import Consent, User
from accounts.services import locking
from notifications.models import Message
from tests import make
from tests.accounts import elsewhere, factors
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
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
BACK = "/account/with/oidc/callback/"


def is_refused(client, answer, status: int) -> bool:
    """Tell whether the page says so in the shop's words, nobody is in, and nothing was made."""
    assert answer.status_code == status
    assert "did not work" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert not SocialAccount.objects.exists()
    return not factors.is_in(client)


def main_part(answer) -> str:
    """Return what a page says, without its frame."""
    return str(answer.text).partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed_with": elsewhere.key("of a thief")},
        {"signed_with": elsewhere.key("of a thief"), "kid": "key-2"},
        {"signed_with": "x" * 40, "algorithm": "HS256"},
        {"signed_with": None, "algorithm": "none"},
        {"claims": {"aud": "another-shop"}},
        {"claims": {"aud": [elsewhere.CLIENT, "another-shop"], "azp": "another-shop"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"exp": 1_000_000_000}},
        {"claims": {"exp": None}},
        {"claims": {"nonce": "of another sign-in"}},
        {"claims": {"nonce": None}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"claims": {"sub": "x" * 192}},
        {"token": {"id_token": "no.token"}},
        {"token": {"id_token": None}},
        {"token": {"access_token": ["x"]}},
    ],
    ids=lambda wrong: "-".join(f"{name}={str(value)[:40]}" for name, value in wrong.items() if name != "signed_with"),
)
def test_a_forged_or_strange_id_token_lets_nobody_in(client, service, wrong):
    make.verified_user("anna")
    service.wrong = wrong

    assert is_refused(client, visit(client), 502)


def test_data_of_another_person_are_not_taken_for_those_of_the_id_token(client, service):
    make.verified_user("bea")
    service.wrong = {"is_thin": True, "userinfo": {"sub": "subject-of-bea", "email": "bea@example.com"}}

    assert is_refused(client, visit(client), 502)


def test_an_id_token_without_address_is_made_up_for_by_a_second_question(client, service):
    anna = make.verified_user("anna")
    service.wrong = {"is_thin": True}

    assert visit(client).url == "/account/"
    assert connected(anna) == [("oidc", ANNA["sub"])]


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


def test_an_error_of_the_service_is_said(client, service):
    service.wrong = {"error": "<script>server_error"}

    answer = visit(client)

    assert is_refused(client, answer, 502)
    assert "<script>server_error" not in answer.text


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_slow_service_is_not_waited_for(client, service, settings, path):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 1
    service.wrong = {"slow": {path: 3}}
    began_at = time.monotonic()

    answer = client.post("/account/with/oidc/") if "well-known" in path else visit(client)

    assert is_refused(client, answer, 502)
    assert time.monotonic() - began_at < 2.5


@pytest.mark.parametrize(
    "raw",
    [b"<html>", b"[]", b"null", b"{}", b"\xff\xfe", (500, {}), (200, b"{" + b" " * 1_100_000), "https://evil.example/"],
    ids=range(8),
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_service_out_of_its_mind_is_said(client, service, path, raw):
    service.wrong = {"raw": {path: raw}}

    answer = client.post("/account/with/oidc/") if "well-known" in path else visit(client)

    assert is_refused(client, answer, 502)


@pytest.mark.parametrize("is_back", [False, True])
def test_a_service_that_is_gone_is_said(client, service, is_back):
    way_back = there(leave(client)) if is_back else ""
    if not is_back:
        service.stop()
        assert is_refused(client, client.post("/account/with/oidc/"), 502)
        return
    service.stop()

    assert is_refused(client, client.get(way_back), 502)


@pytest.mark.parametrize(
    "wrong",
    [
        {"userinfo": {"openid": "of-another"}},
        {"userinfo": {"errcode": 40003, "errmsg": "invalid openid"}},
        {"raw": {"/sns/oauth2/access_token": {"errcode": 40029, "errmsg": "invalid code"}}},
        {"raw": {"/sns/oauth2/access_token": {"access_token": "x", "openid": ""}}},
        {"raw": {"/sns/userinfo": b"<xml>"}},
    ],
)
def test_wechats_errors_come_with_status_200_and_are_errors(client, service, wrong):
    service.person, service.wrong = dict(XIAOMING), wrong

    assert is_refused(client, visit(client, "weixin"), 502)


def test_nothing_of_our_keys_is_in_the_log(client, service, caplog):
    service.person = dict(XIAOMING)
    way_back = there(leave(client, "weixin"))
    service.stop()

    with caplog.at_level("DEBUG"):
        client.get(way_back)

    told = [record for record in caplog.records if record.name == "shop.social"]
    assert [(each.getMessage(), each.service, each.reason) for each in told] == [
        ("sign-in with a service failed", "weixin", "ConnectError")
    ]
    assert elsewhere.SECRET not in caplog.text + str([vars(record) for record in caplog.records])


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


def test_the_service_is_asked_about_itself_once_in_ten_minutes(service):
    for _ in range(3):
        leave(factors.browser())

    assert service.requests == ["/.well-known/openid-configuration"]


def test_the_service_is_a_real_server_that_checks_what_real_ones_check(client, service):
    asked = httpx.post(f"{service.url}/token", data={"code": "made-up"})

    assert asked.json() == {"error": "invalid_grant"}
    assert EmailAddress.objects.count() == 0
