"""An identity that waits in the session until it is clear whose it is: for ten minutes, and once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import identities

PENDING = "socialaccount_sociallogin"  # allauth's: its page for a new account looks there
PENDING_MINUTES = 10
TAKEN = _("That is connected to another account already. Sign in to that account to disconnect it there.")
SINCE, JOINS = "pending_since", "joins"


@dataclass(frozen=True)
class Pending:
    """Somebody whom a service has named, and who has not said yet which account is theirs."""

    login: SocialLogin

    @property
    def service(self) -> str:
        """Name of the service."""
        return str(self.login.provider.name)

    @property
    def label(self) -> str:
        """What the person tells this account of theirs by."""
        return label_of(self.login.account)

    @property
    def verified_email(self) -> str:
        """The address that the service vouches for, if there is one."""
        return next((each.email for each in self.login.email_addresses if each.verified), "")


def label_of(account: Any) -> str:
    """Return what a person tells this account of theirs at a service by."""
    return str(account.extra_data.get("label", "")) if isinstance(account.extra_data, dict) else ""


def offered(request: HttpRequest) -> list[Any]:
    """Return the services that the settings switch on; no query."""
    return list(get_adapter().list_providers(request))


def keep_pending(request: HttpRequest, login: SocialLogin) -> None:
    """Let an identity wait, in place of an earlier one."""
    login.state[SINCE] = timezone.now().timestamp()
    request.session[PENDING] = login.serialize()


def pending(request: HttpRequest) -> Pending | None:
    """Return the identity that waits; none once ten minutes are over, or its service is switched off."""
    kept = request.session.get(PENDING)
    if kept is None:
        return None
    try:
        login = SocialLogin.deserialize(kept)
    except (SocialApp.DoesNotExist, ValueError):
        forget_pending(request)
        return None
    since = login.state.get(SINCE)
    oldest = timezone.now() - timedelta(minutes=PENDING_MINUTES)
    if not isinstance(since, float) or since < oldest.timestamp():
        forget_pending(request)
        return None
    return Pending(login)


def forget_pending(request: HttpRequest) -> None:
    """Let the identity go."""
    request.session.pop(PENDING, None)


def connect_and_say(request: HttpRequest, user: User, login: SocialLogin) -> None:
    """Connect an identity, and say on the next page what became of it."""
    try:
        connect(request, user, login)
    except identities.TakenError:
        messages.error(request, TAKEN)
    else:
        messages.success(request, _("%(service)s is connected") % {"service": login.provider.name})


def connect(request: HttpRequest, user: User, login: SocialLogin) -> bool:
    """Connect an identity and tell the account's owner by mail; return whether it is new. Raises TakenError."""
    account = login.account
    with transaction.atomic():
        is_new = identities.connect(user=user, provider=account.provider, uid=account.uid, label=label_of(account))
        if is_new:
            tell(user, "account_connected", str(login.provider.name))
    return is_new


def disconnect(request: HttpRequest, user: User, account_id: int, services: Mapping[str, str]) -> None:
    """Take a connection away and tell the account's owner by mail.

    services: those that are offered, names by id. Raises SocialAccount.DoesNotExist for another's, and OnlyWayInError.
    """
    with transaction.atomic():
        account = identities.disconnect(user=user, account_id=account_id, offered=services)
        tell(user, "account_disconnected", services.get(account.provider, account.provider))


def tell(user: User, change: str, service: str) -> None:
    """Write to an account's owner that a connection was made or ended."""
    words = {"service": service}
    get_account_adapter().send_notification_mail(f"socialaccount/email/{change}", user, words)
