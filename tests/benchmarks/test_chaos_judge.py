"""The judge of the chaos benchmark finds each promise broken when it is, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chaos.books import Books
from benchmarks.chaos.browser import Failure, Log
from benchmarks.chaos.faults import Fault
from benchmarks.chaos.judge import SECRETS, Evidence, judge
from benchmarks.chaos.postbox import Mail
from benchmarks.chaos.shopper import Visit
from benchmarks.chaos.stage import Product

BUYER, LEAVER = "chaos-1-1@example.com", "chaos-1-2@example.com"
PAID = {"total": Decimal("20.00"), "status": "OPEN", "payment_status": "PAID", "is_paid": True, "held": 0}
UNPAID = PAID | {"status": "CANCELLED", "payment_status": "NONE", "is_paid": False}
PAYMENT = {"amount": Decimal("20.00")}
OUTAGE = Fault("Redis", killed_at=100.0, back_at=101.0, purchase_at=102.0)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    """One order that is paid, one that nobody paid, and one outage; everything as it should be."""
    books = Books(
        orders={
            "1": PAID | {"email": BUYER, "purchase_id": 1, "held": 2},
            "2": UNPAID | {"email": LEAVER, "purchase_id": 2},
        },
        payments={
            "1-P1": PAYMENT | {"status": "SUCCEEDED", "purchase_id": 1},
            "2-P1": PAYMENT | {"status": "CLOSED", "purchase_id": 2},
        },
        levels={"MADE-1": {"on_hand": 5, "allocated": 2, "ordered": 2}},
        messages=[{"kind": "order_confirmed", "recipient": BUYER, "status": "SENT"}],
        trades={
            "1-P1": {"status": "succeeded", "amount": "20.00"},
            "2-P1": {"status": "closed", "amount": "20.00"},
        },
    )
    shown: dict[str, Any] = {"shown_total": "20.00", "asked_total": "20.00", "name": "Chaotic Shopper"}
    log = tmp_path / "shop.log"
    log.write_text("order placed order=1\n")
    return Evidence(
        books=books,
        visits=[
            Visit(email=BUYER, phone="13800000001", number="1", is_paid_shown=True, session="key of one", **shown),
            Visit(email=LEAVER, phone="13800000002", number="2", is_cancelled_shown=True, **shown),
        ],
        log=Log(failures=[Failure(100.2, 100.4, "GET /", "503")]),
        faults=[OUTAGE],
        mails=[Mail("<a@shop>", BUYER, "Order 1 confirmed", 103.0)],
        carried=Counter(),
        forged=Counter(),
        believed=[],
        products=[Product("MADE-1", "/products/made-1/", 5)],
        files=[log],
        secrets={name: f"secret of {name}" for name in SECRETS},
        waiting={},
        audit="",
    )


def broken(evidence: Evidence) -> dict[str, list[str]]:
    return {promise.text: promise.broken for promise in judge(evidence) if promise.broken}


def test_what_is_right_is_found_right(evidence):
    assert broken(evidence) == {}


def forget(evidence: Evidence) -> None:
    del evidence.books.orders["2"]


def order_twice(evidence: Evidence) -> None:
    evidence.books.orders["3"] = evidence.books.orders["2"] | {"purchase_id": 3}


def charge_more(evidence: Evidence) -> None:
    evidence.visits[0].asked_total = "20.01"


def show_paid(evidence: Evidence) -> None:
    evidence.visits[1].is_paid_shown = True


def lose_money(evidence: Evidence) -> None:
    evidence.books.trades["2-P1"]["status"] = "succeeded"


def pay_back_for_nothing(evidence: Evidence) -> None:
    evidence.books.returned["1-P1"] = Decimal("20.00")


def believe(evidence: Evidence) -> None:
    evidence.books.payments["2-P1"]["status"] = "SUCCEEDED"


def hold_for_nobody(evidence: Evidence) -> None:
    evidence.books.orders["2"]["held"] = 1


def oversell(evidence: Evidence) -> None:
    evidence.books.levels["MADE-1"] |= {"allocated": 6, "ordered": 6}


def lose_a_mail(evidence: Evidence) -> None:
    evidence.mails.clear()  # type: ignore[attr-defined]  # a list here


def repeat_under_another_id(evidence: Evidence) -> None:
    evidence.mails.append(Mail("<b@shop>", BUYER, "Order 1 confirmed", 104.0))  # type: ignore[attr-defined]


def fail(evidence: Evidence) -> None:
    evidence.log.failures.append(Failure(100.2, 100.4, "GET /", "500"))


def be_away(evidence: Evidence) -> None:
    evidence.log.failures.append(Failure(120.0, 120.1, "GET /", "503"))


def name_somebody(evidence: Evidence) -> None:
    evidence.files[0].write_text(f"mail sent to={BUYER}\n")


def tell_a_session(evidence: Evidence) -> None:
    evidence.files[0].write_text("session=key of one\n")


@pytest.mark.parametrize(
    ("plant", "texts"),
    [
        (forget, ["an order that was shown exists, is the shopper's, and costs what was shown"]),
        (charge_more, ["an order that was shown exists, is the shopper's, and costs what was shown"]),
        (order_twice, ["one form makes one order"]),
        (show_paid, ["what was shown as paid is paid, as cancelled is cancelled (or paid before)"]),
        (lose_money, ["money at the gateway is in the books, once, or back"]),
        (pay_back_for_nothing, ["money at the gateway is in the books, once, or back"]),
        (believe, ["nothing is paid that the gateway was not paid for"]),
        (hold_for_nobody, ["what nobody paid is cancelled and holds no goods"]),
        (oversell, ["nothing is sold twice, and what orders hold is what they need"]),
        (lose_a_mail, ["every mail arrives, and a repeat says that it is one"]),
        (repeat_under_another_id, ["every mail arrives, and a repeat says that it is one"]),
        (fail, ["no page fails, and pages are missing only while something is down"]),
        (be_away, ["no page fails, and pages are missing only while something is down"]),
        (name_somebody, ["logs name no shopper and tell no secret"]),
        (tell_a_session, ["logs name no shopper and tell no secret"]),
    ],
)
def test_what_is_wrong_is_found(evidence, plant: Callable[[Evidence], None], texts: list[str]):
    plant(evidence)

    assert list(broken(evidence)) == texts


def test_a_repeat_under_its_own_id_is_none(evidence):
    evidence.mails.append(evidence.mails[0])

    assert broken(evidence) == {}
