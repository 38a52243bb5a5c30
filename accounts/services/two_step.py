"""Changes to the second step of a login, beside those that allauth makes itself."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import AuditEntry, User
from core import factors, sealing

CODES_KEPT = 3  # as many as are good at the same time: settings.MFA_TOTP_TOLERANCE on either side of now
SEALED = ("secret", "seed")


class CodeUsedError(Exception):
    """A code of an authenticator app was used before."""


class NoSecondStepError(Exception):
    """An account has no second step to reset."""


@transaction.atomic
def spend_code(*, authenticator_id: int, code: str) -> None:
    """Note that a right code was used; raise CodeUsedError when it had been used already.

    The cache that allauth asks may be flushed, and forgets after half a minute; this row does neither.
    Source: RFC 6238, section 5.2.
    """
    row = Authenticator.objects.select_for_update().get(pk=authenticator_id)
    digits = "".join(filter(str.isdigit, code))
    spent = row.data.get("spent", [])
    if digits in spent:
        raise CodeUsedError(authenticator_id)
    row.data["spent"] = [*spent, digits][-CODES_KEPT:]
    row.save(update_fields=["data"])


@transaction.atomic
def reset(*, user: User, actor: str, reason: str, at: datetime) -> AuditEntry:
    """Take every second step from an account, end all its sessions, and note who did so and why.

    actor: who ran the command, as the machine knows them.
    Raises NoSecondStepError when there is none; nothing ends then.
    """
    User.objects.select_for_update().get(pk=user.pk)
    taken, _ = Authenticator.objects.filter(user=user).delete()
    if not taken:
        raise NoSecondStepError(user.pk)
    get_adapter().end_sessions(UserSession.objects.filter(user=user).order_by("pk"))
    return AuditEntry.objects.create(
        act=AuditEntry.Act.TWO_STEP_RESET, user=user, actor=actor, reason=reason, happened_at=at
    )


def end_unproved(*, user: User, session_key: str) -> None:
    """End the sessions that were begun when there was no second step yet: all but this one, after the first."""
    if Authenticator.objects.filter(user=user, type__in=factors.PROOFS).count() == 1:
        get_adapter().end_sessions(
            UserSession.objects.filter(user=user).exclude(session_key=session_key).order_by("pk")
        )


def seal_anew() -> int:
    """Seal every secret of a second step under the newest key; return how many rows. Called twice: no change."""
    ids = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk").values_list("pk", flat=True)
    return sum(_seal_anew(pk) for pk in ids)


@transaction.atomic
def _seal_anew(pk: int) -> bool:
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:  # taken off meanwhile
        return False
    row.data |= {name: sealing.seal_anew(row.data[name]) for name in SEALED if name in row.data}
    row.save(update_fields=["data"])
    return True
