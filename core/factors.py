"""What an office asks for beyond a password.

Whoever has a second step takes it before an office opens. Where it is required, who has none may put it off for
some days, counted from the first visit to an office while it was required: so nobody comes back from a holiday to
a closed door, and turning the requirement on closes no office that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone

PROOFS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of these


class Ask(Enum):
    """What is missing before an office opens."""

    NOTHING = "nothing"
    CODE = "code"
    SETUP = "setup"


@dataclass(frozen=True)
class Standing:
    """How a signed-in user stands with an office; `until` is the end of the grace of who has no second step yet."""

    ask: Ask = Ask.NOTHING
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing is missing."""
        return self.ask is Ask.NOTHING


def standing(request: HttpRequest) -> Standing:
    """Return how the signed-in user stands; looked up once for each request. The first visit begins the grace."""
    found: Standing | None = getattr(request, "office_standing", None)
    if found is None:
        found = request.office_standing = _standing(request)  # type: ignore[attr-defined]  # ours, for this request
    return found


def prove(request: HttpRequest, *, user: Any, authenticator: Authenticator) -> None:
    """Note in the session that this browser has just shown that it holds a factor."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def is_proven(request: HttpRequest) -> bool:
    """Tell whether the second step was taken in this session, at login or since."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def has_factor(user: Any) -> bool:
    """Tell whether an account has a second step."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=PROOFS).exists())


def grace_end(began_at: datetime) -> datetime:
    """Return when a grace that began then is over."""
    return began_at + timedelta(days=settings.MFA_GRACE_DAYS)


def _standing(request: HttpRequest) -> Standing:
    if has_factor(request.user):
        return Standing() if is_proven(request) else Standing(Ask.CODE)
    if not settings.MFA_REQUIRED_FOR_OFFICES:
        return Standing()
    now = timezone.now()
    until = grace_end(_grace_began_at(request.user, now))
    return Standing(until=until) if now < until else Standing(Ask.SETUP)


def _grace_began_at(user: Any, now: datetime) -> datetime:
    """Return when the grace began: now, unless it has begun before."""
    if user.grace_began_at is None:
        row = get_user_model().objects.filter(pk=user.pk)
        row.filter(grace_began_at=None).update(grace_began_at=now)
        user.refresh_from_db(fields=["grace_began_at"])
    began_at: datetime = user.grace_began_at
    return began_at
