"""Return cases: asked, answered, sent back, inspected, refunded or replaced; wrong steps change nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.models import StockMovement
from catalog.services import stock
from orders.models import OrderLine, Repayment
from orders.services import shipping
from orders.services.cases import answering, goods, requesting
from orders.services.cases.requesting import Wish
from orders.services.cases.writing import Act, WrongStageError
from shop.audit.returns import DecisionsAreCarriedOut
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import (
    BUYER,
    LABEL,
    PLATFORM,
    SHOP,
    Kind,
    Reason,
    Side,
    ask,
    at_the_shop,
    inspected,
    level,
    look,
    yuan,
)

pytestmark = pytest.mark.django_db


def test_a_request_waits_for_the_shop_and_both_sides_know(paid):
    shop = make.member()

    case = ask(paid, Kind.CANCELLATION, 3, reason=Reason.NOT_WANTED, explanation="Bought twice")

    assert (case.status, case.amount, case.due_at) == ("REQUESTED", Decimal(38), NOW + timedelta(minutes=30))
    entry = case.entries.get()
    assert (entry.kind, entry.side, entry.text, entry.amount) == ("REQUESTED", "BUYER", "Bought twice", Decimal(38))
    paid.refresh_from_db()
    assert paid.has_open_case
    assert paid.events.filter(kind="CASE_OPENED").count() == 1
    assert books.mails("case_work") == [f"case_work:{entry.pk}:{shop.pk}"]
    assert level() == (5, 3)


def test_a_cancellation_of_everything_ends_the_order_and_frees_its_goods(paid):
    case = ask(paid, Kind.CANCELLATION, 3)

    answering.approve(case=case, act=SHOP)

    paid.refresh_from_db()
    assert (paid.status, paid.cancel_reason, paid.fulfilment_status) == ("CANCELLED", "BUYER", "NONE")
    assert look(case).status == "REFUNDING"
    repayment = Repayment.objects.get()
    assert (repayment.amount, repayment.delivery_amount, repayment.case) == (Decimal(38), Decimal(8), case)
    assert level() == (5, 0)
    line = OrderLine.objects.get()
    assert (line.cancelled_quantity, line.repaid_quantity, line.repaid_amount) == (3, 3, Decimal(30))
    assert not paid.has_open_case
    assert books.findings(DecisionsAreCarriedOut) == []


def test_two_requests_that_cancel_everything_together_give_back_delivery_too(paid):
    cases = [ask(paid, Kind.CANCELLATION, units) for units in (1, 2)]

    for case in cases:
        answering.approve(case=case, act=SHOP)

    paid.refresh_from_db()
    assert (paid.status, paid.repayments_total, paid.repaid_delivery) == ("CANCELLED", Decimal(38), Decimal(8))
    assert level() == (5, 0)
    assert books.findings(DecisionsAreCarriedOut) == []


def test_who_cancels_everything_gets_everything_whatever_was_typed(paid):
    case = ask(paid, Kind.CANCELLATION, 3, amount=yuan("1.00"))

    assert case.amount == Decimal(38)


def test_a_cancellation_of_a_part_leaves_the_rest_to_be_shipped(paid):
    case = ask(paid, Kind.CANCELLATION, 1)

    answering.approve(case=case, act=SHOP)
    shipping.ship(order=paid, label=LABEL, at=NOW)

    paid.refresh_from_db()
    assert (paid.status, paid.fulfilment_status, paid.repayments_total) == ("OPEN", "SHIPPED", Decimal(10))
    line = OrderLine.objects.get()
    assert (line.cancelled_quantity, line.shipped_quantity, line.unshipped_quantity) == (1, 2, 0)
    assert level() == (3, 0)
    assert books.findings(DecisionsAreCarriedOut) == []


def test_what_is_left_of_a_partly_shipped_order_can_be_cancelled_and_the_order_has_left_whole(paid):
    shipping.ship(order=paid, label=LABEL, quantities={paid.lines.get().pk: 2}, at=NOW)
    case = ask(paid, Kind.CANCELLATION, 1)

    answering.approve(case=case, act=SHOP)

    paid.refresh_from_db()
    assert (paid.status, paid.fulfilment_status) == ("OPEN", "SHIPPED")
    assert paid.receive_by == NOW + timedelta(days=10)
    assert Repayment.objects.get().amount == Decimal(10)
    assert level() == (3, 0)
    assert books.findings(DecisionsAreCarriedOut) == []


def test_nothing_leaves_while_the_shop_has_not_answered_a_cancellation(paid):
    case = ask(paid, Kind.CANCELLATION, 1)
    before = books.copy()

    with pytest.raises(shipping.CancellationAskedError):
        shipping.ship(order=paid, label=LABEL, at=NOW)

    assert books.copy() == before
    answering.reject(case=case, act=Act(Side.SHOP, NOW, text="Packed already"))
    shipping.ship(order=paid, label=LABEL, at=NOW)
    assert level() == (2, 0)


def test_what_has_left_is_not_cancelled(paid):
    shipping.ship(order=paid, label=LABEL, at=NOW)
    before = books.copy()

    with pytest.raises(requesting.NothingLeftError):
        ask(paid, Kind.CANCELLATION, 1)

    assert books.copy() == before


def test_money_alone_goes_back_for_what_arrived_broken(arrived):
    case = ask(arrived, Kind.REFUND_ONLY, 2, amount=yuan("15.00"))

    answering.approve(case=case, act=SHOP)

    arrived.refresh_from_db()
    assert (arrived.status, arrived.repayments_total) == ("COMPLETED", Decimal(15))
    line = OrderLine.objects.get()
    assert (line.repaid_quantity, line.repaid_amount, line.cancelled_quantity) == (2, Decimal(15), 0)
    assert level() == (2, 0)
    assert books.findings(DecisionsAreCarriedOut) == []


@pytest.mark.parametrize(("sellable", "on_hand"), [(2, 4), (1, 3), (0, 2)])
def test_goods_that_came_back_are_inspected_and_only_sellable_ones_are_sold_again(arrived, sellable, on_hand):
    worker = make.member()
    case = at_the_shop(arrived, Kind.RETURN, 2)
    assert level() == (2, 0)

    found = inspected(case, sellable=sellable, damaged=2 - sellable)
    goods.inspect(case=case, found=found, act=Act(Side.SHOP, NOW, worker))

    assert level() == (on_hand, 0)
    assert look(case).status == "REFUNDING"
    assert Repayment.objects.get().amount == Decimal(20)
    movements = StockMovement.objects.filter(kind="RETURNED").values_list("on_hand_change", "actor")
    assert list(movements) == ([(sellable, worker.pk)] if sellable else [])
    assert books.findings(DecisionsAreCarriedOut) == []


def test_a_case_puts_goods_on_the_shelf_once(arrived):
    case = at_the_shop(arrived, Kind.RETURN)
    goods.inspect(case=case, found=inspected(case, sellable=1), act=SHOP)
    before = books.copy()

    with pytest.raises(WrongStageError):
        goods.inspect(case=case, found=inspected(case, sellable=1), act=SHOP)

    assert books.copy() == before
    assert level() == (3, 0)


@pytest.mark.parametrize("counts", [{"sellable": 0}, {"sellable": 2}, {"sellable": 2, "damaged": -1}])
def test_inspection_says_of_every_unit_what_it_is(arrived, counts):
    case = at_the_shop(arrived, Kind.RETURN)
    before = books.copy()

    with pytest.raises(goods.WrongCountError):
        goods.inspect(case=case, found=inspected(case, **counts), act=SHOP)

    assert books.copy() == before


def test_less_money_than_asked_for_needs_a_reason_and_more_is_never_given(arrived):
    case = at_the_shop(arrived, Kind.RETURN)
    found = inspected(case, damaged=1)

    with pytest.raises(goods.LessNeedsReasonError):
        goods.inspect(case=case, found=found, amount=yuan("4.00"), act=SHOP)
    with pytest.raises(goods.TooMuchError):
        goods.inspect(case=case, found=found, amount=yuan("10.01"), act=Act(Side.SHOP, NOW, text="Why not"))
    assert not Repayment.objects.exists()
    goods.inspect(case=case, found=found, amount=yuan("4.00"), act=Act(Side.SHOP, NOW, text="Lid is missing"))

    assert Repayment.objects.get().amount == Decimal(4)
    assert case.entries.get(kind="INSPECTED").text == "Lid is missing"


def test_another_one_is_sent_for_what_came_back(arrived):
    case = at_the_shop(arrived, Kind.EXCHANGE, 2)

    goods.inspect(case=case, found=inspected(case, damaged=2), act=SHOP)
    held = level()
    goods.replace(case=case, label=LABEL, act=SHOP)
    goods.finish(case=case, act=BUYER)

    assert held == (2, 2)
    assert level() == (0, 0)
    assert look(case).status == "DONE"
    assert not Repayment.objects.exists()
    assert arrived.shipments.filter(case=case).count() == 1
    assert OrderLine.objects.get().shipped_quantity == 3
    arrived.refresh_from_db()
    assert not arrived.has_open_case
    assert books.findings(DecisionsAreCarriedOut) == []


def test_an_exchange_for_which_nothing_is_left_waits_until_the_shop_knows_what_to_do(arrived):
    case = at_the_shop(arrived, Kind.EXCHANGE, 3)
    before = books.copy()

    with pytest.raises(stock.OutOfStockError):
        goods.inspect(case=case, found=inspected(case, damaged=3), act=SHOP)

    assert books.copy() == before
    assert look(case).status == "RECEIVED"


def test_what_is_held_for_an_exchange_is_no_fault_of_the_books_and_leaves_with_it(arrived):
    case = at_the_shop(arrived, Kind.EXCHANGE, 1)
    goods.inspect(case=case, found=inspected(case, damaged=1), act=SHOP)
    waiting = (level(), books.findings())

    goods.replace(case=case, label=LABEL, act=SHOP)

    assert waiting == ((2, 1), [])
    assert (level(), books.findings()) == ((1, 0), [])


def test_a_request_is_declined_with_a_reason_and_may_then_be_changed_once(arrived):
    case = ask(arrived, Kind.RETURN, 1)
    with pytest.raises(answering.ReasonMissingError):
        answering.reject(case=case, act=SHOP)
    answering.reject(case=case, act=Act(Side.SHOP, NOW, text="Used"))
    wish = Wish(Kind.REFUND_ONLY, Reason.DAMAGED, {arrived.lines.get().pk: 2}, amount=yuan("5.00"))

    requesting.change(case=case, wish=wish, at=NOW, actor=None)

    changed = look(case)
    assert (changed.status, changed.kind, changed.amount) == ("REQUESTED", "REFUND_ONLY", Decimal(5))
    assert changed.lines.get().quantity == 2
    with pytest.raises(requesting.ChangedBeforeError):
        requesting.change(case=case, wish=wish, at=NOW, actor=None)


def test_a_request_can_be_taken_back_until_the_goods_are_sent(arrived):
    case = ask(arrived, Kind.RETURN)
    answering.approve(case=case, act=SHOP)
    requesting.withdraw(case=case, at=NOW, actor=None)
    arrived.refresh_from_db()
    assert (look(case).status, arrived.has_open_case) == ("WITHDRAWN", False)
    second = ask(arrived, Kind.RETURN)
    answering.approve(case=second, act=SHOP)
    goods.send(case=second, label=LABEL, act=BUYER)
    before = books.copy()

    with pytest.raises(WrongStageError):
        requesting.withdraw(case=second, at=NOW, actor=None)

    assert books.copy() == before


@pytest.mark.parametrize("is_granted", [True, False])
def test_the_platform_decides_for_good(arrived, is_granted):
    case = ask(arrived, Kind.REFUND_ONLY)
    answering.reject(case=case, act=Act(Side.SHOP, NOW, text="No"))
    answering.escalate(case=case, act=Act(Side.BUYER, NOW, text="It is broken"))
    with pytest.raises(answering.ReasonMissingError):
        answering.decide(case=case, is_granted=is_granted, act=PLATFORM)

    answering.decide(case=case, is_granted=is_granted, act=Act(Side.PLATFORM, NOW, text="We have looked"))

    decided = look(case)
    assert (decided.status, decided.is_final) == ("REFUNDING" if is_granted else "REJECTED", True)
    assert Repayment.objects.exists() == is_granted
    if not is_granted:
        with pytest.raises(WrongStageError):
            answering.escalate(case=case, act=BUYER)


def test_who_answers_what_has_changed_meanwhile_is_told(arrived):
    case = ask(arrived, Kind.REFUND_ONLY)
    seen = case.version
    wish = Wish(Kind.REFUND_ONLY, Reason.DAMAGED, {arrived.lines.get().pk: 3})
    requesting.change(case=case, wish=wish, at=NOW, actor=None)
    before = books.copy()

    with pytest.raises(answering.OtherVersionError) as caught:
        answering.approve(case=case, act=SHOP, version=seen)

    assert caught.value.case.amount == Decimal(38)
    assert books.copy() == before
