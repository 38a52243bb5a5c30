"""To shut an account, and to open it again."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import AuditEntry, User


class ErasedError(Exception):
    """The account is nobody's any more."""


@transaction.atomic
def lock(*, user: User, actor: str, reason: str, at: datetime) -> AuditEntry | None:
    """Let nobody into an account any more, and end its sessions; None when it is locked already.

    actor: the username of who does so.
    """
    entry = _turn(user, AuditEntry.Act.LOCKED, actor=actor, reason=reason, at=at)
    if entry is not None:
        get_adapter().end_sessions(list(UserSession.objects.filter(user=user)))
    return entry


@transaction.atomic
def unlock(*, user: User, actor: str, reason: str, at: datetime) -> AuditEntry | None:
    """Let its owner in again; None when it is not locked. Raises ErasedError for one that was erased."""
    if User.objects.filter(pk=user.pk, erasure__done_at__isnull=False).exists():
        raise ErasedError(user.pk)
    return _turn(user, AuditEntry.Act.UNLOCKED, actor=actor, reason=reason, at=at)


def _turn(user: User, act: AuditEntry.Act, *, actor: str, reason: str, at: datetime) -> AuditEntry | None:
    is_open = act == AuditEntry.Act.UNLOCKED
    if not User.objects.filter(pk=user.pk, is_active=not is_open).update(is_active=is_open):
        return None
    return AuditEntry.objects.create(act=act, user=user, actor=actor, reason=reason, happened_at=at)
