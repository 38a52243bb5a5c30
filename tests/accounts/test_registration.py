"""Registering, activating, signing in, and a new password: by the words on the pages."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from notifications.models import Message
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
TYPED = {"email": "li.na@example.com", "username": "lina", "password1": "correct horse", "terms": "on"}


def link(kind: str) -> str:
    """Return the path of the link in the last mail of a kind."""
    address = Message.objects.filter(kind=kind).latest("pk").context["link"]
    return re.sub(r"^https?://[^/]+", "", address)


def test_a_new_account_signs_in_only_after_its_address_is_confirmed(client):
    signed_up = client.post("/account/signup/", TYPED)
    early = client.post("/account/login/", {"login": "lina", "password": "correct horse"})
    path = link("email_confirmation")
    shown = client.get(path)
    confirmed = client.post(path)
    late = client.post("/account/login/", {"login": "li.na@example.com", "password": "correct horse"})

    assert (signed_up.status_code, signed_up.url) == (302, "/account/confirm-email/")
    assert (early.status_code, early.url) == (302, "/account/confirm-email/")
    assert "Confirm" in shown.text
    assert confirmed.status_code == 302
    assert (late.status_code, late.url) == (302, "/account/")
    assert client.get("/account/signup/").status_code == 302


def test_a_known_address_is_answered_like_a_new_one_and_told_by_mail(client):
    make.user("li.na")
    before = User.objects.count()

    answer = client.post("/account/signup/", TYPED)

    assert (answer.status_code, answer.url) == (302, "/account/confirm-email/")
    assert User.objects.count() == before
    assert list(Message.objects.values_list("kind", "recipient")) == [("account_exists", "li.na@example.com")]


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("email", "no address", "Enter an email address, like name@example.com"),
        ("password1", "short", "too short"),
        ("password1", "password123", "too common"),
        ("username", "li.na@example.com", "A username cannot contain @"),
        ("terms", "", "Please agree to the terms and the privacy policy"),
    ],
)
def test_a_refused_registration_keeps_what_was_typed(client, field, typed, reason):
    answer = client.post("/account/signup/", TYPED | {field: typed})

    assert answer.status_code == 422
    assert reason in answer.text
    assert f'value="{(TYPED | {field: typed})["username"]}"' in answer.text
    assert not User.objects.exists()
    assert not Message.objects.exists()


def test_a_new_password_ends_other_sessions_and_its_link_works_once(client):
    user = make.user("lina")
    other = Client()
    other.force_login(user)

    client.post("/account/password/reset/", {"email": user.email})
    path = link("password_reset")
    form = client.get(path, follow=True).request["PATH_INFO"]
    done = client.post(form, {"password1": "another horse"}, follow=True)

    assert "Your password was changed" in done.text
    assert "This link has expired" in Client().get(path, follow=True).text
    user.refresh_from_db()
    assert user.check_password("another horse")
    assert other.get("/account/password/change/").status_code == 302


def test_an_unknown_address_is_answered_like_a_known_one(client):
    known = client.post("/account/password/reset/", {"email": make.user().email})
    unknown = Client().post("/account/password/reset/", {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (302, "/account/password/reset/done/")
    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
    assert list(Message.objects.order_by("pk").values_list("kind", flat=True)) == ["password_reset", "account_unknown"]


@pytest.mark.parametrize(
    "forged", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}], ids=lambda it: next(iter(it))
)
@pytest.mark.parametrize("is_host_allowed", [True, False])
def test_a_forged_host_is_in_no_mailed_link(client, settings, forged, is_host_allowed):
    settings.ALLOWED_HOSTS = ["*"] if is_host_allowed else settings.ALLOWED_HOSTS

    answer = client.post("/account/password/reset/", {"email": make.user().email}, headers=forged)

    is_refused = "Host" in forged and not is_host_allowed
    assert answer.status_code == (400 if is_refused else 302)
    links = [message.context["link"] for message in Message.objects.all()]
    assert len(links) == (0 if is_refused else 1)
    assert all(link.startswith(f"{settings.SITE_URL}/account/password/reset/") for link in links)
    assert "evil" not in str(list(Message.objects.values()))


def test_the_activation_can_be_sent_again_a_minute_later(client, settings):
    client.post("/account/signup/", TYPED)
    too_soon = client.post("/account/confirm-email/")
    after_first = Message.objects.count()
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": "9/1m/key"}

    again = client.post("/account/confirm-email/", follow=True)

    assert (too_soon.status_code, too_soon["Retry-After"]) == (429, "60")
    assert "You can send it again in 60 seconds" in too_soon.text
    assert after_first == 1
    assert "Sent again" in again.text
    assert list(Message.objects.values_list("kind", "recipient")) == [("email_confirmation", TYPED["email"])] * 2


def test_after_the_fifth_mail_of_a_day_the_page_does_not_promise_another(client, settings):
    with time_machine.travel(NOW, tick=False) as clock:
        client.post("/account/signup/", TYPED)
        answers = []
        for _ in range(5):
            clock.shift(61)
            answers.append(client.post("/account/confirm-email/"))
        clock.shift(86_400)
        tomorrow = client.post("/account/confirm-email/")

    assert [each.status_code for each in answers] == [303] * 4 + [429]
    assert answers[-1]["Retry-After"] == "86400"
    assert "We have sent it five times today. Please try again tomorrow." in answers[-1].text
    assert "Send the email again" not in answers[-1].text
    assert tomorrow.status_code == 303
    assert Message.objects.count() == 6


def test_sending_again_tells_nobody_whether_an_address_is_known(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": "9/1m/key"}
    make.verified_user("li.na")
    client.post("/account/signup/", TYPED)

    again = client.post("/account/confirm-email/", follow=True)

    assert "Sent again" in again.text
    assert list(Message.objects.values_list("kind", flat=True)) == ["account_exists"] * 2


def test_nothing_is_sent_to_an_address_this_browser_did_not_give(client):
    client.post("/account/signup/", TYPED)

    answer = Client().post("/account/confirm-email/", {"email": TYPED["email"]})

    assert answer.status_code == 200
    assert "Send the email again" not in answer.text
    assert Message.objects.count() == 1


def test_a_cart_filled_before_the_activation_is_there_after_it(client):
    variant = make.only_variant(make.product())
    client.post("/cart/items/", {"sku": variant.sku, "quantity": "2", "next": "stay"})
    client.post("/account/signup/", TYPED)
    client.post(link("email_confirmation"))

    client.post("/account/login/", {"login": "lina", "password": TYPED["password1"]})

    [line] = User.objects.get().carts.get().lines.all()
    assert (line.variant, line.quantity) == (variant, 2)
    assert client.cookies["cart_count"].value == "2"


def test_who_has_no_password_is_sent_one_by_mail(client):
    user = make.verified_user("anna")
    user.set_unusable_password()
    user.save()
    client.force_login(user)

    answer = client.get("/account/password/change/", follow=True)

    assert answer.redirect_chain[-1][0] == "/account/password/reset/"


@pytest.mark.parametrize(
    ("page", "reasons"),
    [
        ("login", ["Enter your email or username", "Enter your password"]),
        ("signup", ["Enter an email address, like name@example.com", "Choose a username", "Choose a password"]),
        ("password/reset", ["Enter an email address, like name@example.com"]),
    ],
)
def test_an_empty_form_says_what_is_missing(client, page, reasons):
    answer = client.post(f"/account/{page}/", {})

    assert answer.status_code == 422
    assert [reason for reason in reasons if reason not in answer.text] == []
    assert "This field is required" not in answer.text
