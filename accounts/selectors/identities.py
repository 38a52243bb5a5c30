"""Questions about the services that people sign in with elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from accounts import selectors
from accounts.models import User


class Standing(Enum):
    """What an address that a service says is verified means at the shop."""

    FREE = "free"  # nobody's, or typed by somebody who has never shown that it is theirs
    PROVED = "proved"  # of an account whose owner has shown the same
    UNPROVED = "unproved"  # of an account in use that has not shown it: made in an office, for instance
    LOCKED = "locked"


def standing_of(email: str) -> tuple[Standing, User | None]:
    """Return what an address means, and whose it is."""
    user = selectors.by_email(email)
    if user is None or selectors.never_activated().filter(pk=user.pk, is_active=True).exists():
        return Standing.FREE, None
    if not user.is_active:
        return Standing.LOCKED, user
    if EmailAddress.objects.filter(user=user, email=email.lower(), verified=True).exists():
        return Standing.PROVED, user
    return Standing.UNPROVED, user


def own(*, user: User) -> list[SocialAccount]:
    """Return what a user has connected, the first one first."""
    return list(SocialAccount.objects.filter(user=user).order_by("pk"))


def is_known(*, provider: str, uid: str) -> bool:
    """Tell whether an identity is connected to an account."""
    return bool(SocialAccount.objects.filter(provider=provider, uid=uid).exists())


def is_only_way_in(account: SocialAccount, *, offered: Collection[str]) -> bool:
    """Tell whether nobody could sign in any more without it: no password, and no other service that is offered."""
    others = SocialAccount.objects.filter(user=account.user, provider__in=offered).exclude(pk=account.pk)
    return not account.user.has_usable_password() and not others.exists()
