"""Which cart a request means: the user's, or the one named by the visitor's signed cookie."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from cart import selectors, services
from cart.models import Cart, CartLine
from core import limits
from core.http import client_network

COOKIE = "cart"
BUY_NOW_COOKIE = "buy_now"
COUNT_COOKIE = "cart_count"  # read by the script: shared pages cannot know the number
MAX_AGE = services.GUEST_DAYS * 86400
_signer = signing.Signer(salt="cart")


def user_of(request: HttpRequest) -> User | None:
    """Return the signed-in user; looks at the session only when the browser has one."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user


def token_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the visitor's cart token, or None when there is none or somebody made it up."""
    return _unsigned(request.COOKIES.get(COOKIE))


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the request's cart, if it has one."""
    return services.find(user=user_of(request), token=token_of(request))


def remember(response: HttpResponse, cart: Cart, units: int | None = None) -> None:
    """Give the browser the cart's token, for a visitor, and the number of units to show."""
    if cart.user_id is None:
        _set_cookie(response, COOKIE, _signer.sign(str(cart.token)))
    count = selectors.unit_count(cart=cart) if units is None else units
    _set_cookie(response, COUNT_COOKIE, str(count), is_readable=True)


def is_signed_out(request: HttpRequest) -> bool:
    """Tell whether this browser shows units of a cart it cannot open any more: its owner's session is over."""
    shown = request.COOKIES.get(COUNT_COOKIE, "").strip("0")
    return shown.isdecimal() and cart_of(request) is None and user_of(request) is None


def may_add(request: HttpRequest) -> bool:
    """Tell whether this visitor has not filled the cart faster than people do."""
    who = str(token_of(request) or client_network(request))
    return limits.allow(name="cart-add", who=who, limit=settings.CART_ADDS_PER_MINUTE, seconds=60)


def remember_buy_now(response: HttpResponse, cart: Cart) -> None:
    """Tell the checkout to sell this cart instead of the shopper's."""
    _set_cookie(response, BUY_NOW_COOKIE, _signer.sign(str(cart.token)))


def forget_buy_now(response: HttpResponse) -> None:
    """Sell the shopper's cart again."""
    response.delete_cookie(BUY_NOW_COOKIE)


def cart_to_sell(request: HttpRequest) -> Cart | None:
    """Return the cart a checkout is about: one bought at once, when there is one, or the shopper's."""
    token = _unsigned(request.COOKIES.get(BUY_NOW_COOKIE))
    if token is not None:
        found = Cart.objects.filter(token=token, kind=Cart.Kind.BUY_NOW, user=user_of(request)).first()
        if found is not None:
            return found
    return cart_of(request)


def undo_tag(line: CartLine) -> str:
    """Return the tag of a message from which the removed line can be put back."""
    return f"undo:{line.quantity}:{line.variant.sku}"


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


def _unsigned(value: str | None) -> uuid.UUID | None:
    if not value:
        return None
    try:
        return uuid.UUID(_signer.unsign(value))
    except (signing.BadSignature, ValueError):
        return None


def _set_cookie(response: HttpResponse, name: str, value: str, *, is_readable: bool = False) -> None:
    """Set a cookie of the cart; the script may read only the one that says how many units there are."""
    response.set_cookie(
        name, value, max_age=MAX_AGE, samesite="Lax", secure=settings.IS_HTTPS, httponly=not is_readable
    )
