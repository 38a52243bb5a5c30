"""How often a password may be tried, in every login of the shop."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from core import emails, limits
from core.http import client_address, client_network

logger = logging.getLogger(__name__)

HOUR = 3600
KNOWN = "account "
NOWHERE = "0.0.0.0"  # noqa: S104  nothing listens there
CODE_DAY_SECONDS = 86_400
CODE_DAYS_WORTH = 20  # so many times the failures of one window may be had in a day


class TooManyTriesError(ValidationError):
    """Nothing was looked at, because too many tries had been wrong; says when to come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__(later(seconds))
        self.seconds = seconds


def wait(*, name: str, request: HttpRequest) -> int:
    """Count one try; return the seconds to wait when too many were wrong, else 0. The account need not exist.

    Counted for the account and address together, and for the account from wherever it is tried: a network of machines
    has many addresses. That second limit does not hold up an address from which the account was signed in before.
    """
    seconds, account = settings.LOGIN_WINDOW_SECONDS, _account(name)
    if not limits.allow(name="login", who=_here(account, request), limit=settings.LOGIN_FAILURES, seconds=seconds):
        return limits.seconds_left(seconds)
    anywhere = settings.LOGIN_FAILURES_ANYWHERE
    if limits.allow(name="login", who=_hashed(account), limit=anywhere, seconds=HOUR) or _is_known(account, request):
        return 0
    logger.warning("too many wrong passwords from many addresses", extra={"account": _hashed(account)[:12]})
    return limits.seconds_left(HOUR)


def forget(*, name: str, request: HttpRequest) -> None:
    """Begin to count anew: the password was right."""
    account = _account(name)
    limits.forget(name="login", who=_here(account, request), seconds=settings.LOGIN_WINDOW_SECONDS)
    limits.give_back(name="login", who=_hashed(account), seconds=HOUR)


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


def _account(name: str) -> str:
    """Return what stands for an account, the same by any of its names; for one that does not exist, what was typed."""
    typed = unicodedata.normalize("NFKC", emails.canonical(name) if "@" in name else name.strip())
    known = get_user_model().objects.annotate(by_name=Lower("username"), by_email=Lower("email"))
    wanted = Lower(Value(typed.replace("\x00", "")))
    pk = known.filter(Q(by_name=wanted) | Q(by_email=wanted)).order_by("pk").values_list("pk", flat=True).first()
    return f"{KNOWN}{pk}" if pk else f"nobody {typed.casefold()}"


def _is_known(account: str, request: HttpRequest) -> bool:
    """Tell whether an account is, or was lately, signed in from this address."""
    pk = account.removeprefix(KNOWN)
    user_id = int(pk) if pk.isascii() and pk.isdecimal() else 0
    return bool(UserSession.objects.filter(user_id=user_id, ip=client_address(request) or NOWHERE).exists())


def _here(account: str, request: HttpRequest) -> str:
    return _hashed(f"{account}\n{client_network(request)}")


def _hashed(text: str) -> str:
    """Return what names neither account nor network."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
