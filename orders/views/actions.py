"""What a buyer does with an order. Each has a page that asks first, and one button that does it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.selectors.addresses import country_name, province_name
from cart import http as cart_http
from core.http import private_page, see_other
from core.templatetags.kaishi import moment
from orders import http
from orders.forms.checkout import OrderAddressForm
from orders.models import Order, ReturnCase
from orders.selectors import actions
from orders.services import addressing, cancelling, receiving, reordering, urging
from orders.services.cases import requesting
from orders.services.cases.requesting import Wish

_CANNOT_BE_READDRESSED = gettext_lazy("The address can be changed while nobody packs the order, within its province.")


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """End an order that has not left: at once while it is unpaid, together with those that one payment is for."""
    order = http.order_or_404(request, number, must_act=True)
    is_paid = order.status == Order.Status.OPEN
    if request.method != "POST":
        return _cancel_page(request, order)
    if ("paid" in request.POST) != is_paid:
        messages.error(request, _("The order has moved on since this page was shown. Please look again."))
        return see_other(order)
    return _ask_to_cancel(request, order) if is_paid else _cancel_unpaid(request, order)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def address(request: HttpRequest, number: str) -> HttpResponse:
    """Correct where an order goes, within its province."""
    order = http.order_or_404(request, number, must_act=True)
    form = OrderAddressForm(request.POST or None, order=order)
    if request.method == "POST" and form.is_valid():
        _readdress(request, order, form)
        return see_other(order)
    if request.method != "POST" and not addressing.can_be_readdressed(order):
        messages.error(request, _CANNOT_BE_READDRESSED)
        return redirect(order)
    place = ", ".join(filter(None, [province_name(order.province), country_name(order.country)]))
    context = {"order": order, "form": form, "place": place}
    return render(request, "orders/change_address.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def received(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm that everything arrived."""
    order = http.order_or_404(request, number, must_act=True)
    if request.method != "POST":
        is_possible = receiving.can_be_received(order)
        context = {"order": order, "question": _("Has everything arrived?"), "button": _("Confirm receipt")}
        return _asked(request, "orders/received.html", context, is_possible=is_possible)
    try:
        receiving.confirm(order=order, actor=_user(request), at=timezone.now())
        messages.success(request, _("Thank you, receipt confirmed"))
    except receiving.CannotReceiveError:
        messages.error(request, _("Receipt cannot be confirmed: not everything is on its way, or it is confirmed."))
    return see_other(order)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def extend(request: HttpRequest, number: str) -> HttpResponse:
    """Take more time before the order counts as received."""
    order = http.order_or_404(request, number, must_act=True)
    now = timezone.now()
    if request.method != "POST":
        is_possible = receiving.can_be_received(order) and not order.is_receipt_extended
        context = {
            "order": order,
            "until": receiving.extended(order, at=now),
            "question": _("Do you need more time?"),
            "button": _("Extend receipt"),
        }
        return _asked(request, "orders/extend.html", context, is_possible=is_possible)
    try:
        until = receiving.extend(order=order, actor=_user(request), at=now)
        messages.success(request, _("You have until %(until)s now.") % {"until": moment(until)})
    except (receiving.CannotReceiveError, receiving.ExtendedBeforeError):
        messages.error(request, _("The time to confirm receipt can be extended once, while parcels are on their way."))
    return see_other(order)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def urge(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the shop to send what is paid, once a day."""
    order = http.order_or_404(request, number, must_act=True)
    now = timezone.now()
    if request.method != "POST":
        context = {"order": order, "question": _("Shall we hurry?"), "button": _("Remind us")}
        return _asked(request, "orders/urge.html", context, is_possible=actions.URGE in actions.offers(order, at=now))
    try:
        urging.urge(order=order, actor=_user(request), at=now)
        messages.success(request, _("Thank you, we have told those who pack your order."))
    except urging.CannotUrgeError:
        messages.error(request, _("You can remind us once a day, while nothing of the order has left."))
    return see_other(order)


@require_POST
@private_page
@http.shows_no_order
def reorder(request: HttpRequest, number: str) -> HttpResponse:
    """Put what was bought into the cart again, as far as it can be had."""
    order = http.order_or_404(request, number, must_act=True)
    refilled = reordering.put_into_cart(
        order=order, user=_user(request), token=cart_http.token_of(request), at=timezone.now()
    )
    response = see_other("cart:cart")
    if refilled.missing:
        titles = ", ".join(line.title for line in refilled.missing)
        messages.warning(request, _("No longer available, or fewer than you bought: %(titles)s") % {"titles": titles})
    if refilled.cart is not None:
        cart_http.remember(response, refilled.cart)
    return response


def _readdress(request: HttpRequest, order: Order, form: OrderAddressForm) -> None:
    try:
        addressing.change(order=order, address=form.address(), actor=_user(request), at=timezone.now(), is_staff=False)
        messages.success(request, _("Address saved"))
    except addressing.CannotReaddressError:
        messages.error(request, _CANNOT_BE_READDRESSED)


def _cancel_page(request: HttpRequest, order: Order) -> HttpResponse:
    if cancelling.is_paid_and_here(order):
        context = {"order": order, "question": _("Cancel this order?"), "button": _("Cancel and refund")}
        return _asked(request, "orders/cancel_paid.html", context, is_possible=not order.has_open_case)
    context = {
        "order": order,
        "others": cancelling.paid_together(order),
        "question": _("Cancel this order?"),
        "button": _("Cancel order"),
    }
    return _asked(request, "orders/cancel.html", context, is_possible=cancelling.is_unpaid(order))


def _cancel_unpaid(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        cancelling.cancel_unpaid(
            purchase_id=order.purchase_id, reason=Order.CancelReason.BUYER, actor=_user(request), at=timezone.now()
        )
        messages.success(request, _("Order cancelled"))
    except cancelling.CannotCancelError:
        messages.error(request, _("This order can no longer be cancelled: it is paid, or over."))
    return see_other(order)


def _ask_to_cancel(request: HttpRequest, order: Order) -> HttpResponse:
    """Open a case about all that has not left; a parcel that was faster wins."""
    units = {line.pk: line.unshipped_quantity for line in order.lines.all()}
    wish = Wish(ReturnCase.Kind.CANCELLATION, ReturnCase.Reason.NOT_WANTED, units)
    try:
        if not cancelling.is_paid_and_here(order):
            raise requesting.NothingLeftError
        case = requesting.request(order=order, wish=wish, at=timezone.now(), actor=_user(request))
    except requesting.CannotAskError:
        messages.error(request, _("The order has left meanwhile, or was cancelled before. You can still return it."))
        return see_other(order)
    messages.success(request, _("Your request is sent."))
    return see_other(case)


def _asked(request: HttpRequest, template: str, context: dict[str, Any], *, is_possible: bool) -> HttpResponse:
    """Show the page that asks first; an order for which it is too late shows itself."""
    return render(request, template, context) if is_possible else redirect(context["order"])


def _user(request: HttpRequest) -> User | None:
    """Return who is signed in; a guest acts by the order's number and a mailed code."""
    return cart_http.user_of(request)
