"""A login brings the visitor's cart along."""

from typing import cast

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from cart import http


@receiver(user_logged_in)
def bring_cart_along(*, request: HttpRequest, user: object, **_: object) -> None:
    """Merge the cart of the browser into the user's."""
    http.merge_at_login(request, cast("User", user))
