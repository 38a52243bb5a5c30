"""The outbox forgets a person."""

from __future__ import annotations

from datetime import datetime

from notifications.models import Message
from notifications.selectors import personal

BATCH = 500


def forget(*, about: personal.About, email: str) -> int:
    """Empty all mails about a person, and send none of them any more; return how many.

    That there was a mail remains, for the books. email: what stands in the recipient's place.
    """
    pks = list(personal.mails(about).values_list("pk", flat=True))
    waiting = Message.objects.filter(pk__in=pks, status__in=[Message.Status.PENDING, Message.Status.SENDING])
    waiting.update(status=Message.Status.FAILED)
    return Message.objects.filter(pk__in=pks).update(recipient=email, context={}, error="")


def forget_old(*, before: datetime, email: str) -> int:
    """Empty one batch of mails that were sent, or given up, and written before a moment; return how many.

    email: what stands in the recipient's place.
    """
    over = Message.objects.filter(created_at__lt=before, status__in=[Message.Status.SENT, Message.Status.FAILED])
    batch = list(over.exclude(context={}).order_by("pk").values_list("pk", flat=True)[:BATCH])
    return Message.objects.filter(pk__in=batch).update(recipient=email, context={}, error="")
