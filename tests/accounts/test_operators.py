"""What operators do with accounts: find, activate again, lock."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Erasure, User
from accounts.services import locking
from notifications.models import Message
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def office(client):
    client.force_login(make.operator())
    return client


@pytest.fixture
def anna():
    return make.verified_user("anna", name="Anna Berg", phone="+86 138 0013 8765")


@pytest.mark.parametrize("words", ["anna", "ANNA@example.com", "Anna B", "8765", "order"])
def test_somebody_is_found_by_what_a_caller_knows(office, anna, words):
    order = make.order(at=timezone.now(), user=anna)
    make.order(at=timezone.now(), user=make.user("other", phone="13800138766"))

    page = office.get(LIST, {"q": order.number if words == "order" else words})

    assert list(page.context["cl"].queryset.values_list("username", flat=True)) == ["anna"]


@pytest.mark.parametrize("words", ["876", "000000000000", "８７６５", "%"])
def test_nobody_is_found_by_too_little(office, anna, words):
    page = office.get(LIST, {"q": words})

    assert page.status_code == 200
    assert page.context["cl"].queryset.count() == 0


def test_the_activation_is_mailed_again_to_those_who_wait_for_it(office, anna):
    waiting = make.user("wei")
    EmailAddress.objects.create(user=waiting, email=waiting.email, primary=True, verified=False)

    chosen = {"action": "send_activation", "_selected_action": [anna.pk, waiting.pk]}
    office.post(LIST, chosen)

    assert list(Message.objects.values_list("kind", "recipient")) == [("email_confirmation", waiting.email)]


def test_a_locked_account_is_out_at_once_and_comes_back(office, anna):
    browser = Client()
    browser.post("/account/login/", {"login": "anna", "password": "correct horse"})

    office.post(f"{LIST}{anna.pk}/lock/", {"reason": "The card was stolen"})
    out = browser.get("/account/").status_code
    refused = Client().post("/account/login/", {"login": "anna", "password": "correct horse"}).status_code
    office.post(f"{LIST}{anna.pk}/lock/", {"reason": "The owner called"})
    back = Client().post("/account/login/", {"login": "anna", "password": "correct horse"}).status_code

    assert (out, refused, back) == (302, 422, 302)
    entries = AuditEntry.objects.order_by("pk").values_list("act", "user__username", "reason")
    assert list(entries) == [("LOCKED", "anna", "The card was stolen"), ("UNLOCKED", "anna", "The owner called")]


def test_locking_twice_is_locking_once(anna):
    entries = [locking.lock(user=anna, actor="x", reason="y", at=timezone.now()) for _ in range(2)]

    assert [entry is None for entry in entries] == [False, True]
    assert AuditEntry.objects.count() == 1


def test_without_a_reason_nothing_happens(office, anna):
    answer = office.post(f"{LIST}{anna.pk}/lock/", {"reason": " "})

    assert answer.status_code == 422
    assert User.objects.get(pk=anna.pk).is_active
    assert not AuditEntry.objects.exists()


def test_an_erased_account_stays_shut(office, anna):
    Erasure.objects.create(user=anna, asked_at=timezone.now(), done_at=timezone.now())
    User.objects.filter(pk=anna.pk).update(is_active=False)

    answer = office.post(f"{LIST}{anna.pk}/lock/", {"reason": "A wish"}, follow=True)

    assert "nobody&#x27;s any more" in answer.text
    assert not User.objects.get(pk=anna.pk).is_active
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("who", ["visitor", "shopper", "member", "operator without rights"])
def test_nobody_else_locks_accounts(client, anna, who):
    if who != "visitor":
        client.force_login(make.member() if who == "member" else make.user(is_staff=who.startswith("operator")))

    answer = client.post(f"{LIST}{anna.pk}/lock/", {"reason": "Malice"})

    assert answer.status_code in {302, 403}
    assert User.objects.get(pk=anna.pk).is_active
    assert not AuditEntry.objects.exists()


def test_what_was_noted_cannot_be_changed(anna):
    locking.lock(user=anna, actor="x", reason="y", at=timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.update(reason="z")

    assert AuditEntry.objects.get().reason == "y"
