"""Who may see an order: its owner, the browser that placed or looked it up, the holder of a mailed link."""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import numbers
from core.http import Arguments, View
from orders.models import Order, Purchase
from orders.selectors import delivery
from orders.services import mails

GRANTS = "orders"  # in the session: order number -> second until which this browser may open it
GRANT_LIMIT = 20


def grant(request: HttpRequest, purchase: Purchase) -> list[str]:
    """Let this browser open the orders of a purchase for a while; return their numbers, the first order's first."""
    order_numbers = list(purchase.orders.order_by("pk").values_list("number", flat=True))
    for number in order_numbers:
        _grant_number(request, number)
    return order_numbers


def _grant_number(request: HttpRequest, number: str) -> None:
    until = int(timezone.now().timestamp()) + settings.ORDER_GRANT_SECONDS
    grants = {**request.session.get(GRANTS, {}), number: until}
    request.session[GRANTS] = dict(sorted(grants.items(), key=lambda pair: pair[1])[-GRANT_LIMIT:])


def shows_no_order(view: View[Arguments]) -> View[Arguments]:
    """Answer 404 with the way to the look-up: one page, whether there is such an order or not."""

    @wraps(view)
    def shown(request: HttpRequest, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> HttpResponse:
        try:
            return view(request, *arguments, **options)
        except Http404:
            return render(request, "orders/not_found.html", status=404)

    return shown


def unpaid_order(request: HttpRequest) -> Order | None:
    """Return the latest order of this browser that can still be paid."""
    now = timezone.now()
    return (
        Order.objects.filter(
            number__in=_granted_numbers(request),
            status=Order.Status.AWAITING_PAYMENT,
            payment_status=Order.PaymentStatus.NONE,
            pay_by__gt=now,
        )
        .order_by("-pk")
        .first()
    )


def may_act(request: HttpRequest, order: Order) -> bool:
    """Tell whether this visitor is the owner, or has the browser that placed the order or looked it up."""
    return _is_owner(request, order) or order.number in _granted_numbers(request)


def may_open(request: HttpRequest, number: str) -> bool:
    """Tell whether this visitor may act for an order, without a look at orders of others."""
    if number in _granted_numbers(request):
        return True
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return False
    return Order.objects.filter(number=number, user_id=request.user.pk).exists()


def order_or_404(request: HttpRequest, number: str, *, must_act: bool = False) -> Order:
    """Return an order this visitor may open; to anybody else there is no such order.

    must_act: a mailed link shows the order, but paying for it needs the owner, or the browser that placed it or
    looked it up by number and e-mail.
    """
    if not numbers.is_valid(number):
        raise Http404
    orders = Order.objects.select_related("purchase", "merchant").annotate(delivery_shown=delivery.shown_name())
    order = orders.filter(number=number).first()
    if order is None or not (may_act(request, order) or (not must_act and _has_link(request, order))):
        raise Http404
    return order


def _is_owner(request: HttpRequest, order: Order) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or order.user_id is None:
        return False
    return request.user.is_authenticated and request.user.pk == order.user_id


def _granted_numbers(request: HttpRequest) -> list[str]:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return []
    now = timezone.now().timestamp()
    return [number for number, until in request.session.get(GRANTS, {}).items() if until > now]


def _has_link(request: HttpRequest, order: Order) -> bool:
    given = request.GET.get("t", "") or request.POST.get("t", "")
    return bool(given) and mails.is_token_valid(order.number, given)
