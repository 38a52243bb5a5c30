"""What somebody registered tells nobody afterwards whether the address had an account before."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from redis import Redis

from accounts.forms import SignupForm
from accounts.models import User
from accounts.services import trust_addresses
from notifications.models import Message
from tests import make
from tests.accounts.test_account_attacks import attempt
from tests.accounts.test_registration import TYPED

pytestmark = pytest.mark.django_db
EMAIL, NAME, PASSWORD = TYPED["email"], TYPED["username"], TYPED["password1"]
STATES = pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
KNOWN = pytest.mark.parametrize("is_known", [True], ids=["known"])


@pytest.fixture
def register(is_known):
    """Register once; the address belongs to somebody, or to nobody."""
    if is_known:
        trust_addresses(users=[User.objects.create_user("owner", EMAIL, "the owner's own secret")])
    Client().post("/account/signup/", TYPED)


def outcome(name: str, password: str) -> tuple[int, str]:
    answer = attempt(name, password)
    return answer.status_code, answer.headers.get("Location", "")


@STATES
def test_the_username_is_taken_afterwards(register, is_known):
    answer = Client().post("/account/signup/", TYPED | {"email": "other@example.com"})

    assert answer.status_code == 422
    assert "This username is taken" in answer.text


@STATES
@pytest.mark.parametrize("name", [EMAIL, EMAIL.upper(), NAME, NAME.upper()])
def test_the_chosen_password_leads_to_the_page_that_asks_for_the_mail(register, is_known, name):
    assert outcome(name, PASSWORD) == (302, "/account/confirm-email/")
    assert outcome(name, "wrong horse") == (422, "")


@STATES
def test_a_second_registration_changes_nothing_for_the_first(register, is_known):
    Client().post("/account/signup/", TYPED | {"username": "second", "password1": "another horse"})

    found = [outcome(EMAIL, PASSWORD), outcome(EMAIL, "another horse"), outcome("second", "another horse")]

    assert [status for status, _ in found] == [302, 422, 302]


@STATES
def test_the_chosen_password_does_not_begin_the_count_of_wrong_ones_anew(register, is_known):
    statuses = [attempt(EMAIL, typed).status_code for typed in ("a", "b", "c", "d", PASSWORD, "e")]

    assert statuses == [*[422] * 4, 302, 429]


@KNOWN
def test_the_owner_comes_in_whatever_others_have_registered(register, is_known):
    Client().post("/account/signup/", TYPED | {"username": "third", "password1": "the owner's own secret"})

    assert outcome(EMAIL, "the owner's own secret") == (302, "/account/")


@KNOWN
def test_neither_address_nor_password_lies_open_in_the_cache(register, is_known, settings):
    client: Any = Redis.from_url(settings.CACHES["default"]["LOCATION"])
    kept = repr([(key, client.get(key)) for key in client.keys("*decoy:*")])

    assert "decoy:" in kept
    assert [word for word in (EMAIL, NAME, PASSWORD) if word in kept] == []
    assert {each.kind for each in Message.objects.all()} == {"account_exists"}


@STATES
@pytest.mark.parametrize("door", ["/merchant/login/", "/admin/login/"])
def test_no_office_lets_in_who_has_not_activated(register, is_known, door):
    client = Client()

    answer = client.post(door, {"username": NAME, "password": PASSWORD, "next": door})

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_two_who_want_one_name_at_once_are_told(client, monkeypatch):
    clean = SignupForm.clean_username

    def overtaken(form):
        name = clean(form)
        monkeypatch.setattr(SignupForm, "clean_username", clean)
        make.user(NAME)
        return name

    monkeypatch.setattr(SignupForm, "clean_username", overtaken)

    answer = client.post("/account/signup/", TYPED | {"email": "other@example.com"})

    assert answer.status_code == 422
    assert "This username is taken" in answer.text
    assert 'value="other@example.com"' in answer.text
    assert User.objects.count() == 1
