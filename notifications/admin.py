"""The outbox: read by operators, and sent again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import operators
from notifications.models import Message
from notifications.services import outbox


@admin.register(Message, site=operators)
class MessageAdmin(admin.ModelAdmin[Message]):
    """Mails and what became of them."""

    list_display = ("kind", "recipient", "status", "attempts", "created_at", "sent_at", "error")
    list_filter = ("status", "kind", "language")
    search_fields = ("recipient__iexact", "key__exact")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("send_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Mails are written by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A mail is not edited after the fact."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The log stays."""
        return False

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Queue the chosen mails once more."""
        for message in queryset:
            outbox.send_again(message=message, at=timezone.now())
