"""The cashier, the way back from a provider, and the inbox for notices."""

from __future__ import annotations

import uuid as uuids
from datetime import timedelta

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.selectors import content
from core.http import SeeOther, private_page
from orders import http as order_http
from orders.models import Order, OrderEdit
from orders.selectors import edits
from payments.models import Payment
from payments.providers import registry
from payments.providers.interface import GatewayRefusedError, GatewayUnavailableError
from payments.services import attempts, expiry, notices

NOTICE_LIMIT = 65536
ASK_PAUSE = timedelta(seconds=2)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@order_http.shows_no_order
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is to be paid, until when and how; a POST goes to the provider's page."""
    order = order_http.order_or_404(request, number, must_act=True)
    now = timezone.now()
    edit = edits.payable(order, at=now)
    if order.status == Order.Status.AWAITING_PAYMENT and order.pay_by <= now:
        expiry.expire(purchase_id=order.purchase_id, at=now)
        order.refresh_from_db()
    if order.status != Order.Status.AWAITING_PAYMENT and edit is None:
        return redirect("orders:thanks" if order.paid_at else "orders:order", order.number)
    if request.method == "POST":
        return _open(request, order, edit)
    return _cashier(request, order, edit)


@require_safe
@private_page
@order_http.shows_no_order
def payment(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Show a payment under way."""
    found = _own_or_404(request, uuid)
    if found.status == Payment.Status.SUCCEEDED:
        return redirect("orders:order" if found.edit_id else "orders:thanks", _number(found))
    context = {"payment": found, "number": _number(found), "is_claimed": "claimed" in request.GET}
    return render(request, "payments/payment.html", context)


@require_safe
@private_page
@order_http.shows_no_order
def status(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Ask the provider what became of a payment, and show it."""
    return _look_again(request, uuid)


@require_safe
@private_page
@order_http.shows_no_order
def return_(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Receive the browser back from the provider; what its address says is never believed."""
    return _look_again(request, uuid)


@csrf_exempt
@require_POST
def notify(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a provider's notice; anything but our acknowledgement makes it come again."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > NOTICE_LIMIT:
        return HttpResponse(status=413)
    try:
        body = request.body
        answer = notices.receive(provider_code=provider, body=body, headers=dict(request.headers), at=timezone.now())
    except registry.UnknownProviderError as error:
        raise Http404 from error
    except (notices.RefusedNoticeError, RequestDataTooBig, RawPostDataException):
        return HttpResponse(status=400)
    return HttpResponse(answer, content_type="text/plain")


def _look_again(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    found = _own_or_404(request, uuid)
    now = timezone.now()
    if found.is_open and (found.queried_at is None or now - found.queried_at > ASK_PAUSE):
        attempts.ask(payment=found, at=now)
    claimed = "?claimed=1" if "claimed" in request.GET else ""
    return redirect(resolve_url("payments:payment", uuid) + claimed)


def _open(request: HttpRequest, order: Order, edit: OrderEdit | None) -> HttpResponse:
    """Open an attempt at the chosen provider and send the browser there."""
    code = request.POST.get("payment") or order.purchase.payment_provider
    subject = f"{content.storefront().name} {order.number}"
    try:
        attempt = attempts.open_attempt(
            purchase=order.purchase, provider_code=code, subject=subject, edit=edit, at=timezone.now()
        )
    except registry.UnknownProviderError:
        return _cashier(request, order, edit, problem=_("Choose a payment method"), status=422)
    except (GatewayUnavailableError, GatewayRefusedError):
        problem = _("This payment method does not answer at the moment. Nothing was charged; please try again.")
        return _cashier(request, order, edit, problem=problem, status=503)
    except attempts.NotPayableError:
        return redirect("orders:order", order.number)
    return SeeOther(attempt.pay_url)


def _cashier(
    request: HttpRequest, order: Order, edit: OrderEdit | None, *, problem: str = "", status: int = 200
) -> HttpResponse:
    orders = [order] if edit else list(Order.objects.filter(purchase=order.purchase_id).order_by("pk"))
    seconds = max(0, int((order.pay_by - timezone.now()).total_seconds()))
    context = {
        "order": order,
        "orders": orders,
        "purchase": order.purchase,
        "edit": edit,
        "due": edit.difference if edit else order.purchase.money,
        "minutes": -(-seconds // 60),
        "is_in_review": order.payment_status == Order.PaymentStatus.NEEDS_REVIEW,
        "problem": problem,
    }
    return render(request, "payments/pay.html", context, status=status)


def _own_or_404(request: HttpRequest, uuid: uuids.UUID) -> Payment:
    """Return a payment of a purchase whose orders this visitor may open."""
    found = get_object_or_404(Payment.objects.select_related("purchase", "edit__order"), uuid=uuid)
    order_http.order_or_404(request, _number(found))
    return found


def _number(found: Payment) -> str:
    if found.edit:
        return found.edit.order.number
    return found.purchase.orders.order_by("pk").values_list("number", flat=True)[0]
