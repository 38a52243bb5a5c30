"""Many orders shipped at once: the table to ship, what would happen to what comes back, and that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import admin, messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from core import sheets
from core.http import see_other
from orders.admin.pages import OrderPages
from orders.forms import batch
from orders.forms.batch import BatchForm
from orders.models import Order
from orders.selectors import to_ship
from orders.services import batches
from orders.services.batches import Told, Verdict

_GOOD = (Verdict.WILL_SHIP, Verdict.SHIPPED, Verdict.DONE)
_QUIET = (Verdict.EMPTY,)


class BatchPages(OrderPages):
    """The table of orders to ship: down, up, tried, done."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the table."""
        view = self.admin_site.admin_view
        return [
            path("to-ship.csv", view(self.to_ship_view), name="orders_order_to_ship"),
            path("batch/", view(self.batch_view), name="orders_order_batch"),
            path("batch/apply/", view(self.apply_view), name="orders_order_batch_apply"),
            path("ship-listed/", view(require_POST(self.ship_listed_view)), name="orders_order_ship_listed"),
            *super().get_urls(),
        ]

    @admin.action(description=gettext_lazy("Download table to ship (CSV)"), permissions=["change"])
    def download_to_ship(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        """Return the chosen orders that are to leave as a table."""
        return _file(self.changeable(request).filter(pk__in=queryset.order_by().values("pk")))

    def to_ship_view(self, request: HttpRequest) -> HttpResponse:
        """Return all orders that are to leave as a table."""
        return _file(self.changeable(request))

    def batch_view(self, request: HttpRequest) -> HttpResponse:
        """Take a table and show what would happen to each of its rows; nothing happens yet."""
        orders = self.changeable(request)
        form = BatchForm(request.POST or None, request.FILES or None)
        told: Sequence[Told] = []
        if request.method == "POST" and form.is_valid():
            told = batches.plan(rows=form.rows, orders=orders)
            if not told:
                form.add_error("file", _("The table has no rows."))
        context = self._context(request, told, title=_("Ship many orders"), form=form, limit=to_ship.LIMIT)
        if told:
            context["sealed"] = batch.seal(told, user_id=cast("User", request.user).pk)
        return render(request, "admin/orders/order/batch.html", context, status=422 if form.errors else 200)

    def apply_view(self, request: HttpRequest) -> HttpResponse:
        """Ship what was shown, and say what became of each row; pressed again, it is done already."""
        orders = self.changeable(request)
        page = f"{self.admin_site.name}:orders_order_batch"
        if request.method != "POST":
            return see_other(page)
        user = cast("User", request.user)
        try:
            rows = batch.unseal(request.POST.get("sealed", ""), user_id=user.pk)
        except signing.BadSignature:
            messages.error(request, _("This was shown too long ago, or to somebody else. Upload the table again."))
            return see_other(page)
        told = batches.apply(rows=rows, orders=orders, actor=user, at=timezone.now())
        context = self._context(request, told, title=_("Ship many orders"), is_done=True)
        return render(request, "admin/orders/order/batch.html", context)

    def ship_listed_view(self, request: HttpRequest) -> HttpResponse:
        """Ship the orders of the list that got a tracking number there; rows that cannot leave are shown with why."""
        orders, carrier = self.changeable(request), request.POST.get("carrier", "")
        rows = batch.typed_rows(request.POST, carrier)
        told = batches.apply(rows=rows, orders=orders, actor=cast("User", request.user), at=timezone.now())
        if any(each.verdict not in _GOOD for each in told):
            context = self._context(request, told, title=_("Ship many orders"), is_done=True)
            return render(request, "admin/orders/order/batch.html", context, status=422)
        count = len(told)
        words = ngettext("%(count)s order shipped", "%(count)s orders shipped", count) % {"count": count}
        messages.success(request, words if count else _("No tracking number was entered."))
        return HttpResponseRedirect(f"{reverse(f'{self.admin_site.name}:orders_order_changelist')}?stage=to-ship")

    def _context(self, request: HttpRequest, told: Sequence[Told], **own: Any) -> dict[str, Any]:
        """Return what the page shows: rows with words and colours, and how many of each."""
        rows = [{"told": each, "label": batch.LABELS[each.verdict], "tone": _tone(each.verdict)} for each in told]
        will = sum(each.verdict == Verdict.WILL_SHIP for each in told)
        shipped = sum(each.verdict == Verdict.SHIPPED for each in told)
        refused = sum(each.verdict not in (*_GOOD, *_QUIET) for each in told)
        done = sum(each.verdict == Verdict.DONE for each in told)
        sums = [
            (will, ngettext("%(count)s order will ship", "%(count)s orders will ship", will)),
            (shipped, ngettext("%(count)s order shipped", "%(count)s orders shipped", shipped)),
            (done, ngettext("%(count)s order had left before", "%(count)s orders had left before", done)),
            (refused, ngettext("%(count)s row is refused", "%(count)s rows are refused", refused)),
        ]
        texts = [text % {"count": count} for count, text in sums if count]
        return self.context(request, rows=rows, sums=texts, will=will, **own)


def _tone(verdict: Verdict) -> str:
    return "way" if verdict in _GOOD else "done" if verdict in _QUIET else "pay"


def _file(orders: QuerySet[Order]) -> HttpResponse:
    response = HttpResponse(sheets.write(to_ship.table(orders)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="to-ship-{timezone.localdate()}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
