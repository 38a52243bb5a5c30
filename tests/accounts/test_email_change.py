"""Another address counts once both mailboxes have agreed; nobody learns which addresses are known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import EmailChange, User
from notifications.models import Message
from tests import make
from tests.accounts.test_account_attacks import body
from tests.accounts.test_registration import link

pytestmark = pytest.mark.django_db
PAGE = "/account/email/"
NEW = "anna.new@example.com"


@pytest.fixture
def anna(client):
    user = make.verified_user("anna")
    client.force_login(user)
    return user


def ask(client, email=NEW, typed="correct horse"):
    return client.post(PAGE, {"email": email, "password": typed})


def addresses(user):
    return list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary"))


@pytest.mark.parametrize("sides", [("old", "new"), ("new", "old")])
def test_an_address_changes_when_both_mailboxes_have_agreed(client, anna, sides):
    asked = ask(client, email="Anna.New@Example.com")
    first, second = (link(f"email_change_{side}") for side in sides)
    shown = Client().get(first)
    once = Client().post(first)
    anna.refresh_from_db()
    between = (anna.email, addresses(anna))
    pending = client.get(PAGE)
    twice = Client().post(second)

    anna.refresh_from_db()
    assert (asked.status_code, asked.url) == (303, PAGE)
    assert (shown.status_code, once.status_code, twice.status_code) == (200, 200, 303)
    assert between == ("anna@example.com", [("anna@example.com", True, True)])
    assert "Waiting for confirmation" in pending.text
    assert anna.email == NEW
    assert addresses(anna) == [(NEW, True, True)]
    assert not EmailChange.objects.exists()
    assert list(Message.objects.order_by("pk").values_list("kind", "recipient")) == [
        ("email_change_old", "anna@example.com"),
        ("email_change_new", NEW),
        ("email_changed", "anna@example.com"),
    ]
    assert Client().login(username=NEW, password="correct horse")


def test_looking_at_a_link_changes_nothing(client, anna):
    ask(client)

    Client().get(link("email_change_old"))
    Client().get(link("email_change_new"))

    change = EmailChange.objects.get()
    assert (change.is_confirmed_by_old, change.is_confirmed_by_new) == (False, False)


def test_one_mailbox_alone_cannot_agree_twice(client, anna):
    ask(client)

    for _ in range(2):
        Client().post(link("email_change_new"))

    anna.refresh_from_db()
    assert anna.email == "anna@example.com"


@pytest.mark.parametrize("end", ["carried out", "dropped", "replaced", "asked anew", "new password", "old", "forged"])
def test_a_link_is_over(client, anna, end):
    ask(client)
    first, second = link("email_change_old"), link("email_change_new")
    Client().post(second)
    if end == "carried out":
        Client().post(first)
    elif end == "dropped":
        client.post(PAGE, {"cancel": "1"})
    elif end == "replaced":
        ask(client, email="third@example.com")
    elif end == "asked anew":
        ask(client)
    elif end == "new password":
        client.post("/account/password/change/", {"oldpassword": "correct horse", "password1": "battery staple"})
    elif end == "old":
        EmailChange.objects.update(asked_at=timezone.now() - timedelta(days=3, minutes=1))
    else:
        first = f"{first[:-3]}xx/"
    before = User.objects.get().email

    answer = Client().post(first)

    assert answer.status_code == 404
    assert "This link has expired" in answer.text
    assert User.objects.get().email == before


def test_the_owner_of_a_known_address_is_told_and_the_asker_is_not(client, anna):
    bert = make.verified_user("bert")
    ask(client)
    of_unknown = body(client.get(PAGE)).replace(NEW, "?")

    ask(client, email="bert@example.com")

    assert body(client.get(PAGE)).replace("bert@example.com", "?") == of_unknown
    assert Message.objects.filter(recipient=bert.email).get().kind == "account_exists"


def test_an_address_that_another_account_has_by_then_goes_to_nobody(client, anna):
    ask(client)
    Client().post(link("email_change_old"))
    other = make.verified_user("other")
    User.objects.filter(pk=other.pk).update(email=NEW)

    answer = Client().post(link("email_change_new"))

    anna.refresh_from_db()
    assert answer.status_code == 404
    assert anna.email == "anna@example.com"
    assert addresses(anna) == [("anna@example.com", True, True)]
    assert not EmailChange.objects.exists()
    assert not Message.objects.filter(kind="email_changed").exists()


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("no address", "correct horse", "Enter an email address, like name@example.com"),
        (NEW, "wrong horse", "The current password is not correct"),
        (NEW, "", "Enter your password"),
        ("Anna@example.com", "correct horse", "This is your address already"),
    ],
)
def test_a_refused_wish_changes_nothing(client, anna, email, password, reason):
    answer = ask(client, email, password)

    assert answer.status_code == 422
    assert reason in answer.text
    assert f'value="{email}"' in answer.text
    assert not EmailChange.objects.exists()
    assert not Message.objects.exists()


def test_the_password_cannot_be_guessed_here(client, anna):
    guesses = [ask(client, typed="wrong horse").status_code for _ in range(5)]

    sixth = ask(client)

    assert guesses == [422] * 5
    assert sixth.status_code == 429
    assert not EmailChange.objects.exists()


def test_nobody_sends_mails_without_end(client, anna):
    answers = [ask(client).status_code for _ in range(6)]

    assert answers == [303] * 5 + [429]
    assert Message.objects.count() == 10


def test_a_visitor_is_asked_to_sign_in(client):
    answer = client.get(PAGE)

    assert (answer.status_code, answer.url) == (302, f"/account/login/?next={PAGE}")


def test_no_form_is_taken_from_elsewhere(anna):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)

    assert ask(client).status_code == 403
    assert not EmailChange.objects.exists()
