"""Pages for paper: what to take from the shelves, and what lies in each parcel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.http import see_other
from orders.admin.pages import OrderPages
from orders.models import Order
from orders.selectors import packing
from orders.services import picking

LIMIT = 200  # orders on a print: more is nobody's walk, and too long an address


class PrintPages(OrderPages):
    """Pick lists and packing slips of chosen orders."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages for paper."""
        view = self.admin_site.admin_view
        return [
            path("pick-list/", view(self.pick_list_view), name="orders_order_pick_list"),
            path("packing-slips/", view(self.packing_slips_view), name="orders_order_packing_slips"),
            *super().get_urls(),
        ]

    @admin.action(description=gettext_lazy("Print pick list (packing begins)"), permissions=["change"])
    def print_pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Mark the chosen orders as being packed, and show what to take from the shelves."""
        return self._begin(request, _ids(queryset))

    @admin.action(description=gettext_lazy("Print packing slips"), permissions=["change"])
    def print_packing_slips(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Show the packing slips of the chosen orders."""
        return self._print(request, "packing_slips", _ids(queryset))

    def pick_list_view(self, request: HttpRequest) -> HttpResponse:
        """Show what to take from the shelves; a POST marks the orders as being packed first."""
        chosen = self._chosen(request)
        if request.method == "POST":
            return self._begin(request, _ids(chosen))
        waiting = Order.objects.to_pack().values("pk")
        orders = packing.with_contents(chosen.filter(pk__in=waiting))
        left_out = list(chosen.exclude(pk__in=waiting).order_by("pk"))
        context = {"picks": packing.picks(orders), "orders": orders, "left_out": left_out, "now": timezone.now()}
        return render(request, "admin/orders/order/pick_list.html", context)

    def packing_slips_view(self, request: HttpRequest) -> HttpResponse:
        """Show a packing slip for each order."""
        orders = packing.with_contents(self._chosen(request))
        return render(request, "admin/orders/order/packing_slips.html", {"slips": packing.slips(orders)})

    def _begin(self, request: HttpRequest, order_ids: Sequence[int]) -> HttpResponse:
        if len(order_ids) <= LIMIT:
            picking.begin(order_ids=order_ids, actor=cast("User", request.user), at=timezone.now())
        return self._print(request, "pick_list", order_ids)

    def _print(self, request: HttpRequest, page: str, order_ids: Sequence[int]) -> HttpResponse:
        """Lead to a page for paper, which can be loaded and printed again."""
        office = self.admin_site.name
        if len(order_ids) > LIMIT:
            messages.error(request, _("Choose %(limit)s orders at most to print.") % {"limit": LIMIT})
            return see_other(reverse(f"{office}:orders_order_changelist"))
        query = urlencode({"orders": ",".join(map(str, order_ids))})
        return see_other(f"{reverse(f'{office}:orders_order_{page}')}?{query}")

    def _chosen(self, request: HttpRequest) -> QuerySet[Order]:
        """Return the orders an address names; 404 when one of them is not there or another merchant's."""
        given = [each for each in request.GET.get("orders", "").split(",") if each.isascii() and each.isdecimal()]
        wanted = {int(each) for each in given[: LIMIT + 1] if len(each) < 19}
        found = self.changeable(request).filter(pk__in=wanted)
        if not wanted or len(wanted) > LIMIT or found.count() != len(wanted):
            raise Http404
        return found


def _ids(orders: QuerySet[Order]) -> list[int]:
    return list(orders.order_by("pk").values_list("pk", flat=True)[: LIMIT + 1])
