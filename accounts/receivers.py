"""A new password ends what somebody may have begun who knew the old one."""

from typing import cast

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver

from accounts import services
from accounts.models import User


@receiver(password_changed)
@receiver(password_reset)
@receiver(password_set)
def drop_email_change(*, user: object, **_: object) -> None:
    """Drop the wish for another address."""
    services.cancel_email_change(user=cast("User", user))
