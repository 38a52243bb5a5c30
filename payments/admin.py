"""Payments, notices and refunds: read by operators."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyModelAdmin, operators
from payments.models import Payment, ProviderEvent, Refund


@admin.register(Payment, site=operators)
class PaymentAdmin(ReadOnlyModelAdmin):
    """Attempts to pay."""

    list_display = ("out_trade_no", "provider", "amount", "currency", "status", "is_surplus", "refunded", "created_at")
    list_filter = ("status", "provider", "is_surplus")
    search_fields = ("out_trade_no__startswith", "provider_trade_no__exact")


@admin.register(ProviderEvent, site=operators)
class ProviderEventAdmin(ReadOnlyModelAdmin):
    """Notices of providers."""

    list_display = ("received_at", "provider", "event_id", "verdict", "is_verified", "seen_count", "payment")
    list_filter = ("verdict", "provider", "is_verified")
    list_select_related = ("payment",)
    search_fields = ("event_id__exact", "payment__out_trade_no__startswith")
    fields = ("received_at", "provider", "event_id", "verdict", "is_verified", "seen_count", "payment", "content")
    readonly_fields = ("content",)

    @admin.display(description=_("content"))
    def content(self, event: ProviderEvent) -> str:
        """The body as it came."""
        return bytes(event.body).decode(errors="replace")[:4000]


@admin.register(Refund, site=operators)
class RefundAdmin(ReadOnlyModelAdmin):
    """Money on its way back."""

    list_display = ("number", "amount", "reason", "status", "attempts", "error", "created_at")
    list_filter = ("status", "reason")
    search_fields = ("number__startswith",)
