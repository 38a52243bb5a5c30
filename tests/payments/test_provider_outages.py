"""A gateway that fails in every way there is must leave the shop knowing that it knows nothing."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest

from paylab import notices as paylab_notices
from payments.providers import paylab, registry
from payments.providers.interface import GatewayRefusedError, GatewayUnavailableError
from tests.laboratory import Letter, key_pair
from tests.payments.benches import NUMBER, now, refund, trade
from tests.rogue import Rogue, http

ACTS = {
    "create": lambda provider: provider.create(trade(), at=now()),
    "query": lambda provider: provider.query(NUMBER, at=now()),
    "close": lambda provider: provider.close(NUMBER, at=now()),
    "refund": lambda provider: provider.refund(refund(), at=now()),
    "refund_query": lambda provider: provider.refund_query("R1", at=now()),
    "download_bill": lambda provider: provider.download_bill(now().date(), at=now()),
}
PAID = {
    "app_id": "kaishi-demo",
    "out_trade_no": NUMBER,
    "trade_no": "L1",
    "amount": "68.00",
    "currency": "CNY",
    "status": "succeeded",
    "pay_url": "http://127.0.0.1/pay",
    "refund_no": "R1",
    "rows": [],
}
GARBLED = {
    "nothing": b"",
    "noise": b"\x00\xff" * 50,
    "half a status line": b"HTTP/1.1 2",
    "500 with HTML": http("500 Internal Server Error", b"<h1>Oops</h1>", content_type="text/html"),
    "200 with HTML": http("200 OK", b"<html><body>Welcome</body></html>", content_type="text/html"),
    "200 unsigned": http("200 OK", json.dumps(PAID).encode()),
    "redirect": http("302 Found", b"", Location="http://127.0.0.1:1/elsewhere"),
    "empty 204": http("204 No Content", b""),
    "truncated": http("200 OK", json.dumps(PAID).encode())[:-40],
    "wrong encoding": http("200 OK", b"\xff\xfe\x00", Content_Encoding="gzip"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("kind", GARBLED)
def test_an_answer_that_is_no_answer_is_an_outage(settings, act, kind):
    with Rogue(GARBLED[kind]) as gateway:
        settings.PAYLAB_URL = gateway.url

        with pytest.raises(GatewayUnavailableError):
            ACTS[act](registry.get("paylab"))


@pytest.mark.parametrize("act", ACTS)
def test_an_answer_signed_by_somebody_else_is_an_outage(settings, act):
    with Rogue(lambda: _signed(PAID, key_pair()[0])) as gateway:
        settings.PAYLAB_URL = gateway.url

        with pytest.raises(GatewayUnavailableError):
            ACTS[act](registry.get("paylab"))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("content", [{}, [], None, "paid", 1, {"status": "succeeded"}, PAID | dict.fromkeys(PAID)])
def test_a_genuine_answer_that_makes_no_sense_is_an_outage(settings, lab, act, content):
    with Rogue(lambda: _signed(content, lab.keys.private)) as gateway:
        settings.PAYLAB_URL = gateway.url

        with pytest.raises(GatewayUnavailableError):
            ACTS[act](registry.get("paylab"))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Service Unavailable", "401 Unauthorized"])
def test_a_genuine_answer_about_a_trouble_that_heals_is_an_outage(settings, lab, act, status):
    with Rogue(lambda: _signed({"error": "BUSY"}, lab.keys.private, status)) as gateway:
        settings.PAYLAB_URL = gateway.url

        with pytest.raises(GatewayUnavailableError):
            ACTS[act](registry.get("paylab"))


@pytest.mark.parametrize("act", ACTS)
def test_a_genuine_no_is_no_outage(settings, lab, act):
    with Rogue(lambda: _signed({"error": "RISK"}, lab.keys.private, "400 Bad Request")) as gateway:
        settings.PAYLAB_URL = gateway.url

        with pytest.raises(GatewayRefusedError) as caught:
            ACTS[act](registry.get("paylab"))

    assert caught.value.code == "RISK"
    assert not paylab.breaker.is_open


@pytest.mark.parametrize("act", ACTS)
def test_a_gateway_that_never_answers_costs_the_time_out_and_no_more(settings, act):
    settings.PAYMENT_GATEWAY_TIMEOUT_SECONDS = 1
    with Rogue(b"", pause_seconds=20) as gateway:
        settings.PAYLAB_URL = gateway.url
        began = time.monotonic()

        with pytest.raises(GatewayUnavailableError):
            ACTS[act](registry.get("paylab"))

        assert time.monotonic() - began < 2.5


def test_a_gateway_that_failed_is_left_alone_for_a_moment(settings):
    with Rogue(GARBLED["500 with HTML"]) as gateway:
        settings.PAYLAB_URL = gateway.url
        provider = registry.get("paylab")

        for act in ACTS.values():
            with pytest.raises(GatewayUnavailableError):
                act(provider)

        assert gateway.requests == 1


def test_an_answer_from_yesterday_is_an_outage(settings, lab):
    registry.get("paylab").create(trade(), at=now())

    with pytest.raises(GatewayUnavailableError):
        registry.get("paylab").query(NUMBER, at=now() - timedelta(days=1))


def test_our_private_key_is_not_shown_with_the_provider():
    assert "PRIVATE" not in repr(registry.get("paylab"))


def test_a_provider_without_its_keys_is_not_offered(settings):
    settings.PAYLAB_PRIVATE_KEY = ""

    assert registry.offered("CNY") == []
    with pytest.raises(registry.UnknownProviderError):
        registry.get("paylab")


def _signed(content: Any, private_key: str, status: str = "200 OK") -> bytes:
    letter = Letter(*paylab_notices.signed(content, private_key))
    return http(status, letter.body, **{name.replace("-", "_"): value for name, value in letter.headers.items()})
