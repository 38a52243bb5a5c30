"""The only writer of consents."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Consent, User


def agree_to_terms(*, user: User, version: str, at: datetime) -> None:
    """Note that somebody agreed to the terms when registering; `version` tells which."""
    kind, source = Consent.Kind.TERMS, Consent.Source.SIGNUP
    Consent.objects.create(user=user, kind=kind, is_given=True, source=source, text=version, said_at=at)


def set_news(*, user: User, is_given: bool, text: str, at: datetime) -> None:
    """Note whether somebody wants news by mail; no new row while that is as before.

    text: what stood beside the box.
    """
    if is_given != wants_news(user=user):
        kind, source = Consent.Kind.NEWS, Consent.Source.PROFILE
        Consent.objects.create(user=user, kind=kind, is_given=is_given, source=source, text=text, said_at=at)


def wants_news(*, user: User) -> bool:
    """Tell whether somebody has agreed to news by mail, and has not taken it back."""
    newest = Consent.objects.filter(user=user, kind=Consent.Kind.NEWS).order_by("-pk").first()
    return newest is not None and newest.is_given
