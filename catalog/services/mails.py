"""The mails of the catalogue, to those who order a merchant's goods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts import selectors as accounts
from accounts.models import Merchant, User
from catalog.models import LowStockAlert
from catalog.selectors import content, options
from notifications.services import outbox


def low_stock(*, alert_ids: Sequence[int]) -> None:
    """Tell of goods that have fallen to their thresholds: one mail for all of them to each who orders them."""
    alerts = LowStockAlert.objects.filter(pk__in=alert_ids).select_related("variant__product__merchant")
    rows = alerts.order_by("variant__product__merchant", "pk")
    for merchant, own in groupby(rows, key=lambda alert: alert.variant.product.merchant):
        found = list(own)
        for user in accounts.stock_workers(merchant=merchant):
            _write(found, user, merchant, found[0].raised_at)


def _write(alerts: Sequence[LowStockAlert], user: User, merchant: Merchant, at: datetime) -> None:
    language = user.language or settings.LANGUAGE_CODE
    path = reverse("merchant:catalog_stocklevel_changelist")
    with translation.override(language):
        labels = options.labels(alert.variant.options for alert in alerts)
        context = {
            "shop": content.storefront().name,
            "merchant": merchant.name,
            "name": user.username,
            "link": f"{settings.SITE_URL}{path}?low=1",
            "rows": [
                {
                    "title": alert.variant.product.title,
                    "options": options.written(alert.variant.options, labels),
                    "sku": alert.variant.sku,
                    "available": alert.available,
                    "threshold": alert.threshold,
                }
                for alert in alerts
            ],
        }
    outbox.write(
        key=f"stock_low:{alerts[0].pk}:{user.pk}",
        kind="stock_low",
        recipient=user.email,
        language=language,
        context=context,
        at=at,
    )
