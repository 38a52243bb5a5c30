"""A paid order is changed: lines taken out and put in, shown with the difference before anything happens."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from catalog.services import stock
from core.http import see_other
from core.money import Money
from orders.admin.pages import OrderPages
from orders.forms.goods import GoodsForm
from orders.models import Order, OrderEdit, OrderLine
from orders.selectors import edits
from orders.services import editing

_CANNOT_BE_EDITED = gettext_lazy(
    "This order cannot be changed now: it is not paid, has left, is over, its buyer waits for an answer, or a change "
    "waits for its payment."
)


class EditForm(GoodsForm):
    """How many units of each line go, which SKUs come, and words for the buyer.

    version, difference: what was shown, which must still be so.
    """

    note = forms.CharField(label=gettext_lazy("Words for the buyer"), required=False, max_length=200)
    version = forms.CharField(widget=forms.HiddenInput, max_length=32)
    difference = forms.DecimalField(widget=forms.HiddenInput, required=False, max_digits=12, decimal_places=2)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: Order, lines: list[OrderLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self._order, self._lines = order, [line for line in lines if line.unshipped_quantity]
        for line in self._lines:
            self.fields[f"out_{line.pk}"] = forms.IntegerField(
                required=False, min_value=0, max_value=line.unshipped_quantity, initial=0
            )
        self.add_goods_fields()

    def clean(self) -> dict[str, Any]:
        """Find the variants of the SKUs."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        goods = self.clean_goods([self._order.merchant_id])
        self.added = {variant.pk: units for variant, units in goods.items()}
        return cleaned

    def change(self) -> edits.Change:
        """Return what was typed."""
        removed = {line.pk: self.cleaned_data[f"out_{line.pk}"] or 0 for line in self._lines}
        return edits.Change(removed, self.added)

    def proposal(self) -> editing.Proposal:
        """Return what was seen and confirmed."""
        typed = self.cleaned_data
        seen = Money(typed["difference"] or Decimal(0), self._order.currency)
        return editing.Proposal(self.change(), typed["version"], seen, typed["token"], typed["note"])

    def lines(self) -> list[tuple[OrderLine, forms.BoundField]]:
        """Return lines with their fields, for the page."""
        return [(line, self[f"out_{line.pk}"]) for line in self._lines]


class EditingPages(OrderPages):
    """Two pages of an order in the back office."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which an order is changed, and the button that takes a proposed change back."""
        prefix, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        withdraw = view(require_POST(self.withdraw_view))
        return [
            path("<int:order_id>/edit/", view(self.edit_view), name=f"{prefix}_edit"),
            path("<int:order_id>/edit/<int:edit_id>/withdraw/", withdraw, name=f"{prefix}_withdraw"),
            *super().get_urls(),
        ]

    def edit_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Say what is to be changed, see the difference, confirm it."""
        order = self.changeable_order(request, order_id)
        if request.method != "POST" and (not edits.is_editable(order) or edits.proposed(order)):
            messages.error(request, _CANNOT_BE_EDITED)
            return see_other(self.page_of(order))
        lines = list(order.lines.select_related("variant").order_by("position"))
        initial = {"version": edits.version(order, lines), "token": uuid.uuid4()}
        form = EditForm(request.POST or None, initial=initial, order=order, lines=lines)
        if request.method != "POST" or not form.is_valid():
            return self._edit_page(request, order, form)
        if request.POST.get("act") == "confirm" and self._propose(request, order, form):
            return see_other(self.page_of(order))
        return self._edit_page(request, order, form, self._edit_plan(order, lines, form))

    def withdraw_view(self, request: HttpRequest, order_id: int, edit_id: int) -> HttpResponse:
        """Take a proposed change back."""
        order = self.changeable_order(request, order_id)
        edit = OrderEdit.objects.filter(order=order, pk=edit_id).first()
        if edit is None:
            raise Http404
        if editing.withdraw(edit=edit, actor=cast("User", request.user), at=timezone.now()):
            messages.success(request, _("The change is withdrawn."))
        else:
            messages.error(request, _("The order has moved on since this page was shown. Please look again."))
        return see_other(self.page_of(order))

    def _propose(self, request: HttpRequest, order: Order, form: EditForm) -> bool:
        """Make the change; false, with the reason in the form, when it is not what was shown."""
        actor, now = cast("User", request.user), timezone.now()
        try:
            edit = editing.propose(order=order, proposal=form.proposal(), actor=actor, at=now)
        except editing.MovedOnError:
            form.add_error(None, _("The order or a price has changed since this page was shown. Look at it again."))
        except editing.CannotEditError:
            form.add_error(None, _CANNOT_BE_EDITED)
        except edits.CannotPlanError:
            pass  # the page says why when it plans once more
        except stock.OutOfStockError:
            form.add_error(None, _("There are not enough in stock of what is to be added."))
        else:
            is_done = edit.status == OrderEdit.Status.APPLIED
            done = _("The order is changed.")
            messages.success(request, done if is_done else _("The buyer has got the change with a way to pay for it."))
            return True
        return False

    def _edit_plan(self, order: Order, lines: list[OrderLine], form: EditForm) -> edits.Plan | None:
        try:
            return edits.plan(order=order, lines=lines, change=form.change(), at=timezone.now())
        except edits.NothingChangedError:
            form.add_error(None, _("Nothing is taken out and nothing added."))
        except edits.NothingLeftError:
            form.add_error(None, _("Nothing would be left of the order. Cancel it instead."))
        except edits.UnitsGoneError:
            form.add_error(None, _("Something to be taken out has left, is cancelled, or its buyer has asked for it."))
        except edits.NotForSaleError as error:
            form.add_error(None, _("%(sku)s is not for sale: it is not offered or has no price.") % {"sku": error.sku})
        return None

    def _edit_page(
        self, request: HttpRequest, order: Order, form: EditForm, plan: edits.Plan | None = None
    ) -> HttpResponse:
        """Show the form, with what it would mean when that is known; what was seen goes along."""
        seen = {}
        if plan is not None:
            lines = list(order.lines.order_by("position"))
            seen = {"seen_version": edits.version(order, lines), "seen_difference": str(plan.difference.amount)}
        title = _("Change order %(number)s") % {"number": order.number}
        context = self.context(request, title=title, order=order, form=form, plan=plan, **seen)
        return render(request, "admin/orders/order/edit.html", context, status=422 if form.errors else 200)
