"""The login forms of the two back offices: who types wrong passwords has to wait."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from core import limits
from core.http import client_address

FAILURES = 5
WINDOW_SECONDS = 300


class LimitedLoginForm(AuthenticationForm):
    """Lets an account be tried five times in five minutes from one address, whether it exists or not."""

    seconds_to_wait = 0

    @property
    def is_over_limit(self) -> bool:
        """Whether the password was not even looked at, because too many had been wrong."""
        return self.seconds_to_wait > 0

    def clean(self) -> dict[str, Any]:
        """Count the try, look at the password, and forget the count when it is right."""
        is_complete = {"username", "password"} <= self.cleaned_data.keys()
        if not is_complete or self.request is None:  # there is nothing to try
            return super().clean()
        who = _who(self.cleaned_data["username"], self.request)
        if not limits.allow(name="login", who=who, limit=FAILURES, seconds=WINDOW_SECONDS):
            self.seconds_to_wait = limits.seconds_left(WINDOW_SECONDS)
            raise ValidationError(_later(self.seconds_to_wait), code="too_many")
        found = super().clean()
        limits.forget(name="login", who=who, seconds=WINDOW_SECONDS)
        return found


class OperatorsLoginForm(LimitedLoginForm, AdminAuthenticationForm):
    """Lets operators in."""


class MembersLoginForm(LimitedLoginForm):
    """Lets any active user try; whether the office is open to them is the site's question."""

    required_css_class = "required"


def _who(name: str, request: HttpRequest) -> str:
    """Return what stands for an account and an address, without naming either."""
    account = unicodedata.normalize("NFKC", name).casefold()
    return hashlib.sha256(f"{account}\n{client_address(request)}".encode(errors="replace")).hexdigest()


def _later(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many wrong passwords. Please try again in %(count)s minute.",
        "Too many wrong passwords. Please try again in %(count)s minutes.",
        minutes,
    ) % {"count": minutes}
