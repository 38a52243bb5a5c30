"""What the tests of mails share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as shop

from notifications.models import Message
from notifications.services import outbox
from shop import connections
from tests.conftest import NOW
from tests.notifications.postbox import Postbox

CONTEXT: dict[str, Any] = {
    "shop": "Yuanwu",
    "number": "552270165309",
    "name": "Li Na",
    "link": "http://127.0.0.1:8000/orders/552270165309/?t=x",
    "currency": "CNY",
    "items_total": "60.00",
    "discount_total": "0.00",
    "delivery_total": "8.00",
    "total": "68.00",
    "delivery_name": "Standard",
    "arrives_from": "2026-11-23",
    "arrives_to": "2026-11-25",
    "address": ["Li Na", "13800138000", "88 Wensan Road", "", "Hangzhou", "浙江省", ""],
    "lines": [{"title": "Teapot", "options": "Ink", "quantity": 2, "unit_price": "30.00", "total": "60.00"}],
}


@pytest.fixture
def postbox(settings) -> Iterator[Postbox]:
    """A mail server that the shop sends to."""
    with Postbox() as box:
        send_to(settings, box.port)
        yield box


def send_to(settings, port: int) -> None:
    """Let the shop send its mail to a port of this machine."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2


@pytest.fixture
def write() -> Callable[..., Message]:
    """Write a mail to the outbox and return its row."""

    def write_one(key: str = "order_confirmed:1", **fields) -> Message:
        values: dict[str, Any] = {
            "kind": "order_confirmed",
            "recipient": "li.na@example.com",
            "language": "en",
            "context": CONTEXT,
            "at": NOW,
        }
        outbox.write(key=key, **values | fields)
        return Message.objects.get(key=key)

    return write_one


@pytest.fixture
def queue() -> Iterator[redis.Redis]:
    """The broker; its queue is emptied first and last."""
    with redis.Redis.from_url(connections.redis(shop.REDIS_URL, shop.REDIS_DATABASE + 1)) as broker:
        broker.flushdb()
        yield broker
        broker.flushdb()
