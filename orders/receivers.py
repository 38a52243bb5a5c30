"""A login brings along what was bought without an account."""

from typing import cast

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from accounts.models import User
from orders.services import joining


@receiver(user_logged_in)
def bring_orders_along(*, user: object, **_: object) -> None:
    """Join the guest orders placed with an address that this user has confirmed."""
    joining.join(user=cast("User", user))
