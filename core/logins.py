"""How often a password may be tried: for each account and address together, in every login of the shop."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from core import limits
from core.http import client_network

logger = logging.getLogger(__name__)

CODE_DAY_SECONDS = 86_400
CODE_DAYS_WORTH = 20  # so many times the failures of one window may be had in a day


class TooManyTriesError(ValidationError):
    """Nothing was looked at, because too many tries had been wrong; says when to come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__(later(seconds))
        self.seconds = seconds


def wait(*, name: str, request: HttpRequest) -> int:
    """Count one try; return the seconds to wait when too many were wrong, else 0. The account need not exist."""
    seconds = settings.LOGIN_WINDOW_SECONDS
    who = _who(name, request)
    if limits.allow(name="login", who=who, limit=settings.LOGIN_FAILURES, seconds=seconds):
        return 0
    return limits.seconds_left(seconds)


def forget(*, name: str, request: HttpRequest) -> None:
    """Begin to count anew: the password was right."""
    limits.forget(name="login", who=_who(name, request), seconds=settings.LOGIN_WINDOW_SECONDS)


@dataclass(frozen=True)
class Refusal:
    """Why a password is not taken; `seconds` to wait when it was tried too often, else 0."""

    reason: str
    seconds: int


def refusal(*, user: AbstractBaseUser, password: str, request: HttpRequest) -> Refusal | None:
    """Try the password of who is logged in; None when it is right."""
    name = user.get_username()
    seconds = wait(name=name, request=request)
    if seconds:
        return Refusal(later(seconds), seconds)
    if not user.check_password(password):
        return Refusal(gettext("The current password is not correct"), 0)
    forget(name=name, request=request)
    return None


def wait_with_code(*, user_id: int) -> int:
    """Count one try of a second step; return the seconds to wait when too many codes were wrong, else 0.

    Counted for the account alone, from wherever it is tried: who comes here knows the password already, a code has
    six digits, and a network of machines has many addresses. A daily count keeps a patient guesser out, too.
    """
    failures = settings.LOGIN_FAILURES
    for seconds, limit in ((settings.LOGIN_WINDOW_SECONDS, failures), (CODE_DAY_SECONDS, failures * CODE_DAYS_WORTH)):
        if not limits.allow(name="code", who=str(user_id), limit=limit, seconds=seconds):
            logger.warning("too many wrong codes", extra={"user": user_id})
            return limits.seconds_left(seconds)
    return 0


def forget_codes(*, user_id: int) -> None:
    """Begin to count anew: the code was right."""
    for seconds in (settings.LOGIN_WINDOW_SECONDS, CODE_DAY_SECONDS):
        limits.forget(name="code", who=str(user_id), seconds=seconds)


def later(seconds: int) -> str:
    """Return when to try again, in words."""
    minutes = -(-seconds // 60)
    if minutes > 60:
        hours = -(-minutes // 60)
        text = ngettext(
            "Too many attempts, try again in %(count)s hour", "Too many attempts, try again in %(count)s hours", hours
        )
        return text % {"count": hours}
    return ngettext(
        "Too many attempts, try again in %(count)s minute",
        "Too many attempts, try again in %(count)s minutes",
        minutes,
    ) % {"count": minutes}


def _who(name: str, request: HttpRequest) -> str:
    """Return what stands for an account and a network, without naming either.

    An account is the same by any of its names.
    """
    typed = unicodedata.normalize("NFKC", name.strip())
    known = get_user_model().objects.annotate(by_name=Lower("username"), by_email=Lower("email"))
    wanted = Lower(Value(typed.replace("\x00", "")))
    pk = known.filter(Q(by_name=wanted) | Q(by_email=wanted)).order_by("pk").values_list("pk", flat=True).first()
    account = f"account {pk}" if pk else typed.casefold()
    return hashlib.sha256(f"{account}\n{client_network(request)}".encode(errors="replace")).hexdigest()
