"""The signed interface: whom it believes, what it remembers, and what it answers to nonsense."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from core import signatures
from paylab.notices import HEADERS
from tests.laboratory import key_pair
from tests.paylab.conftest import NUMBER, refund, trade

PATHS = ["/v1/trades", "/v1/trades/query", "/v1/trades/close", "/v1/refunds", "/v1/refunds/query", "/v1/bills"]


def books(lab) -> dict[str, list[Any]]:
    """Return all that the laboratory remembers."""
    connection = sqlite3.connect(lab.file)
    rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("trade", "refund", "notice")}  # noqa: S608
    connection.close()
    return rows


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_every_answer_is_signed_with_the_gateways_key(ask):
    for path, content in (("/v1/trades", trade()), ("/v1/trades/query", {"out_trade_no": "nobody"}), ("/v1/bills", {})):
        answer = ask(path, content)

        key = os.environ["PAYLAB_PUBLIC_KEY"]
        signatures.verify(answer.content, answer.headers, public_key=key, names=HEADERS, at=datetime.now(UTC))


@pytest.mark.parametrize("path", PATHS)
def test_somebody_elses_signature_is_refused_and_nothing_happens(lab, ask, path):
    ask("/v1/trades", trade())
    before = books(lab)

    answer = ask(path, trade(out_trade_no="other") | refund() | {"day": "2026-11-21"}, key=key_pair()[0])

    assert error(answer) == (401, "SIGNATURE")
    assert books(lab) == before


@pytest.mark.parametrize("path", PATHS)
def test_an_unsigned_request_is_refused(lab, path):
    before = books(lab)

    answer = httpx.post(lab.url + path, json=trade())

    assert error(answer) == (401, "SIGNATURE")
    assert books(lab) == before


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_request_and_one_from_the_future_are_refused(lab, ask, minutes):
    answer = ask("/v1/trades", trade(), at=datetime.now(UTC) + timedelta(minutes=minutes))

    assert error(answer) == (401, "SIGNATURE")
    assert books(lab)["trade"] == []


def test_a_request_for_another_account_is_refused(lab, ask):
    answer = ask("/v1/trades", trade(app_id="somebody-else"))

    assert error(answer) == (401, "UNKNOWN_APP")
    assert books(lab)["trade"] == []


@pytest.mark.parametrize("content", [[], None, 5, "paid", {"app_id": "kaishi-demo"}], ids=str)
@pytest.mark.parametrize("path", PATHS)
def test_nonsense_is_malformed(lab, ask, path, content):
    answer = ask(path, content)

    assert error(answer) == (400, "MALFORMED")
    assert books(lab) == {"trade": [], "refund": [], "notice": []}


@pytest.mark.parametrize("amount", ["much", "", "NaN", "sNaN", None, [], {}])
def test_an_amount_that_is_none_is_malformed(lab, ask, amount):
    answer = ask("/v1/trades", trade(amount=amount))

    assert error(answer) == (400, "MALFORMED")
    assert books(lab)["trade"] == []


@pytest.mark.parametrize("amount", ["0", "-1", "-0.01", "Infinity", "-Infinity"])
def test_an_amount_nobody_can_pay_is_refused(lab, ask, amount):
    answer = ask("/v1/trades", trade(amount=amount))

    assert error(answer) == (400, "INVALID_AMOUNT")
    assert books(lab)["trade"] == []


@pytest.mark.parametrize("expires_at", ["", "soon", "2026-11-21T12:00:00", None])
def test_an_end_that_is_no_moment_is_malformed(lab, ask, expires_at):
    answer = ask("/v1/trades", trade(expires_at=expires_at))

    assert error(answer) == (400, "MALFORMED")
    assert books(lab)["trade"] == []


@pytest.mark.parametrize("number", [["a"], {"a": 1}, 5, None])
def test_a_number_of_any_kind_is_looked_up(ask, number):
    for path, name in (("/v1/trades/query", "out_trade_no"), ("/v1/refunds/query", "refund_no")):
        assert error(ask(path, {name: number})) == (404, "NOT_FOUND")


@pytest.mark.parametrize("hours", [-11, 0, 8, 13])
def test_an_end_counts_in_every_time_zone(ask, hours):
    there = timezone(timedelta(hours=hours))
    over, coming = (datetime.now(there) + timedelta(minutes=minutes) for minutes in (-1, 1))
    ask("/v1/trades", trade(out_trade_no="over", expires_at=over.isoformat()))
    ask("/v1/trades", trade(out_trade_no="coming", expires_at=coming.isoformat()))

    statuses = [ask("/v1/trades/query", {"out_trade_no": number}).json()["status"] for number in ("over", "coming")]

    assert statuses == ["closed", "waiting"]


def test_a_trade_is_asked_for_once(lab, ask):
    first, again = ask("/v1/trades", trade()), ask("/v1/trades", trade(subject="Other words"))

    assert again.json() == first.json()
    assert first.json()["pay_url"] == f"{lab.url}/pay/{first.json()['trade_no']}"
    assert len(books(lab)["trade"]) == 1


@pytest.mark.parametrize("change", [{"amount": "0.01"}, {"currency": "JPY"}], ids=lambda change: next(iter(change)))
def test_a_number_used_before_is_refused_for_other_money(lab, ask, change):
    ask("/v1/trades", trade())
    before = books(lab)

    answer = ask("/v1/trades", trade(**change))

    assert error(answer) == (400, "NUMBER_USED")
    assert books(lab) == before


def test_a_paid_trade_is_not_closed(lab, ask):
    ask("/v1/trades", trade())
    lab.pay(NUMBER)

    answer = ask("/v1/trades/close", {"out_trade_no": NUMBER})

    assert answer.json()["status"] == "succeeded"


def test_a_refund_number_is_good_for_one_refund(lab, ask):
    ask("/v1/trades", trade())
    lab.pay(NUMBER)
    first, again = ask("/v1/refunds", refund(amount="8.00")), ask("/v1/refunds", refund(amount="8.00"))
    before = books(lab)

    other = ask("/v1/refunds", refund(amount="9.00"))

    assert (first.status_code, again.json()) == (200, first.json())
    assert error(other) == (400, "NUMBER_USED")
    assert books(lab) == before
    assert lab.refunds() == [("R1", "8.00")]


@pytest.mark.parametrize("wrong", [{"amount": "68.01"}, {"currency": "JPY"}, {"amount": "Infinity"}], ids=str)
def test_what_was_not_paid_is_not_refunded(lab, ask, wrong):
    ask("/v1/trades", trade())
    lab.pay(NUMBER)

    answer = ask("/v1/refunds", refund(**wrong))

    assert error(answer) == (400, "NOT_REFUNDABLE")
    assert lab.refunds() == []


def test_a_bill_lists_the_movements_of_its_day_alone(lab, ask):
    ask("/v1/trades", trade())
    lab.pay(NUMBER)
    ask("/v1/refunds", refund(amount="8.00"))
    today = datetime.now(UTC).date()

    rows = ask("/v1/bills", {"day": today.isoformat()}).json()["rows"]

    assert [(row["kind"], row["out_trade_no"], row["amount"]) for row in rows] == [
        ("payment", NUMBER, "68.00"),
        ("refund", NUMBER, "8.00"),
    ]
    assert ask("/v1/bills", {"day": (today - timedelta(days=1)).isoformat()}).json() == {"rows": []}


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v2/trades", "/pay", "/../etc/passwd", "/%00"])
def test_other_addresses_are_not_there(lab, path):
    assert httpx.get(lab.url + path).status_code == 404


def test_the_interface_is_not_for_browsers(lab):
    assert {httpx.get(lab.url + path).status_code for path in PATHS} == {404}


def test_a_huge_request_is_refused(lab):
    answer = httpx.post(f"{lab.url}/v1/trades", content=b"x" * 70_000)

    assert answer.status_code == 401
    assert books(lab)["trade"] == []
