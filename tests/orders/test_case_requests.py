"""What can be asked for: units that are there, for what was paid, in time; and what an open case keeps waiting."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.models import OrderLine, ReturnCase
from orders.services import receiving, shipping
from orders.services.cases import answering, requesting
from orders.services.cases.writing import Act
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import (
    LABEL,
    SHOP,
    Kind,
    Reason,
    Side,
    ask,
    look,
    yuan,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("units", "amount", "error"),
    [
        (0, None, requesting.NothingLeftError),
        (4, None, requesting.NothingLeftError),
        (1, "10.01", requesting.TooMuchMoneyError),
        (1, "-1.00", requesting.TooMuchMoneyError),
        (1, "1.001", requesting.TooMuchMoneyError),
        (3, "38.01", requesting.TooMuchMoneyError),
    ],
)
def test_nobody_asks_for_more_than_was_bought_and_paid(arrived, units, amount, error):
    before = books.copy()

    with pytest.raises(error):
        ask(arrived, Kind.RETURN, units, amount=yuan(amount) if amount else None)

    assert books.copy() == before
    assert not ReturnCase.objects.exists()


def test_units_in_a_case_are_not_asked_for_again_until_it_is_declined(arrived):
    case = ask(arrived, Kind.RETURN, 2)
    with pytest.raises(requesting.NothingLeftError):
        ask(arrived, Kind.REFUND_ONLY, 2)

    answering.reject(case=case, act=Act(Side.SHOP, NOW, text="No"))

    assert ask(arrived, Kind.REFUND_ONLY, 3).amount == Decimal(38)


def test_a_declined_request_does_not_come_back_for_units_that_another_one_is_about(arrived):
    case = ask(arrived, Kind.RETURN, 2)
    answering.reject(case=case, act=Act(Side.SHOP, NOW, text="No"))
    ask(arrived, Kind.REFUND_ONLY, 2)
    before = books.copy()

    with pytest.raises(answering.UnitsGoneError):
        answering.escalate(case=case, act=Act(Side.BUYER, NOW, text="Please"))

    assert books.copy() == before
    assert look(case).status == "REJECTED"


def test_a_line_of_another_order_cannot_be_asked_for(arrived):
    other = make.paid_order()
    foreign = other.lines.get().pk

    with pytest.raises(requesting.NothingLeftError):
        ask(arrived, Kind.RETURN, units={foreign: 1})


def test_units_refunded_one_by_one_give_back_exactly_what_was_paid(arrived):
    for _ in range(3):
        case = ask(arrived, Kind.REFUND_ONLY, 1)
        answering.approve(case=case, act=SHOP)

    arrived.refresh_from_db()
    assert arrived.repayments_total == arrived.total == Decimal(38)
    with pytest.raises(requesting.NothingLeftError):
        ask(arrived, Kind.REFUND_ONLY, 1)


def test_while_a_case_is_open_the_order_neither_completes_by_itself_nor_is_confirmed(paid):
    shipping.ship(order=paid, label=LABEL, at=NOW)
    case = ask(paid, Kind.RETURN)
    late = NOW + timedelta(days=11)

    assert receiving.confirm_due(at=late) == 0
    with pytest.raises(receiving.CannotReceiveError):
        receiving.confirm(order=paid, at=late)
    requesting.withdraw(case=case, at=late, actor=None)

    assert receiving.confirm_due(at=late) == 1


@pytest.mark.parametrize(
    ("return_days", "reason", "last"),
    [
        (None, Reason.NO_REASON, 7),
        (None, Reason.QUALITY, 7),
        (14, Reason.NO_REASON, 14),
        (14, Reason.QUALITY, 14),
        (3, Reason.NO_REASON, 3),
        (3, Reason.DAMAGED, 7),
        (0, Reason.DAMAGED, 7),
        (0, Reason.NO_REASON, None),
    ],
)
def test_the_time_to_ask_is_what_was_promised_when_it_was_bought(arrived, return_days, reason, last):
    OrderLine.objects.update(return_days=return_days)
    before = books.copy()
    if last is not None:
        end = NOW + timedelta(days=last)
        with pytest.raises(requesting.TooLateError):
            ask(arrived, Kind.RETURN, reason=reason, at=end + timedelta(seconds=1))
        assert books.copy() == before
        assert ask(arrived, Kind.RETURN, reason=reason, at=end).status == "REQUESTED"
    else:
        with pytest.raises(requesting.TooLateError):
            ask(arrived, Kind.RETURN, reason=reason)
        assert books.copy() == before
