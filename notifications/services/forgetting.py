"""The outbox forgets a person."""

from __future__ import annotations

from notifications.models import Message
from notifications.selectors import personal


def forget(*, about: personal.About, email: str) -> int:
    """Empty all mails about a person, and send none of them any more; return how many.

    That there was a mail remains, for the books. email: what stands in the recipient's place.
    """
    pks = list(personal.mails(about).values_list("pk", flat=True))
    waiting = Message.objects.filter(pk__in=pks, status__in=[Message.Status.PENDING, Message.Status.SENDING])
    waiting.update(status=Message.Status.FAILED)
    return Message.objects.filter(pk__in=pks).update(recipient=email, context={}, error="")
