"""What the shop keeps about the mails to somebody, for the recipient to take away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from notifications.models import Message

MESSAGE = ("kind", "recipient", "language", "context", "status", "created_at", "sent_at")
SECRET = ("code", "link")  # of a context: they open something, and stay in the mailbox they were sent to


@dataclass(frozen=True)
class About:
    """What a person's mails are known by, since an address alone may be somebody else's.

    emails: addresses that are proved to be the person's, in lower case. numbers: of the person's orders.
    wished: an address the person wants to have, in lower case, or nothing.
    """

    emails: Collection[str]
    numbers: Collection[str]
    wished: str = ""


def mails(about: About) -> QuerySet[Message]:
    """Return the mails about a person."""
    wish = Q(kind="email_change_new", address=about.wished) if about.wished else Q(pk=None)
    own = Q(address__in=list(about.emails)) | Q(context__number__in=list(about.numbers)) | wish
    return Message.objects.annotate(address=Lower("recipient")).filter(own).order_by("pk")


def records(*, about: About) -> dict[str, list[dict[str, Any]]]:
    """Return rows by the name of their table; one query."""
    rows: list[Any] = list(mails(about).values(*MESSAGE))
    for row in rows:
        row["context"] = {name: value for name, value in row["context"].items() if name not in SECRET}
    return {"mails": rows}
