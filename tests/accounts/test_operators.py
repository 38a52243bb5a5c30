"""What operators do with accounts: find, activate again, lock."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
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


@pytest.fixture
def helper():
    """An operator who may change users and roles, and nothing else."""
    found = make.user("helper", is_staff=True)
    found.user_permissions.set(Permission.objects.filter(codename__in=[*RIGHTS, "change_group", "add_group"]))
    return found


RIGHTS = ["view_user", "change_user"]
FORM = {"username": "x", "email": "x@example.com", "language": "en"}


def inlines(user: User) -> dict[str, str]:
    """Return what the page of a user sends besides its fields."""
    return {f"profile_changes-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")} | {"username": user.username}


def test_who_may_change_users_cannot_give_rights(client, helper, anna):
    client.force_login(helper)
    typed = FORM | inlines(anna) | {"email": anna.email, "name": "Anna New", "is_staff": "on", "is_superuser": "on"}

    answer = client.post(f"{LIST}{anna.pk}/change/", typed)

    anna.refresh_from_db()
    assert (answer.status_code, anna.name, anna.is_staff, anna.is_superuser) == (302, "Anna New", False, False)


@pytest.mark.parametrize("whose", ["own", "superuser"])
@pytest.mark.parametrize("page", ["change/", "password/", "lock/"])
def test_accounts_of_those_who_run_the_shop_are_out_of_reach(client, helper, whose, page):
    target = helper if whose == "own" else make.operator()
    before = User.objects.filter(pk=target.pk).values().get()
    client.force_login(helper)
    typed = (
        FORM
        | inlines(target)
        | {"is_superuser": "on", "reason": "x", "password1": "a new horse", "password2": "a new horse"}
    )

    answer = client.post(f"{LIST}{target.pk}/{page}", typed)

    assert answer.status_code == 403
    after = User.objects.filter(pk=target.pk).values().get()
    assert after | {"last_login": None} == before | {"last_login": None}


@pytest.mark.parametrize("path", ["add/", "{}/change/", "{}/delete/"])
def test_roles_are_written_by_those_who_may_do_everything(client, helper, path):
    role = Group.objects.create(name="Helpers")
    client.force_login(helper)

    answer = client.post(f"/admin/auth/group/{path.format(role.pk)}", {"name": "Kings", "post": "yes"})

    assert answer.status_code == 403
    assert list(Group.objects.filter(name__in=["Helpers", "Kings"]).values_list("name", flat=True)) == ["Helpers"]


def test_an_address_that_was_corrected_in_the_office_opens_nothing_any_more(office, anna):
    typed = FORM | inlines(anna) | {"email": "New@Example.com"}

    answer = office.post(f"{LIST}{anna.pk}/change/", typed)
    for email in ("anna@example.com", "new@example.com"):
        Client().post("/account/password/reset/", {"email": email})

    anna.refresh_from_db()
    assert (answer.status_code, anna.email) == (302, "new@example.com")
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@example.com", True, True)]
    assert list(Message.objects.order_by("pk").values_list("kind", "recipient")) == [
        ("email_changed", "anna@example.com"),
        ("email_changed", "new@example.com"),
        ("account_unknown", "anna@example.com"),
        ("password_reset", "new@example.com"),
    ]
    assert anna.profile_changes.get().after == "new@example.com"
