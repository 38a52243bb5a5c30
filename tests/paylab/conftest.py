"""What the tests of the laboratory share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import httpx
import pytest

from core import signatures
from paylab.notices import HEADERS
from tests.laboratory import lab
from tests.paylab.desk import Shop

__all__ = ["lab"]
NUMBER = "100000000017-P1"
Ask = Callable[..., httpx.Response]


def trade(**fields: Any) -> dict[str, Any]:
    """Return what a shop sends that asks for a payment."""
    return {
        "out_trade_no": NUMBER,
        "amount": "68.00",
        "currency": "CNY",
        "subject": "Kaishi 100000000017",
        "return_url": "http://127.0.0.1:8000/payments/return/",
        "notify_url": "http://127.0.0.1:9/payments/notify/paylab/",
        "expires_at": (datetime.now(UTC) + timedelta(minutes=30)).isoformat(),
        "language": "en",
    } | fields


def refund(number: str = "R1", amount: str = "68.00", **fields: Any) -> dict[str, Any]:
    """Return what a shop sends that gives money back."""
    return {"refund_no": number, "out_trade_no": NUMBER, "amount": amount, "currency": "CNY"} | fields


def ask_at(url: str, path: str, content: Any, *, key: str = "", at: datetime | None = None) -> httpx.Response:
    """Ask a laboratory as the shop does: signed, for its account."""
    body = json.dumps({"app_id": "kaishi-demo", **content} if isinstance(content, dict) else content).encode()
    private_key = key or os.environ["PAYLAB_PRIVATE_KEY"]
    headers = signatures.sign(body, private_key=private_key, names=HEADERS, at=at or datetime.now(UTC))
    return httpx.post(url + path, content=body, headers=headers)


@pytest.fixture
def ask(lab) -> Ask:
    """Ask the laboratory."""
    return lambda path, content, **options: ask_at(lab.url, path, content, **options)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop that takes notices."""
    with Shop() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
