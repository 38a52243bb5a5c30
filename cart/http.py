"""Which cart a request means: the user's, or the one named by the visitor's signed cookie."""

from __future__ import annotations

import uuid
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from cart import selectors, services
from cart.models import Cart

COOKIE = "cart"
COUNT_COOKIE = "cart_count"  # read by the script: shared pages cannot know the number
MAX_AGE = services.GUEST_DAYS * 86400
_signer = signing.Signer(salt="cart")


def user_of(request: HttpRequest) -> User | None:
    """Return the signed-in user; looks at the session only when the browser has one."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return cast("User", request.user)


def token_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the visitor's cart token, or None when there is none or somebody made it up."""
    value = request.COOKIES.get(COOKIE)
    if not value:
        return None
    try:
        return uuid.UUID(_signer.unsign(value))
    except (signing.BadSignature, ValueError):
        return None


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the request's cart, if it has one."""
    return services.find(user=user_of(request), token=token_of(request))


def remember(response: HttpResponse, cart: Cart) -> None:
    """Give the browser the cart's token, for a visitor, and the number of units to show."""
    options = {"max_age": MAX_AGE, "samesite": "Lax", "secure": settings.IS_HTTPS}
    if cart.user_id is None:
        response.set_cookie(COOKIE, _signer.sign(str(cart.token)), httponly=True, **options)
    count = str(selectors.unit_count(cart=cart))
    response.set_cookie(COUNT_COOKIE, count, **options)


def merge_at_login(request: HttpRequest, user: User) -> None:
    """Merge the browser's cart into the user's and say what had to stay behind."""
    token = token_of(request)
    if token is None:
        return
    for variant in services.merge(user=user, token=token):
        messages.warning(
            request,
            _("There are not enough left of %(sku)s for both of your carts.") % {"sku": variant.sku},
            fail_silently=True,  # a login outside a page, such as a command's, has nobody to tell
        )
