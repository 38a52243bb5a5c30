"""What follows a new password, and a new second step."""

from typing import cast

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import services
from accounts.models import User
from accounts.services import two_step
from core import factors


@receiver(password_changed)
@receiver(password_reset)
@receiver(password_set)
def drop_email_change(*, user: object, **_: object) -> None:
    """Drop the wish for another address."""
    services.cancel_email_change(user=cast("User", user))


@receiver(authenticator_added)
def take_for_proof(*, request: HttpRequest, user: object, authenticator: Authenticator, **_: object) -> None:
    """Spend the code an app was added with, and count it as this session's second step."""
    if authenticator.type == Authenticator.Type.TOTP:
        two_step.spend_code(authenticator_id=authenticator.pk, code=request.POST.get("code", ""))
    if authenticator.type in factors.PROOFS:
        factors.prove(request, user=user, authenticator=authenticator)
