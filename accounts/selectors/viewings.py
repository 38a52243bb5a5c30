"""Operators who look at the shop as one of its customers: who may, at whom, and how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from math import ceil

from django.contrib.auth.models import Permission
from django.db.models import Exists, Q, QuerySet

from accounts.models import AuditEntry, User

LENGTH = timedelta(minutes=15)
PERMISSION = "accounts.view_as_user"


class Obstacle(Enum):
    """Why nobody looks at the shop as somebody."""

    SELF = "self"
    WORKS_HERE = "works here"
    SHUT = "shut"


@dataclass(frozen=True)
class Viewing:
    """An operator looking as a customer; `minutes` are left, begun ones counted."""

    customer: User
    minutes: int


def obstacle(*, customer: User, operator: User) -> Obstacle | None:
    """Return why an operator may not look as somebody; None for a customer. An erased account is shut for good."""
    if customer.pk == operator.pk:
        return Obstacle.SELF
    if customer.is_staff or customer.is_superuser or customer.memberships.exists():
        return Obstacle.WORKS_HERE
    return None if customer.is_active else Obstacle.SHUT


def current(*, beginning_id: int, operator: User, at: datetime) -> Viewing | None:
    """Return what an operator began to look at; None once it is over. One query.

    It is over after 15 minutes, when it was ended, when the operator may no longer do so, and when the customer is
    none any more: locked, erased, or at work in an office.
    """
    if not (operator.is_active and operator.is_staff):
        return None
    own = AuditEntry.objects.filter(pk=beginning_id, act=AuditEntry.Act.VIEW_BEGAN, actor=operator.get_username())
    entries = own.filter(
        ending=None,
        happened_at__gt=at - LENGTH,
        user__is_active=True,
        user__is_staff=False,
        user__is_superuser=False,
        user__memberships=None,
    )
    if not operator.is_superuser:
        entries = entries.filter(Exists(_permission_of(operator)))
    entry = entries.exclude(user=operator).select_related("user").first()
    if entry is None:
        return None
    left = entry.happened_at + LENGTH - at
    return Viewing(entry.user, ceil(left / timedelta(minutes=1)))


def overdue(*, at: datetime) -> QuerySet[AuditEntry]:
    """Return the beginnings whose time is up and whose end nobody has noted."""
    begun = AuditEntry.objects.filter(act=AuditEntry.Act.VIEW_BEGAN, ending=None)
    return begun.filter(happened_at__lte=at - LENGTH)


def _permission_of(operator: User) -> QuerySet[Permission]:
    """Return the permission as this operator has it, by a role or without; empty otherwise.

    The same as `has_perm`, which asks twice.
    """
    app, _, codename = PERMISSION.partition(".")
    rows = Permission.objects.filter(content_type__app_label=app, codename=codename)
    return rows.filter(Q(user=operator) | Q(group__user=operator))
