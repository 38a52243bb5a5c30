"""To take one's data away, and to be forgotten."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import Avatar, DataExport, EmailChange, Erasure, ProfileChange, User
from accounts.services import addresses, identities
from core import codes, nudge

ERASURE_DAYS = 7
EXPORT_DAYS = 7
PURPOSE = "accounts.erasure"
PERSONAL = (
    *("username", "email", "name", "phone", "language", "time_zone", "birthday", "avatar_name"),
    *("is_active", "password"),
)


class WorksHereError(Exception):
    """The account belongs to somebody who works in an office; that ends first."""


def ask_export(*, user: User, at: datetime) -> DataExport:
    """Return the export that a worker is about to pack; the one that waits already, if there is one."""
    with transaction.atomic():
        DataExport.objects.bulk_create([DataExport(user=user, asked_at=at)], ignore_conflicts=True)
        nudge.on_commit("shop.tasks.pack_exports")
    return DataExport.objects.filter(user=user).latest("pk")


def keep_export(*, export: DataExport, archive: bytes, at: datetime) -> None:
    """Keep the packed file."""
    export.archive, export.ready_at = archive, at
    export.save(update_fields=["archive", "ready_at"])


def delete_old_exports(*, at: datetime) -> int:
    """Delete the files that are a week old; return how many."""
    return DataExport.objects.filter(ready_at__lt=at - timedelta(days=EXPORT_DAYS)).delete()[0]


def works_here(user: User) -> bool:
    """Tell whether somebody works in an office; that ends before the account can be erased."""
    return user.is_staff or user.memberships.exists()


@transaction.atomic
def ask_erasure(*, user: User, at: datetime) -> str:
    """Note the wish, in place of an earlier one, and return the code that confirms it.

    Raises WorksHereError for a member of a merchant and an operator.
    """
    if works_here(user):
        raise WorksHereError
    erasure, _ = Erasure.objects.update_or_create(user=user, defaults={"asked_at": at, "tries": 0, "due_at": None})
    code = codes.new()
    erasure.code_hash = codes.digest(purpose=PURPOSE, owner_id=erasure.pk, code=code)
    erasure.save(update_fields=["code_hash"])
    return code


def confirm_erasure(*, user: User, code: str, at: datetime) -> datetime | None:
    """Return when the account will be erased; None for a wrong, used or old code, and after five tries."""
    erasure = Erasure.objects.filter(user=user, due_at=None).first()
    if erasure is None:
        return None
    due_at = at + timedelta(days=ERASURE_DAYS)
    right = codes.digest(purpose=PURPOSE, owner_id=erasure.pk, code=code)
    own = Erasure.objects.filter(pk=erasure.pk, due_at=None)
    return due_at if codes.redeem(own, digest=right, at=at, due_at=due_at) else None


def cancel_erasure(*, user: User) -> None:
    """Keep the account after all."""
    Erasure.objects.filter(user=user, done_at=None).delete()


def due_erasures(*, at: datetime) -> list[User]:
    """Return the users whose week is over."""
    return list(User.objects.filter(erasure__due_at__lte=at, erasure__done_at=None).order_by("pk"))


def nobodys_email(user: User) -> str:
    """Return an address to stand where a user's stood: no mail can be sent there, and nobody can have taken it."""
    return f"deleted-{user.pk}-{secrets.token_hex(8)}@shop.invalid"


@transaction.atomic
def forget(*, user: User, email: str, at: datetime) -> None:
    """Take the person out of an account.

    The row stays, since orders refer to it: nobody can log in, and it names nobody.
    email: what stands in place of address and username.
    """
    get_sessions_adapter().end_sessions(list(UserSession.objects.filter(user=user)))
    for rows in (Authenticator, Avatar, EmailAddress, EmailChange, ProfileChange, UserSession, DataExport):
        rows.objects.filter(user=user).delete()
    addresses.forget(user=user)
    identities.forget(user=user)
    user.username = user.email = email
    user.name = user.phone = user.language = user.time_zone = user.avatar_name = ""
    user.birthday = None
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=PERSONAL)
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    about.update(object_repr=user.username)
    Erasure.objects.filter(user=user).update(done_at=at)
