"""Write a message in the transaction that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core import nudge
from notifications.models import Message


@transaction.atomic
def write(*, key: str, kind: str, recipient: str, language: str, context: dict[str, Any], at: datetime) -> None:
    """Note a mail to be sent after the commit; a key that was used before changes nothing.

    kind: names the templates `mail/<kind>.subject.txt`, `.txt` and `.html`.
    context: JSON values only; the mail is rendered from them when it is sent.
    """
    message = Message(key=key, kind=kind, recipient=recipient, language=language, context=context, due_at=at)
    Message.objects.bulk_create([message], ignore_conflicts=True)
    nudge.on_commit("notifications.tasks.deliver_due")


@transaction.atomic
def send_again(*, message: Message, at: datetime) -> None:
    """Queue a message that was sent or given up once more, under the same Message-ID."""
    Message.objects.filter(pk=message.pk).update(status=Message.Status.PENDING, attempts=0, due_at=at, error="")
    nudge.on_commit("notifications.tasks.deliver_due")
