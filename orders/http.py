"""Who may see an order: its owner, the browser that placed or looked it up, the holder of a mailed link."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils import timezone

from core import numbers
from orders.models import Order, Purchase
from orders.services import mails

GRANTS = "orders"  # in the session: order number -> second until which this browser may open it
GRANT_LIMIT = 20


def grant(request: HttpRequest, purchase: Purchase) -> list[str]:
    """Let this browser open the orders of a purchase for a while; return their numbers, the first order's first."""
    order_numbers = list(purchase.orders.order_by("pk").values_list("number", flat=True))
    for number in order_numbers:
        grant_number(request, number)
    return order_numbers


def grant_number(request: HttpRequest, number: str) -> None:
    """Let this browser open one order for a while."""
    until = int(timezone.now().timestamp()) + settings.ORDER_GRANT_SECONDS
    grants = {**request.session.get(GRANTS, {}), number: until}
    request.session[GRANTS] = dict(sorted(grants.items(), key=lambda pair: pair[1])[-GRANT_LIMIT:])


def order_or_404(request: HttpRequest, number: str, *, may_act: bool = False) -> Order:
    """Return an order this visitor may open; to anybody else there is no such order.

    may_act: a mailed link shows the order, but paying for it needs the owner or the browser that placed it.
    """
    if not numbers.is_valid(number):
        raise Http404
    order = Order.objects.select_related("purchase", "merchant").filter(number=number).first()
    if order is None or not (
        _is_owner(request, order) or _is_granted(request, order) or (not may_act and _has_link(request, order))
    ):
        raise Http404
    return order


def _is_owner(request: HttpRequest, order: Order) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or order.user_id is None:
        return False
    return request.user.is_authenticated and request.user.pk == order.user_id


def _is_granted(request: HttpRequest, order: Order) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    until = request.session.get(GRANTS, {}).get(order.number, 0)
    return bool(until > timezone.now().timestamp())


def _has_link(request: HttpRequest, order: Order) -> bool:
    given = request.GET.get("t", "")
    return bool(given) and mails.is_token_valid(order.number, given)
