"""Notices to the shop: signed, repeated until the shop says `success`, and not for ever."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import UTC, datetime

import pytest

from core import signatures
from paylab.notices import HEADERS, PAUSES, Messenger
from paylab.store import Row
from tests.laboratory import Laboratory
from tests.paylab.conftest import NUMBER, trade


@pytest.fixture
def messenger(lab, ask, shop) -> Messenger:
    """Who carries the notice of a trade that was just paid."""
    ask("/v1/trades", trade(notify_url=f"http://127.0.0.1:{shop.server_port}/payments/notify/paylab/"))
    lab.pay(NUMBER)
    return Messenger(lab.store, lab.keys.private)


def due(lab: Laboratory, *, in_seconds: float = 0) -> list[Row]:
    return list(lab.store.due_notices(time.time() + in_seconds))


def test_a_notice_is_signed_and_says_what_happened(lab, messenger, shop):
    assert messenger.send(due(lab)[0])

    body, headers = shop.came[0]
    signatures.verify(body, headers, public_key=_public_key(), names=HEADERS, at=datetime.now(UTC))
    assert b'"status": "succeeded"' in body
    assert NUMBER.encode() in body


def test_a_notice_that_was_taken_is_not_repeated(lab, messenger):
    messenger.send(due(lab)[0])

    assert due(lab, in_seconds=10**9) == []


REFUSALS = [(200, b"ok"), (200, b"success\n"), (200, b""), (201, b"success"), (302, b"success"), (500, b"success")]


@pytest.mark.parametrize("answer", REFUSALS, ids=str)
def test_any_other_answer_makes_the_notice_come_again(lab, messenger, shop, answer):
    shop.answer = answer

    assert not messenger.send(due(lab)[0])

    assert due(lab) == []
    assert [notice["attempts"] for notice in due(lab, in_seconds=PAUSES[0])] == [1]


def test_a_repeat_is_the_same_notice_with_a_new_signature(lab, messenger, shop):
    shop.answer = (503, b"")
    messenger.send(due(lab)[0])
    shop.answer = (200, b"success")

    assert messenger.send(due(lab, in_seconds=PAUSES[0])[0])

    (first, first_headers), (second, second_headers) = shop.came
    assert first == second
    assert first_headers[HEADERS.nonce] != second_headers[HEADERS.nonce]


def test_a_shop_that_is_gone_is_told_after_growing_pauses_and_then_no_more(lab, messenger, shop):
    shop.answer = (503, b"")
    pauses = []
    while waiting := due(lab, in_seconds=10**9):
        sent_at = time.time()
        messenger.send(waiting[0])
        pauses.append(round(lab_due_at(lab, waiting[0]["id"]) - sent_at))

    assert pauses[:-1] == list(PAUSES)
    assert len(shop.came) == len(PAUSES) + 1


def test_a_shop_nobody_reaches_is_told_later(lab, messenger):
    notice = due(lab)[0] | {"notify_url": "http://127.0.0.1:9/"}

    assert not messenger.send(notice)

    assert [waiting["attempts"] for waiting in due(lab, in_seconds=PAUSES[0])] == [1]


def test_two_notices_have_two_numbers(lab, ask, messenger, shop):
    ask("/v1/trades", trade(out_trade_no="other", notify_url=due(lab)[0]["notify_url"]))
    lab.pay("other")

    for notice in due(lab):
        messenger.send(notice)

    bodies = [body for body, _ in shop.came]
    assert len(bodies) == 2
    assert bodies[0][:40] != bodies[1][:40]


def lab_due_at(lab, notice_id: int) -> float:
    connection = sqlite3.connect(lab.file)
    due_at = connection.execute("SELECT due_at FROM notice WHERE id = ?", (notice_id,)).fetchone()[0]
    connection.close()
    return float(due_at)


def _public_key() -> str:
    return os.environ["PAYLAB_PUBLIC_KEY"]
