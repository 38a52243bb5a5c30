"""Asynchronous notices: kept as they come, verified, applied, answered; in that order."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from payments.models import Payment, ProviderEvent
from payments.providers import registry
from payments.providers.interface import MalformedError, Notification, SignatureError
from payments.services import settlement

logger = logging.getLogger(__name__)

Verdict = ProviderEvent.Verdict
UNSETTLED = (Verdict.RECEIVED, Verdict.UNKNOWN)  # a payment nobody knew may be known when its notice is repeated
UNKEPT_HEADERS = ("Cookie", "Authorization")
REFUSED_KEPT = 10_000


class RefusedNoticeError(Exception):
    """The notice is not genuine or makes no sense; it is kept, and nothing else happened."""


def receive(*, provider_code: str, body: bytes, headers: Mapping[str, str], at: datetime) -> str:
    """Take a notice and return the answer for the provider; raise RefusedNoticeError or UnknownProviderError.

    When this returns, what the notice says is in the books. When it does not, the provider repeats it.
    """
    provider = registry.get(provider_code)
    kept = {name: value for name, value in headers.items() if name.title() not in UNKEPT_HEADERS}
    event = ProviderEvent.objects.create(provider=provider_code, body=body, headers=kept)
    try:
        notification = provider.parse_notification(body, headers, at=at)
    except (SignatureError, MalformedError) as error:
        event.verdict = Verdict.FORGED
        event.save(update_fields=["verdict"])
        logger.error("notice refused", extra={"provider": provider_code, "event": event.pk})  # noqa: TRY400  no traceback
        raise RefusedNoticeError from error
    with transaction.atomic():
        _apply(_verified(event, notification), notification, at)
    return provider.acknowledgement()


def delete_old_refusals() -> int:
    """Delete refused notices beyond the newest ten thousand, so that a flood does not fill the disk."""
    refused = ProviderEvent.objects.filter(verdict=Verdict.FORGED).order_by("-pk")
    oldest_kept = refused.values_list("pk", flat=True)[REFUSED_KEPT : REFUSED_KEPT + 1].first()
    if oldest_kept is None:
        return 0
    return refused.filter(pk__lte=oldest_kept).delete()[0]


def _verified(event: ProviderEvent, notification: Notification) -> ProviderEvent:
    """Give the event its id; a repeat counts on the first one of that id instead."""
    try:
        with transaction.atomic():
            ProviderEvent.objects.filter(pk=event.pk).update(is_verified=True, event_id=notification.event_id)
    except IntegrityError:
        event.delete()
        event = ProviderEvent.objects.get(provider=event.provider, event_id=notification.event_id, is_verified=True)
        ProviderEvent.objects.filter(pk=event.pk).update(seen_count=F("seen_count") + 1)
    return event


def _apply(event: ProviderEvent, notification: Notification, at: datetime) -> None:
    """Settle the payment the notice is about, and note what came of it the first time it was known."""
    payment = Payment.objects.filter(provider=event.provider, out_trade_no=notification.trade.out_trade_no).first()
    if payment is None:
        logger.error("notice for an unknown payment", extra={"provider": event.provider, "event": event.pk})
        verdict = Verdict.UNKNOWN
    elif notification.refund_number:
        verdict = Verdict.NO_CHANGE  # our own refunds are asked for until they are final
    else:
        verdict = settlement.apply(payment_id=payment.pk, state=notification.trade, at=at)
    ProviderEvent.objects.filter(pk=event.pk, verdict__in=UNSETTLED).update(verdict=verdict, payment=payment)
