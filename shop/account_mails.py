"""Mails to the owner of an account, or to whoever has an address that was typed."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language

from accounts.models import User
from catalog.selectors import content
from notifications.services import outbox


def write(*, kind: str, recipient: str, user: User | None, at: datetime, **details: str | int) -> None:
    """Note a mail in the outbox, in the user's language or else that of the page.

    kind: of its templates. details: what they show beside the names of shop and user.
    """
    outbox.write(
        key=f"{kind}:{uuid.uuid4()}",
        kind=kind,
        recipient=recipient,
        language=(user.language if user else "") or get_language() or settings.LANGUAGE_CODE,
        context={"shop": content.storefront().name, "name": user.get_full_name() if user else "", **details},
        at=at,
    )
