"""A buyer's account: where things stand, and all own orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.http import private_page, safe_next, see_other
from orders.models import Order
from orders.selectors import actions, own, stages
from orders.selectors.own import OVER, Tab
from orders.services import hiding

LATEST = 3


@require_safe
@private_page
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show how many orders wait for what, and the latest ones."""
    counts = own.counts(user=_user(request))
    latest = own.page(user=_user(request), size=LATEST).orders
    context = {"tabs": _tabs(counts), "orders": _told(latest, at=timezone.now()), "tab": "account"}
    return render(request, "account/overview.html", context)


@require_safe
@private_page
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Show own orders, narrowed by tab and words; pages go on from the last order shown."""
    tab, words, before = _tab(request), request.GET.get("q", "").strip(), request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Http404
    page = own.page(user=_user(request), tab=tab, words=words.replace("\x00", ""), before=int(before or 0) or None)
    counts = own.counts(user=_user(request))
    context = {
        "tabs": _tabs(counts),
        "hidden": counts[Tab.HIDDEN],
        "chosen": tab or "",
        "words": words,
        "orders": _told(page.orders, at=timezone.now()),
        "next_before": page.next_before,
        "tab": "account",
    }
    return render(request, "account/orders.html", context)


@require_POST
@login_required
def hide(request: HttpRequest, number: str) -> HttpResponse:
    """Take an order out of the list, or put it back; both are done where the buyer stands."""
    order = get_object_or_404(Order.objects.visible_to(_user(request)), number=number)
    if "show" in request.POST:
        hiding.show(user=_user(request), order=order)
    else:
        try:
            hiding.hide(user=_user(request), order=order)
            messages.success(request, _("The order is hidden. You find it below, under “Hidden orders”."))
        except hiding.StillOpenError:
            messages.error(request, _("An order can be hidden once it is completed or cancelled."))
    return see_other(safe_next(request, default=reverse("account_orders")))


def _user(request: HttpRequest) -> Any:
    return request.user


def _tab(request: HttpRequest) -> Tab | None:
    """Return the tab the address names; none for all orders; an unknown one is 404."""
    given = request.GET.get("status", "")
    if not given:
        return None
    if given not in list(Tab):
        raise Http404
    return Tab(given)


def _tabs(counts: dict[Tab, int]) -> list[dict[str, Any]]:
    """Return the tabs with their counts; hidden orders have a link of their own below the list."""
    return [
        {"code": tab, "label": own.LABELS[tab], "count": count} for tab, count in counts.items() if tab != Tab.HIDDEN
    ]


def _told(orders: Any, *, at: datetime) -> list[dict[str, Any]]:
    """Return orders with what the buyer is told about each."""
    return [
        {
            "order": each,
            "label": stages.LABELS[stage],
            "offers": actions.offers(each, at=at),
            "is_over": each.status in OVER,
        }
        for each, stage in ((each, stages.stage(each)) for each in orders)
    ]
