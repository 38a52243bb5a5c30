"""What the shop does with an order that has not left, or whose money it gives back: asked first, done once."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import money
from core.http import see_other
from core.money import Money
from orders.admin.pages import OrderPages
from orders.forms.checkout import OrderAddressForm
from orders.models import DeliveryMethod, Order
from orders.selectors import refundable
from orders.services import addressing, cancelling, goodwill, repaying

_CANNOT_BE_CANCELLED = gettext_lazy(
    "This order cannot be cancelled: something of it has left, it is over, its payment is being looked at, or its "
    "buyer has asked for something that has to be answered first."
)


_CANNOT_BE_READDRESSED = gettext_lazy(
    "The address can be changed while nothing has left and the buyer has asked for nothing back."
)


class CancelForm(forms.Form):
    """Nothing to type; what was seen must still be so."""

    is_paid = forms.BooleanField(required=False, widget=forms.HiddenInput)


class RefundForm(forms.Form):
    """How much goes back for delivery, and beside it."""

    delivery = forms.DecimalField(label=gettext_lazy("For delivery"), min_value=0, max_digits=12, decimal_places=2)
    other = forms.DecimalField(
        label=gettext_lazy("For nothing in particular"), min_value=0, max_digits=12, decimal_places=2
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Something has to go back."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["delivery"] + cleaned["other"]:
            raise forms.ValidationError(_("Enter an amount above zero."))
        return cleaned


class ClosingPages(OrderPages):
    """Pages of an order in the back office."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which an order is cancelled, goes elsewhere, and on which money is given back."""
        prefix, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("<int:order_id>/cancel/", view(self.cancel_view), name=f"{prefix}_cancel"),
            path("<int:order_id>/refund/", view(self.refund_view), name=f"{prefix}_refund"),
            path("<int:order_id>/address/", view(self.address_view), name=f"{prefix}_address"),
            *super().get_urls(),
        ]

    def cancel_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Cancel an order for the shop; all that was paid goes back."""
        order = self.changeable_order(request, order_id)
        if not (cancelling.is_unpaid(order) or cancelling.is_paid_and_here(order)):
            messages.error(request, _CANNOT_BE_CANCELLED)
            return see_other(self.page_of(order))
        is_paid = order.paid_at is not None
        form = CancelForm(request.POST or None, initial={"is_paid": is_paid})
        if request.method != "POST":
            return self._ask(request, "cancel", order, form)
        if not form.is_valid() or form.cleaned_data["is_paid"] != is_paid:
            messages.error(request, _("The order has moved on since this page was shown. Please look again."))
            return see_other(self.page_of(order))
        self._cancel(request, order, is_paid=is_paid)
        return see_other(self.page_of(order))

    def refund_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Give money of an order back; returns and cancellations have ways of their own."""
        order = self.changeable_order(request, order_id)
        if order.paid_at is None or not refundable.left(order):
            messages.error(request, _("Nothing of this order's money is left to give back."))
            return see_other(self.page_of(order))
        form = RefundForm(request.POST or None, initial={"delivery": 0, "other": 0, "token": uuid.uuid4()})
        if request.method == "POST" and form.is_valid() and self._give(request, order, form):
            return see_other(self.page_of(order))
        return self._ask(request, "refund", order, form)

    def address_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Send an order that has not left somewhere else."""
        order = self.changeable_order(request, order_id)
        methods = DeliveryMethod.objects.filter(merchant=order.merchant, is_active=True)
        countries = [country for each in methods.values_list("countries", flat=True) for country in each]
        form = OrderAddressForm(request.POST or None, order=order, countries=countries)
        if not addressing.can_be_readdressed_by_staff(order):
            messages.error(request, _CANNOT_BE_READDRESSED)
            return see_other(self.page_of(order))
        if request.method != "POST" or not form.is_valid():
            title = _("Change address of order %(number)s") % {"number": order.number}
            context = self.context(request, title=title, order=order, form=form)
            return render(request, "admin/orders/order/address.html", context, status=422 if form.errors else 200)
        actor, now = cast("User", request.user), timezone.now()
        try:
            addressing.change(order=order, address=form.address(), actor=actor, at=now, is_staff=True)
            messages.success(request, _("Address saved"))
        except addressing.CannotReaddressError:
            messages.error(request, _CANNOT_BE_READDRESSED)
        return see_other(self.page_of(order))

    def _cancel(self, request: HttpRequest, order: Order, *, is_paid: bool) -> None:
        actor, now, reason = cast("User", request.user), timezone.now(), Order.CancelReason.SHOP
        try:
            if is_paid:
                cancelling.cancel_paid(order=order, reason=reason, actor=actor, at=now)
            else:
                cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=reason, actor=actor, at=now)
            messages.success(request, _("Order %(number)s is cancelled.") % {"number": order.number})
        except cancelling.CannotCancelError:
            messages.error(request, _CANNOT_BE_CANCELLED)

    def _give(self, request: HttpRequest, order: Order, form: RefundForm) -> bool:
        """Give the money back; false, with the reason in the form, when there is less or no such amount."""
        typed = form.cleaned_data
        delivery, other = (Money(typed[name], order.currency) for name in ("delivery", "other"))
        if (delivery, other) != (delivery.rounded(), other.rounded()):
            form.add_error(None, _("%(currency)s has no decimals.") % {"currency": order.currency})
            return False
        try:
            goodwill.give(
                order=order,
                delivery=delivery,
                other=other,
                token=typed["token"],
                actor=cast("User", request.user),
                at=timezone.now(),
            )
        except repaying.TooMuchError as error:
            form.add_error(None, _("At most %(amount)s is left of that.") % {"amount": money.written(error.left, "en")})
            return False
        messages.success(request, _("The refund is on its way."))
        return True

    def _ask(self, request: HttpRequest, name: str, order: Order, form: forms.Form) -> HttpResponse:
        titles = {
            "cancel": _("Cancel order %(number)s") % {"number": order.number},
            "refund": _("Refund money of order %(number)s") % {"number": order.number},
        }
        context = self.context(
            request,
            title=titles[name],
            order=order,
            form=form,
            left=refundable.left(order),
            left_of_delivery=refundable.left_of_delivery(order),
            others=cancelling.paid_together(order) if order.paid_at is None else [],
        )
        return render(request, f"admin/orders/order/{name}.html", context, status=422 if form.errors else 200)
