"""A person's data in all apps at once: packed for its owner, or taken out for good."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts import selectors
from accounts.models import DataExport, User
from accounts.selectors import personal as account
from accounts.services import privacy
from cart import selectors as carts
from cart import services as cart_services
from core import sheets
from notifications.selectors import personal as mails
from notifications.services import forgetting as outbox
from orders.models import Order
from orders.selectors import personal as orders
from orders.services import forgetting
from payments import selectors as payments

logger = logging.getLogger(__name__)
FORGOTTEN = "deleted@shop.invalid"  # stands where the address of an old order or mail stood


def records(*, user: User) -> dict[str, list[dict[str, Any]]]:
    """Return all that the shop keeps about a person: rows by the name of their table."""
    others = carts.records(user=user) | orders.records(user=user) | payments.records(user=user)
    return account.records(user=user) | others | mails.records(about=_about(user))


def pack(*, user: User) -> bytes:
    """Return a ZIP file: everything in data.json, a CSV file for each table that has rows, and the person's picture."""
    tables = json.loads(json.dumps(records(user=user), cls=DjangoJSONEncoder))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(tables, ensure_ascii=False, indent=1))
        for name, rows in tables.items():
            if rows:
                archive.writestr(f"{name}.csv", _csv(rows))
        picture = account.avatar(user=user)
        if picture:
            archive.writestr("picture.webp", picture)
    return file.getvalue()


def pack_waiting(*, at: datetime) -> None:
    """Pack every export that was asked for."""
    while True:
        with transaction.atomic():
            waiting = DataExport.objects.select_for_update(skip_locked=True, of=("self",)).filter(ready_at=None)
            export = waiting.select_related("user").order_by("pk").first()
            if export is None:
                return
            privacy.keep_export(export=export, archive=pack(user=export.user), at=at)


def erase_due(*, at: datetime) -> int:
    """Erase everybody whose week is over; return how many. Who has an open order waits until it is closed."""
    return sum(_erase(user, at) for user in privacy.due_erasures(at=at))


def forget_old(*, at: datetime) -> dict[str, int]:
    """Take people out of what is older than the settings say; return how many purchases and mails."""
    orders_before = at - timedelta(days=settings.ORDER_PERSON_DAYS)
    mails_before = at - timedelta(days=settings.MAIL_DAYS)
    return {
        "purchases": _all(partial(forgetting.forget_old, before=orders_before, email=FORGOTTEN)),
        "mails": _all(partial(outbox.forget_old, before=mails_before, email=FORGOTTEN)),
    }


def _all(batch: Callable[[], int]) -> int:
    """Repeat until there is nothing left to do."""
    return sum(iter(batch, 0))


def _erase(user: User, at: datetime) -> bool:
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            email = privacy.nobodys_email(user)
            outbox.forget(about=_about(user), email=email)
            forgetting.forget(user=user, email=email)
            cart_services.forget(user=user)
            privacy.forget(user=user, email=email, at=at)
    except forgetting.OpenOrderError:
        logger.info("erasure waits for an open order", extra={"user": user.pk})
        return False
    return True


def _about(user: User) -> mails.About:
    return mails.About(
        emails=selectors.proved_emails(user=user),
        numbers=list(Order.objects.visible_to(user).values_list("number", flat=True)),
        wished=selectors.wished_email(user=user),
    )


def _csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV that opens in a spreadsheet, in which nothing is a formula."""
    return sheets.write([list(rows[0]), *([_text(value) for value in row.values()] for row in rows)])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
