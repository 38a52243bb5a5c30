"""Signing in with other services: new people, known people, and who is asked for the password first."""

from __future__ import annotations

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.models import Session
from django.core.cache import cache

from accounts.models import Consent, User
from accounts.services import trust_addresses
from cart.models import CartLine
from notifications.models import Message
from tests import make
from tests.accounts import factors
from tests.accounts.elsewhere import ANNA, XIAOMING, leads_to, leave, there, visit

pytestmark = pytest.mark.django_db
NEW, CHOOSE, CONFIRM, LIST = (f"/account/connections/{name}" for name in ("new/", "choose/", "confirm/", ""))
TYPED = {"email": "anna@example.com", "username": "anna", "terms": "on"}
SENT = "/account/confirm-email/"


def connected(user: User) -> list[tuple[str, str]]:
    """Return what signs in to an account."""
    return list(SocialAccount.objects.filter(user=user).order_by("pk").values_list("provider", "uid"))


def mails() -> list[tuple[str, str]]:
    """Return kind and recipient of all mails, in their order."""
    return list(Message.objects.order_by("pk").values_list("kind", "recipient"))


def join(user: User, provider: str = "oidc", uid: str = ANNA["sub"]) -> SocialAccount:
    """Let an identity sign in to an account."""
    return SocialAccount.objects.create(user=user, provider=provider, uid=uid, extra_data={"label": "anna@example.com"})


def without_password(username: str = "anna") -> User:
    """Return somebody who signs in with a service only."""
    user = make.verified_user(username)
    user.set_unusable_password()
    user.save()
    join(user)
    return user


def test_who_is_new_chooses_a_name_agrees_to_the_terms_and_is_in(client, service):
    back = visit(client)
    form = client.get(back.url)

    made = client.post(back.url, TYPED)

    user = User.objects.get()
    assert (back.status_code, back.url) == (302, NEW)
    assert 'value="anna@example.com"' in form.text
    assert "Elsewhere has confirmed anna@example.com" in form.text
    assert (made.status_code, made.url) == (302, "/account/")
    assert factors.is_in(client)
    assert (user.username, user.email, user.language, user.has_usable_password()) == (
        *("anna", "anna@example.com", "en"),
        False,
    )
    assert connected(user) == [("oidc", ANNA["sub"])]
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("anna@example.com", True, True)]
    assert list(Consent.objects.values_list("kind", "is_given", "source")) == [("TERMS", True, "SIGNUP")]


def test_who_is_known_is_in_at_once(client, service):
    user = make.verified_user("bea")
    join(user)
    before = User.objects.count()

    back = visit(client)

    assert (back.status_code, back.url) == (302, "/account/")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == before
    assert mails() == []


def test_nothing_is_kept_but_a_number_and_a_label(client, service):
    path = visit(client).url
    waiting = _sessions()

    client.post(path, TYPED)

    assert SocialAccount.objects.get().extra_data == {"label": "anna@example.com"}
    assert not SocialToken.objects.exists()
    access_token = next(iter(service.codes))
    for text in (waiting, _sessions()):
        assert ANNA["sub"] in text
        assert [word for word in (access_token, "refresh-me", "pictures.example", "Anna Li") if word in text] == []


def test_a_session_that_waits_for_the_second_step_holds_no_hash_of_a_password(client, service):
    anna = make.verified_user("anna")
    factors.app_of(anna)

    visit(client)

    assert anna.password not in _sessions()


def _sessions() -> str:
    """Return what all sessions hold."""
    return str([each.get_decoded() for each in Session.objects.all()])


@pytest.mark.parametrize("terms", ["", "on"])
def test_no_account_is_made_without_the_terms_or_under_a_taken_name(client, service, terms):
    make.user("taken")
    path = visit(client).url

    answer = client.post(path, TYPED | {"terms": terms, "username": "anna" if not terms else "TAKEN"})

    assert answer.status_code == 422
    assert ("Please agree" if not terms else "This username is taken") in answer.text
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_an_address_both_sides_have_seen_proved_joins_and_its_owner_is_told(client, service):
    anna = make.verified_user("anna")

    back = visit(client)

    assert (back.status_code, back.url) == (302, "/account/")
    assert connected(anna) == [("oidc", ANNA["sub"])]
    assert mails() == [("connection", "anna@example.com")]
    assert Message.objects.get().context["service"] == "Elsewhere"
    assert User.objects.get().check_password("correct horse")


@pytest.mark.parametrize("told", ["LI@Example.com", "li@xn--fsqu00a.xn--55qx5d"])
def test_an_address_is_the_same_however_the_service_writes_it(client, service, told):
    user = User.objects.create_user("li", told, "correct horse")
    trust_addresses(users=[user])
    service.person |= {"email": told}

    visit(client)

    assert connected(user) == [("oidc", ANNA["sub"])]
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("verified", [False, None, "false", "no", 0, 1, ["true"]])
def test_an_address_that_is_not_said_to_be_verified_joins_nothing(client, service, verified):
    anna = make.verified_user("anna")
    service.person |= {"email_verified": verified}

    back = visit(client)

    assert back.url == CHOOSE
    assert connected(anna) == []
    assert not factors.is_in(client)


def test_then_the_password_is_asked_for_and_what_will_be_connected_is_named(client, service):
    anna = make.verified_user("anna")
    service.person |= {"email_verified": False}
    asked = client.get(visit(client).url)
    login = re.findall(r'href="(/account/login/[^"]+)"', asked.text)[0]

    wrong = client.post(login, {"login": "anna", "password": "wrong"})
    right = client.post(login, {"login": "anna", "password": "correct horse"})
    shown = client.get(right.url)
    before = connected(anna)
    done = client.post(right.url, {"connect": "1"})

    assert (wrong.status_code, right.url) == (422, CONFIRM)
    assert "Elsewhere" in shown.text
    assert "<b>anna@example.com</b>" in shown.text
    assert before == []
    assert (done.status_code, done.url) == (303, LIST)
    assert connected(anna) == [("oidc", ANNA["sub"])]
    assert mails() == [("connection", "anna@example.com")]


def test_a_known_and_an_unknown_address_look_the_same_to_who_has_not_proved_it(service):
    service.person |= {"email_verified": False}

    unknown = factors.browser()
    asked = [visit(unknown).url, unknown.get(CHOOSE).text]
    made = unknown.post(NEW, TYPED)
    User.objects.all().delete()
    cache.clear()  # a minute later
    make.verified_user("anna")
    known = factors.browser()
    asked_again = [visit(known).url, known.get(CHOOSE).text]
    refused = known.post(NEW, TYPED | {"username": "other"})

    assert asked == asked_again
    assert (made.status_code, made.url) == (refused.status_code, refused.url) == (302, SENT)
    assert mails() == [("email_confirmation", "anna@example.com"), ("account_exists", "anna@example.com")]
    assert not SocialAccount.objects.exists()


def test_another_account_that_signs_in_is_connected_only_if_it_says_so(client, service):
    make.verified_user("anna")
    bea = make.verified_user("bea")
    service.person |= {"email_verified": False}
    visit(client)

    client.post("/account/login/", {"login": "bea", "password": "correct horse"})
    shown = client.get(CONFIRM)
    dropped = client.post(CONFIRM)
    late = client.post(CONFIRM, {"connect": "1"})

    assert "bea@example.com" in shown.text
    assert "<b>anna@example.com</b>" in shown.text
    assert (dropped.url, late.url) == ("/account/", "/account/")
    assert connected(bea) == []


def test_an_identity_waits_ten_minutes_and_no_longer(client, service):
    bea = make.verified_user("bea")
    service.person |= {"email_verified": False}
    with time_machine.travel("2026-11-21T09:30:00Z", tick=False) as clock:
        visit(client)
        client.post("/account/login/", {"login": "bea", "password": "correct horse"})
        clock.shift(599)
        early = client.get(CONFIRM)
        clock.shift(2)

        late = [client.get(CONFIRM), client.post(CONFIRM, {"connect": "1"})]

    assert early.status_code == 200
    assert [(each.status_code, each.url) for each in late] == [(302, "/account/")] * 2
    assert connected(bea) == []


def test_the_form_of_a_new_account_is_gone_after_ten_minutes_too(client, service):
    with time_machine.travel("2026-11-21T09:30:00Z", tick=False) as clock:
        visit(client)
        clock.shift(601)

        answers = [client.get(NEW), client.post(NEW, TYPED), client.get(CHOOSE)]

    assert [each.url for each in answers] == ["/account/login/"] * 3
    assert not User.objects.exists()


def test_wechat_knows_no_address_so_one_is_asked_for_and_activated_by_mail(client, service):
    service.person = dict(XIAOMING)

    back = visit(client, "weixin")
    asked = client.get(back.url)
    made = client.post(NEW, TYPED)
    user = User.objects.get()

    assert back.url == CHOOSE
    assert "<b>小明</b>" in asked.text
    assert (made.status_code, made.url) == (302, SENT)
    assert mails() == [("email_confirmation", "anna@example.com")]
    assert connected(user) == [("weixin", "openid-of-xiaoming")]
    assert SocialAccount.objects.get().extra_data == {"label": "小明"}
    assert not factors.is_in(client)
    link = re.sub(r"^https?://[^/]+", "", Message.objects.get().context["link"])
    assert visit(client, "weixin").url == SENT
    client.post(link)
    assert visit(client, "weixin").url == "/account/"
    assert factors.is_in(client)


def test_two_tabs_make_one_account(service):
    tabs = [factors.browser(), factors.browser()]
    for tab in tabs:
        visit(tab)
    tabs[0].post(NEW, TYPED)

    late = tabs[1].post(NEW, TYPED | {"email": "other@example.com", "username": "other"})

    assert (late.status_code, late.url) == (302, "/account/login/")
    assert list(User.objects.values_list("username", flat=True)) == ["anna"]
    assert mails() == []
    assert visit(tabs[1]).url == "/account/"


def test_another_address_than_the_verified_one_is_activated_by_mail(client, service):
    visit(client)

    made = client.post(NEW, TYPED | {"email": "other@example.com"})

    assert made.url == SENT
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("other@example.com", False)]
    assert mails() == [("email_confirmation", "other@example.com")]


def test_the_cart_comes_along_and_the_session_gets_another_key(client, service):
    anna = make.verified_user("anna")
    variant = make.only_variant(make.product("Cup", stock=5))
    make.carry(client, make.cart(variant, quantity=2))
    way_back = there(leave(client))
    before = client.session.session_key

    client.get(way_back)

    assert before != client.session.session_key
    assert not Session.objects.filter(session_key=before).exists()
    assert list(CartLine.objects.filter(cart__user=anna).values_list("variant_id", "quantity")) == [(variant.pk, 2)]
    assert client.cookies["cart_count"].value == "2"


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/account/orders/", "/account/orders/"),
        ("https://evil.example/", "/account/"),
        ("//evil.example/", "/account/"),
        ("/\\evil.example", "/account/"),
        ("javascript:alert(1)", "/account/"),
    ],
)
def test_where_to_go_after_stays_on_this_site(client, service, target, leads_to):
    join(make.verified_user("anna"))

    assert visit(client, next=target).url == leads_to


def test_the_way_back_speaks_the_language_it_was_begun_in(client, service):
    url = leads_to(client.post("/zh-hans/account/with/oidc/"))
    join(make.verified_user("anna"))

    back = client.get(there(url))

    assert "redirect_uri=http%3A%2F%2F" in url
    assert "zh-hans" not in url
    assert back.url == "/zh-hans/account/"


def test_buttons_are_there_for_what_is_switched_on_and_cost_no_query(client, service, django_assert_num_queries):
    pages = ["/account/login/", "/account/signup/"]
    for page in pages:
        client.get(page)

    for page in pages:
        with django_assert_num_queries(0):
            text = client.get(f"{page}?next=/account/orders/").text
        assert re.findall(r"Continue with (\w+)", text) == ["Elsewhere", "WeChat"]
        assert text.count('name="next" value="/account/orders/"') >= 3
        assert 'action="/account/with/oidc/"' in text


def test_what_is_not_switched_on_is_not_there(client):
    make.verified_user("anna")
    client.post("/account/login/", {"login": "anna", "password": "correct horse"})
    anonymous = factors.browser()

    gone = [
        anonymous.post(f"/account/with/{name}/").status_code for name in ("oidc", "weixin", "google", "openid_connect")
    ]
    gone += [anonymous.get("/account/with/oidc/callback/?code=1&state=2").status_code, client.get(LIST).status_code]

    assert gone == [404] * 6
    assert "Continue with" not in anonymous.get("/account/login/").text
    assert "Continue with" not in anonymous.get("/account/signup/").text
    assert "Sign-in with other services" not in client.get("/account/").text


def test_a_service_begins_by_a_form_of_ours_alone(service):
    client = factors.browser(enforce_csrf_checks=True)

    answers = [client.get("/account/with/oidc/").status_code, client.post("/account/with/oidc/").status_code]

    assert answers == [405, 403]
    assert service.requests == []
