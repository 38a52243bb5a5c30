"""What a service answers when it is forged, strange, slow or gone: a page says so, and nobody is in."""

from __future__ import annotations

import time

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from tests import make
from tests.accounts import elsewhere, factors
from tests.accounts.elsewhere import ANNA, XIAOMING, leave, there, visit
from tests.accounts.test_other_services import connected

pytestmark = pytest.mark.django_db


def is_refused(client, answer, status: int) -> bool:
    """Tell whether the page says so in the shop's words, nobody is in, and nothing was made."""
    assert answer.status_code == status
    assert "did not work" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert not SocialAccount.objects.exists()
    return not factors.is_in(client)


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


def test_the_service_is_asked_about_itself_once_in_ten_minutes(service):
    for _ in range(3):
        leave(factors.browser())

    assert service.requests == ["/.well-known/openid-configuration"]


def test_the_service_is_a_real_server_that_checks_what_real_ones_check(client, service):
    asked = httpx.post(f"{service.url}/token", data={"code": "made-up"})

    assert asked.json() == {"error": "invalid_grant"}
    assert EmailAddress.objects.count() == 0
