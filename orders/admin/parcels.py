"""Parcels in the back offices: taken back, and where they are."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.http import see_other
from core.templatetags.kaishi import moment
from orders.admin.pages import OrderPages
from orders.forms.tracking import TrackingForm
from orders.models import Order, Shipment
from orders.services import shipping, tracking
from orders.services.shipping import Hindrance

HINDRANCES = {
    Hindrance.UNDONE: gettext_lazy("This parcel was taken back before."),
    Hindrance.TIME: gettext_lazy("It is too late to take this parcel back."),
    Hindrance.REPLACEMENT: gettext_lazy("This parcel belongs to a return case."),
    Hindrance.OVER: gettext_lazy("The buyer has confirmed receipt."),
    Hindrance.CARRIER: gettext_lazy("The carrier has this parcel already."),
    Hindrance.CASE: gettext_lazy("A return or refund of what has left was asked for, or given."),
}


class ParcelPages(OrderPages):
    """The pages of a parcel."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of a parcel."""
        view, parcel = self.admin_site.admin_view, "<int:order_id>/parcels/<int:shipment_id>"
        return [
            path(f"{parcel}/undo/", view(self.undo_view), name="orders_order_undo"),
            path(f"{parcel}/track/", view(self.track_view), name="orders_order_track"),
            *super().get_urls(),
        ]

    def undo_view(self, request: HttpRequest, order_id: int, shipment_id: int) -> HttpResponse:
        """Ask whether a parcel is to be taken back, and take it back."""
        order = self.changeable_order(request, order_id)
        shipment = _parcel(order, shipment_id)
        if request.method != "POST":
            title = _("Take parcel %(number)s back") % {"number": shipment.tracking_number}
            context = self.context(request, title=title, order=order, shipment=shipment)
            context |= {"until": shipping.undo_until(shipment)}
            return render(request, "admin/orders/order/undo.html", context)
        try:
            shipping.undo(shipment=shipment, actor=cast("User", request.user), at=timezone.now())
            messages.success(request, _("The parcel is taken back, and the buyer is told."))
        except shipping.CannotUndoError as error:
            messages.error(request, HINDRANCES[error.hindrance])
        return see_other(self.page_of(order))

    def track_view(self, request: HttpRequest, order_id: int, shipment_id: int) -> HttpResponse:
        """Show what the carrier says of a parcel, and add to it."""
        order = self.changeable_order(request, order_id)
        shipment = _parcel(order, shipment_id)
        form = TrackingForm(request.POST or None, initial={"happened_at": timezone.localtime()})
        if request.method == "POST" and form.is_valid() and self._follow(request, shipment, form):
            return see_other(request.path)
        title = _("Tracking of parcel %(number)s") % {"number": shipment.tracking_number}
        told = shipment.events.order_by("-happened_at", "-pk")
        context = self.context(request, title=title, order=order, shipment=shipment, form=form, told=told)
        return render(request, "admin/orders/order/track.html", context, status=422 if form.errors else 200)

    def _follow(self, request: HttpRequest, shipment: Shipment, form: TrackingForm) -> bool:
        """Keep an event; false, with the reason in the form, when it cannot be."""
        actor, now = cast("User", request.user), timezone.now()
        try:
            new = tracking.follow(shipment=shipment, tracker=form.tracker(), actor=actor, at=now)
        except tracking.ImpossibleMomentError:
            form.add_error("happened_at", _("This is in the future, or before the order was placed."))
        except tracking.CannotTrackError:
            form.add_error(None, _("This parcel was taken back."))
        else:
            messages.success(request, _("Noted.") if new else _("This was known before."))
            return True
        return False

    def parcel_links(self, shipment: Shipment) -> SafeString:
        """Return the ways to what can be done with a parcel."""
        if shipment.undone_at:
            return format_html('<span class="stage done">{}</span>', _("Taken back %s") % moment(shipment.undone_at))
        pages = [("track", _("Tracking"))]
        until = shipping.undo_until(shipment)
        if shipment.case_id is None and timezone.now() <= until:
            pages.append(("undo", _("Take back (until %s)") % timezone.localtime(until).strftime("%H:%M")))
        links = [(self._page(shipment, name), text) for name, text in pages]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def _page(self, shipment: Shipment, name: str) -> str:
        arguments: list[Any] = [shipment.order_id, shipment.pk]
        return reverse(f"{self.admin_site.name}:orders_order_{name}", args=arguments)


def _parcel(order: Order, shipment_id: int) -> Shipment:
    found = Shipment.objects.filter(order=order, pk=shipment_id).first()  # the list's orders know only what was sent
    if found is None:
        raise Http404
    return found
