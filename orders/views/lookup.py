"""A guest finds an order again: number and email, then the code that is mailed there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import codes, limits
from core.forms import CodeForm
from core.http import client_network, private_page, see_other, too_many
from orders import http
from orders.forms.checkout import NO_SUCH_ORDER, LookupForm
from orders.models import Order
from orders.services import lookups

ASKED = "lookup"  # in the session: id of the look-up whose code this browser may enter


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def lookup(request: HttpRequest) -> HttpResponse:
    """Ask for number and email; whether there is such an order is told by mail alone."""
    if request.method != "POST":
        return render(request, "orders/lookup.html", {"form": LookupForm()})
    if not _may_ask(request):
        return _too_many(request)
    form = LookupForm(request.POST)
    if not form.is_valid():
        return render(request, "orders/lookup.html", {"form": form}, status=422)
    number, email = form.cleaned_data["number"], form.cleaned_data["email"]
    if not http.may_open(request, number):
        return _ask(request, number, email)
    own = Order.objects.filter(number=number, email__iexact=email).first()
    if own is not None:
        return see_other(own)
    form.add_error(None, NO_SUCH_ORDER)
    return render(request, "orders/lookup.html", {"form": form}, status=422)


@require_POST
@private_page
@http.shows_no_order
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Mail a code to the buyer, for a browser that has the mailed link: with the code it may also act."""
    if not _may_ask(request):
        return _too_many(request)
    order = http.order_or_404(request, number)
    return _ask(request, order.number, order.email)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def code(request: HttpRequest) -> HttpResponse:
    """Take the mailed code, and let this browser open the orders of that purchase."""
    lookup_id = request.session.get(ASKED)
    if lookup_id is None:
        return redirect("orders:lookup")
    if request.method != "POST":
        return render(request, "orders/lookup_code.html", {"form": CodeForm(), "minutes": codes.MINUTES})
    if not _may_ask(request, "order-code"):
        return _too_many(request)
    form = CodeForm(request.POST)
    if form.is_valid():
        order = lookups.redeem(lookup_id=lookup_id, code=form.cleaned_data["code"], at=timezone.now())
        if order is not None:
            del request.session[ASKED]
            http.grant(request, order.purchase)
            return see_other(order)
        form.add_error("code", _("This code is not correct, or it is too old"))
    return render(request, "orders/lookup_code.html", {"form": form, "minutes": codes.MINUTES}, status=422)


def _ask(request: HttpRequest, number: str, email: str) -> HttpResponse:
    request.session[ASKED] = lookups.ask(number=number, email=email, at=timezone.now()).pk
    return see_other("orders:lookup_code")


def _may_ask(request: HttpRequest, name: str = "order-lookup") -> bool:
    who, limit = client_network(request), settings.ORDER_LOOKUPS_PER_MINUTE
    return limits.allow(name=name, who=who, limit=limit, seconds=60)


def _too_many(request: HttpRequest) -> HttpResponse:
    return too_many(render(request, "errors/429.html", {"seconds": 60}), seconds=60)
