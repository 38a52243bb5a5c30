"""The mails of a case: each entry of its thread, to the other side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts import selectors as accounts
from catalog.selectors import content
from notifications.services import outbox
from orders.models import CaseEntry
from orders.services import mails

Side = CaseEntry.Side


@dataclass(frozen=True)
class Reader:
    """Who gets a mail about an entry; `tail` tells the mails of several readers of one entry apart."""

    kind: str
    email: str
    language: str
    name: str
    tail: str = ""


def entry(*, entry: CaseEntry, at: datetime) -> None:
    """Tell the other side of an entry; what a deadline or the platform did is told to both."""
    if entry.side != Side.BUYER:
        _tell_buyer(entry, at)
    if entry.side != Side.SHOP:
        _tell_shop(entry, at)


def _tell_buyer(entry: CaseEntry, at: datetime) -> None:
    order = entry.case.order
    with translation.override(order.language):
        path = reverse("returns:case", args=[entry.case.number])
    link = f"{settings.SITE_URL}{path}" if order.user_id else mails.link(order)
    _write(entry, Reader("case_news", order.email, order.language, order.name), link, at)


def _tell_shop(entry: CaseEntry, at: datetime) -> None:
    """Write to those who handle cases of the merchant; to nobody when none of them has an address."""
    path = reverse("merchant:orders_returncase_change", args=[entry.case_id])
    for user in accounts.order_workers(merchant=entry.case.order.merchant):
        reader = Reader("case_work", user.email, user.language or settings.LANGUAGE_CODE, user.username, f":{user.pk}")
        _write(entry, reader, f"{settings.SITE_URL}{path}", at)


def _write(entry: CaseEntry, reader: Reader, link: str, at: datetime) -> None:
    with translation.override(reader.language):
        context = {
            "shop": content.storefront().name,
            "case": str(entry.case),
            "number": entry.case.order.number,
            "name": reader.name,
            "link": link,
            "what": str(entry.get_kind_display()),
            "who": str(entry.get_side_display()),
            "step": entry.kind,
            "side": entry.side,
            "asked": str(entry.case.get_kind_display()),
            "text": entry.text,
            "amount": str(entry.amount) if entry.amount is not None else "",
            "currency": entry.case.order.currency,
        }
    outbox.write(
        key=f"{reader.kind}:{entry.pk}{reader.tail}",
        kind=reader.kind,
        recipient=reader.email,
        language=reader.language,
        context=context,
        at=at,
    )
