"""A login brings along what was bought without an account; stock that comes goes to those who wait for it."""

from collections.abc import Sequence
from typing import cast

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from accounts.models import User
from catalog.events import stock_freed
from orders.services import backorders, joining


@receiver(user_logged_in)
def bring_orders_along(*, user: object, **_: object) -> None:
    """Join the guest orders placed with an address that this user has confirmed."""
    joining.join(user=cast("User", user))


@receiver(stock_freed)
def fill_backorders(*, variant_ids: Sequence[int], **_: object) -> None:
    """Hold what has come for those who wait, in the same transaction."""
    backorders.fill(variant_ids=variant_ids)
