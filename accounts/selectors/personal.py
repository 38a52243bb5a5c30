"""What the shop keeps about an account, for its owner to take away."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from accounts.models import Address, AuditEntry, Avatar, Consent, EmailChange, MerchantMember, ProfileChange, User

PROFILE = ("username", "email", "name", "phone", "language", "time_zone", "birthday", "joined_at", "last_login")
EMAIL = ("email", "verified", "primary")
EMAIL_CHANGE = ("email", "is_confirmed_by_old", "is_confirmed_by_new", "asked_at")
SESSION = ("ip", "user_agent", "created_at", "last_seen_at")
ADDRESS = ("country", "name", "phone", "province", "city", "district", "street", "postcode", "label", "is_default")
SECOND_STEP = ("type", "created_at", "last_used_at")
CHANGE = ("field", "before", "after", "changed_at")
IDENTITY = ("provider", "uid", "extra_data", "date_joined", "last_login")
CONSENT = ("kind", "is_given", "source", "text", "said_at")
MEMBERSHIP = ("merchant__name", "role")
VIEW = ("act", "reason", "happened_at")  # when and why, not who: that is a person, too
VIEWS = (AuditEntry.Act.VIEW_BEGAN, AuditEntry.Act.VIEW_ENDED)


def records(*, user: User) -> dict[str, list[dict[str, Any]]]:
    """Return rows by the name of their table; eleven queries. Nothing that opens the account is among them."""
    own: dict[str, Any] = {
        "profile": User.objects.filter(pk=user.pk).values(*PROFILE),
        "email_addresses": EmailAddress.objects.filter(user=user).order_by("pk").values(*EMAIL),
        "email_changes": EmailChange.objects.filter(user=user).values(*EMAIL_CHANGE),
        "addresses": Address.objects.filter(user=user).order_by("pk").values(*ADDRESS),
        "sessions": UserSession.objects.filter(user=user).order_by("pk").values(*SESSION),
        "second_steps": Authenticator.objects.filter(user=user).order_by("pk").values(*SECOND_STEP),
        "profile_changes": ProfileChange.objects.filter(user=user).order_by("pk").values(*CHANGE),
        "other_services": SocialAccount.objects.filter(user=user).order_by("pk").values(*IDENTITY),
        "consents": Consent.objects.filter(user=user).order_by("pk").values(*CONSENT),
        "memberships": MerchantMember.objects.filter(user=user).order_by("pk").values(*MEMBERSHIP),
        "views_by_the_shop": AuditEntry.objects.filter(user=user, act__in=VIEWS).order_by("pk").values(*VIEW),
    }
    return {name: list(rows) for name, rows in own.items()}


def avatar(*, user: User) -> bytes:
    """Return a person's picture, a WebP; nothing for who has none."""
    own = Avatar.objects.filter(user=user).first()
    return bytes(own.picture) if own else b""
