"""What pages of orders in the back offices have in common."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from core.admin import ScopedModelAdmin, managed_merchant_ids
from orders.models import Order


class OrderPages(ScopedModelAdmin):
    """Finds orders, and refuses those that are somebody else's."""

    def changeable_order(self, request: HttpRequest, order_id: int) -> Order:
        """Return an order the user may do something with; 404 when it is not there or another merchant's."""
        request.current_app = self.admin_site.name
        order = self.get_queryset(request).filter(pk=order_id).first()
        if order is None:
            raise Http404
        if not self.has_change_permission(request, order):
            raise PermissionDenied
        return order  # type: ignore[no-any-return]  # the manager of any model

    def changeable(self, request: HttpRequest) -> QuerySet[Order]:
        """Return the orders the user may do something with; 403 to who may do nothing."""
        request.current_app = self.admin_site.name
        if not self.has_change_permission(request):
            raise PermissionDenied
        orders: QuerySet[Order] = self.scope(request, Order.objects.all())
        is_operator = self._is_operator(request)
        return orders if is_operator else orders.filter(merchant__in=managed_merchant_ids(request))

    def page_of(self, order: Order) -> str:
        """Return the address of an order's page in this office."""
        return reverse(f"{self.admin_site.name}:orders_order_change", args=[order.pk])

    def context(self, request: HttpRequest, **own: Any) -> dict[str, Any]:
        """Return what a page of this office shows."""
        return {**self.admin_site.each_context(request), "opts": self.opts, **own}
