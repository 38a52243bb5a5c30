"""How often a password may be tried: for each account and address together, in every login of the shop."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from core import limits
from core.http import client_network


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


def later(seconds: int) -> str:
    """Return when to try again, in words."""
    minutes = -(-seconds // 60)
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
