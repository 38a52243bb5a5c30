"""What follows a login, a new password, a new second step, and a logout."""

from typing import Any, cast

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import services
from accounts.http import pending, viewing
from accounts.models import User
from accounts.services import identities, two_step
from core import factors


@receiver(password_changed)
@receiver(password_reset)
@receiver(password_set)
def drop_email_change(*, user: object, **_: object) -> None:
    """Drop the wish for another address."""
    services.cancel_email_change(user=cast("User", user))


@receiver(authenticator_added)
def take_for_proof(*, request: HttpRequest, user: object, authenticator: Authenticator, **_: object) -> None:
    """Spend the code an app was added with, and count it as this session's second step; older ones have to take it."""
    if authenticator.type == Authenticator.Type.TOTP:
        two_step.spend_code(authenticator_id=authenticator.pk, code=request.POST.get("code", ""))
    if authenticator.type in factors.PROOFS:
        factors.prove(request, user=user, authenticator=authenticator)
        two_step.end_unproved(user=cast("User", user), session_key=request.session.session_key or "")


@receiver(user_logged_out)
def stop_viewing(*, request: HttpRequest, **_: object) -> None:
    """Note that an operator who signs out looks as no customer any more."""
    viewing.end_viewing(request)


@receiver(password_reset)
def drop_unproved_identities(*, user: object, **_: object) -> None:
    """Take the connections of whoever typed the address before its owner chose a password."""
    identities.drop_unproved(user=cast("User", user))


@receiver(user_logged_in)
def join_identity(*, request: HttpRequest, user: object, sociallogin: Any = None, **_: object) -> None:
    """Connect the identity that an account was found for by its address, now that every step is done."""
    if sociallogin is None or not sociallogin.state.pop(pending.JOINS, None):
        return
    try:
        pending.connect(request, cast("User", user), sociallogin)
    except identities.TakenError:
        messages.error(request, pending.TAKEN)
