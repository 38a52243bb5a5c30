"""Lost second steps, and keys that change: the commands of who runs the shop."""

from __future__ import annotations

import getpass
import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry, User
from core import sealing
from notifications.models import Message
from tests import make
from tests.accounts import factors
from tests.accounts.factors import STEP, Key
from tests.accounts.test_office_second_step import knock
from tests.accounts.test_two_step import add_passkey

pytestmark = pytest.mark.django_db
REASON = "Passport shown in the shop"


@pytest.fixture
def anna() -> User:
    return make.verified_user("anna")


def reset(username: str = "anna", reason: str = REASON) -> str:
    """Run the command, and return what it says."""
    said = StringIO()
    call_command("reset_mfa", username, reason=reason, stdout=said)
    return said.getvalue()


def test_a_reset_takes_everything_ends_sessions_tells_the_owner_and_is_noted(anna):
    app = factors.app_of(anna)
    factors.recovery_codes_of(anna)
    client = factors.with_password(anna)
    client.post(STEP, {"code": app.code()})
    pending = factors.with_password(anna)

    said = reset("Anna")

    entry, message = AuditEntry.objects.get(), Message.objects.get()
    assert "anna signs in by password alone again" in said
    assert factors.kinds(anna) == []
    assert not factors.is_in(client)
    assert pending.post(STEP, {"code": app.code()}).url == "/account/login/"
    assert (entry.act, entry.user, entry.reason, entry.actor) == ("TWO_STEP_RESET", anna, REASON, getpass.getuser())
    assert (message.recipient, message.kind, message.context["change"]) == ("anna@example.com", "two_step", "reset")
    assert factors.is_in(factors.with_password(anna))


def test_sessions_of_the_office_end_too():
    user = make.operator()
    client = factors.browser()
    knock("/admin/", user, client)
    client.post(factors.PASSWORD_AGAIN, {"password": factors.PASSWORD})
    add_passkey(client, Key())
    assert client.get("/admin/").status_code == 200

    reset(user.username)

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("username", "reason", "says"),
    [
        ("nobody", REASON, "There is no user nobody"),
        ("bert", REASON, "bert has no second step"),
        ("anna", "  ", "--reason must not be empty"),
    ],
)
def test_a_refused_reset_changes_nothing(anna, username, reason, says):
    factors.app_of(anna)
    make.verified_user("bert")
    before = list(Authenticator.objects.values())

    with pytest.raises(CommandError, match=says):
        reset(username, reason)

    assert list(Authenticator.objects.values()) == before
    assert not AuditEntry.objects.exists()
    assert not Message.objects.exists()


def test_a_reason_is_demanded(anna):
    with pytest.raises(CommandError, match="--reason"):
        call_command("reset_mfa", "anna")


@pytest.mark.parametrize(
    "act", [lambda: AuditEntry.objects.update(reason="x"), lambda: AuditEntry.objects.all().delete()]
)
def test_an_audit_entry_stays_as_it_is(anna, act):
    factors.app_of(anna)
    reset()
    before = list(AuditEntry.objects.values())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act()

    assert list(AuditEntry.objects.values()) == before


def test_operators_read_audit_entries_and_change_none(anna, client):
    factors.app_of(anna)
    reset()
    client.force_login(make.operator())
    address = "/admin/accounts/auditentry/"

    assert REASON in client.get(address).text
    assert client.get(f"{address}add/").status_code == 403
    assert client.post(f"{address}{AuditEntry.objects.get().pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/merchant/accounts/auditentry/").status_code == 404


def test_what_an_older_key_has_sealed_is_opened_and_sealed_anew(anna, settings):
    app = factors.app_of(anna)
    code = factors.recovery_codes_of(anna)[0]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a newer key"
    before = json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))
    said = StringIO()

    call_command("seal_anew", stdout=said)
    settings.SECRET_KEY_FALLBACKS = []

    assert "2 rows" in said.getvalue()
    assert json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True))) != before
    assert factors.with_password(anna).post(STEP, {"code": app.code()}).status_code == 302
    assert factors.with_password(anna).post(STEP, {"code": code}).status_code == 302


def test_a_key_that_is_gone_opens_nothing(settings):
    sealed = sealing.seal("secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", []

    with pytest.raises(InvalidToken):
        sealing.unseal(sealed)
    with pytest.raises(InvalidToken):
        sealing.seal_anew(sealed)


def test_one_text_is_sealed_differently_each_time():
    first, second = sealing.seal("密码"), sealing.seal("密码")

    assert first != second
    assert (sealing.unseal(first), sealing.unseal(second)) == ("密码", "密码")
