"""The outbox: read by operators, and sent again."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyModelAdmin, operators
from notifications.models import Message
from notifications.selectors import rendering
from notifications.services import outbox


@admin.register(Message, site=operators)
class MessageAdmin(ReadOnlyModelAdmin):
    """Mails and what became of them."""

    list_display = ("subject", "recipient", "status", "attempts", "created_at", "sent_at", "error")
    list_filter = ("status", "kind", "language")
    search_fields = ("recipient__iexact", "key__exact")
    exclude = ("context",)  # holds links that open orders and set passwords: nobody's but the recipient's
    actions = ("send_again",)

    @admin.display(description=_("subject"))
    def subject(self, message: Message) -> str:
        """What the recipient reads first; the kind of a message that cannot be rendered."""
        try:
            return rendering.subject(message)
        except rendering.UNREADABLE:
            return message.kind

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Sending is more than looking: it takes the right to change mails, though none is edited."""
        return request.user.has_perm("notifications.change_message")

    @admin.action(description=_("Send again"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Queue the chosen mails once more."""
        for message in queryset:
            outbox.send_again(message=message, at=timezone.now())
