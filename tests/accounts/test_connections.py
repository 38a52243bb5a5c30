"""The page with the services that sign in to an account, and what is different without a password."""

from __future__ import annotations

import re

import pytest
from allauth.socialaccount.models import SocialAccount

from accounts import selectors
from accounts.models import Erasure
from notifications.models import Message
from tests import make
from tests.accounts import factors
from tests.accounts.elsewhere import ANNA, XIAOMING, visit
from tests.accounts.test_other_services import LIST, connected, join, mails, without_password

pytestmark = pytest.mark.django_db
AGAIN = "/account/reauthenticate/?next="


def test_a_service_is_connected_after_the_password_was_shown_again(service):
    anna = make.verified_user("anna")
    client = factors.with_password(anna)
    asked = client.post("/account/with/weixin/")
    leads_on = client.post(asked.url, {"password": "correct horse"})
    service.person = dict(XIAOMING)

    back = visit(client, "weixin")

    assert asked.url == f"{AGAIN}%2Faccount%2Fwith%2Fweixin%2F"
    assert 'http-equiv="refresh"' in leads_on.text
    assert back.url == LIST
    assert connected(anna) == [("weixin", XIAOMING["openid"])]
    assert mails() == [("connection", "anna@example.com")]
    page = client.get(LIST).text
    assert "WeChat is connected" in page
    assert "小明 · Added" in page
    assert re.findall(r"Connect (\w+)", page) == ["Elsewhere"]


def test_connecting_again_changes_nothing(service):
    anna = make.verified_user("anna")
    join(anna)
    client = factors.signed_in(anna)

    back = visit(client)

    assert back.url == LIST
    assert connected(anna) == [("oidc", ANNA["sub"])]
    assert mails() == []


def test_a_service_is_disconnected_after_the_password_was_shown_again(service):
    anna = make.verified_user("anna")
    row = join(anna)
    hasty = factors.with_password(anna).post(LIST, {"disconnect": row.pk})
    before = connected(anna)

    done = factors.signed_in(anna).post(LIST, {"disconnect": row.pk})

    assert hasty.url == f"{AGAIN}%2Faccount%2Fconnections%2F"
    assert before == [("oidc", ANNA["sub"])]
    assert (done.status_code, done.url) == (303, LIST)
    assert connected(anna) == []
    assert mails() == [("connection", "anna@example.com")]
    assert Message.objects.get().context["change"] == "account_disconnected"


def test_the_only_way_to_sign_in_is_not_taken_away(client, service):
    anna = without_password()
    visit(client)
    row = SocialAccount.objects.get()

    answer = client.post(LIST, {"disconnect": row.pk})

    assert answer.status_code == 409
    assert "This is your only way to sign in." in answer.text
    assert 'href="/account/password/set/"' in answer.text
    assert connected(anna) == [("oidc", ANNA["sub"])]
    assert mails() == []


@pytest.mark.parametrize(("other", "is_left"), [("weixin", False), ("switched-off", True)])
def test_another_service_is_another_way_as_long_as_it_is_offered(client, service, other, is_left):
    anna = without_password()
    join(anna, other, "x")
    visit(client)

    client.post(LIST, {"disconnect": SocialAccount.objects.get(provider="oidc").pk})

    assert (("oidc", ANNA["sub"]) in connected(anna)) == is_left


@pytest.mark.parametrize("number", ["of another", "0", "x", "", "-1", "9" * 30])
def test_nobody_disconnects_what_belongs_to_another(service, number):
    theirs = join(make.verified_user("bea"))
    client = factors.signed_in(make.verified_user("anna"))

    answer = client.post(LIST, {"disconnect": theirs.pk if number == "of another" else number})

    assert answer.status_code == 404
    assert SocialAccount.objects.get() == theirs


def test_a_service_that_was_switched_off_is_still_listed(service):
    anna = make.verified_user("anna")
    join(anna, "github", "octocat")

    page = factors.with_password(anna).get(LIST)

    assert page.status_code == 200
    assert "github" in page.text


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_for_one_and_for_many(service, rows, django_assert_num_queries):
    anna = make.verified_user("anna")
    for number in range(rows):
        join(anna, "oidc", f"subject-{number}")
    client = factors.with_password(anna)
    client.get(LIST)

    with django_assert_num_queries(2):
        client.get(LIST)


def test_the_area_leads_there(service):
    client = factors.with_password(make.verified_user("anna"))

    assert f'href="{LIST}"' in client.get("/account/profile/").text


def test_who_has_no_password_sets_one_by_mail(client, service):
    anna = without_password()
    visit(client)

    answer = client.get("/account/password/change/", follow=True)
    client.post("/account/password/reset/", {"email": "anna@example.com"})
    path = re.sub(r"^https?://[^/]+", "", Message.objects.filter(kind="password_reset").get().context["link"])
    client.post(client.get(path).url, {"password1": "a first password"})

    anna.refresh_from_db()
    assert answer.redirect_chain[-1] == ("/account/password/reset/", 302)
    assert anna.check_password("a first password")
    assert connected(anna) == [("oidc", ANNA["sub"])]


@pytest.mark.parametrize("path", ["/account/delete/", "/account/email/"])
def test_what_asks_for_the_password_leads_to_one_who_has_none(client, service, path):
    anna = without_password()
    visit(client)

    page = client.get(path)
    refused = client.post(path, {"password": "", "email": "new@example.com"})
    guessed = client.post(path, {"password": "!", "email": "new@example.com"})

    assert "Your account has no password yet" in page.text
    assert 'href="/account/password/set/"' in page.text
    assert (refused.status_code, guessed.status_code) == (422, 422)
    assert not Erasure.objects.exists()
    assert selectors.wished_email(user=anna) == ""
