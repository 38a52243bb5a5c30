"""A buyer's account: where things stand, and all own orders."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.http import private_page
from orders.selectors import own, stages
from orders.selectors.stages import Stage

LATEST = 3


@require_safe
@private_page
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show how many orders wait for what, and the latest ones."""
    counts = own.counts(user=_user(request))
    latest = own.page(user=_user(request), size=LATEST).orders
    context = {"tabs": _tabs(counts), "orders": _told(latest), "tab": "account"}
    return render(request, "account/overview.html", context)


@require_safe
@private_page
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Show own orders, narrowed by tab and words; pages go on from the last order shown."""
    stage, words, before = _stage(request), request.GET.get("q", "").strip(), request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Http404
    page = own.page(user=_user(request), stage=stage, words=words.replace("\x00", ""), before=int(before or 0) or None)
    context = {
        "tabs": _tabs(own.counts(user=_user(request))),
        "chosen": stage or "",
        "words": words,
        "orders": _told(page.orders),
        "next_before": page.next_before,
        "tab": "account",
    }
    return render(request, "account/orders.html", context)


def _user(request: HttpRequest) -> Any:
    return request.user


def _stage(request: HttpRequest) -> Stage | None:
    """Return the tab the address names; none for all orders; an unknown one is 404."""
    given = request.GET.get("status", "")
    if not given:
        return None
    if given not in own.TABS:
        raise Http404
    return Stage(given)


def _tabs(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"code": code, "label": stages.LABELS[Stage(code)].tab, "count": count} for code, count in counts.items()]


def _told(orders: Any) -> list[dict[str, Any]]:
    """Return orders with what the buyer is told about each."""
    return [{"order": each, "label": stages.LABELS[stages.stage(each)], "stage": stages.stage(each)} for each in orders]
