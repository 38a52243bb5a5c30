"""What was decided for an order goes back through its payments: once, in full, and the order knows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.money import Money
from orders.models import Order, Repayment
from orders.services import cancelling, lifecycle, repaying
from orders.services.repaying import Decision
from payments.models import Payment, Refund
from payments.providers.interface import TradeStatus
from payments.services import attempts, refunds
from tests import books, make
from tests.payments.scenes import pending, presented

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(lab) -> Order:
    """An order that was paid at the laboratory."""
    order = make.order(at=timezone.now())
    payment = presented(order)
    lab.pay(payment.out_trade_no)
    attempts.ask(payment=payment, at=timezone.now())
    order.refresh_from_db()
    assert order.payment_status == "PAID"
    return order


def _give_back(order: Order, amount: str, key: str = "some") -> Repayment:
    decision = Decision(key=key, reason=Repayment.Reason.GOODWILL, other=Money(Decimal(amount), "CNY"))
    locked = lifecycle.lock(order.purchase_id)[0]
    made = repaying.decide(order=locked, decision=decision, actor=None, at=timezone.now())
    assert made
    return made


def _carry_out() -> list[int]:
    at = timezone.now()
    return [refunds.request_decided(at=at), refunds.execute_due(at=at)]


def test_the_money_of_a_cancelled_order_is_back_and_the_buyer_is_told_once(paid):
    cancelling.cancel_paid(order=paid, reason=Order.CancelReason.BUYER, at=timezone.now())

    counts = [_carry_out(), _carry_out()]

    paid.refresh_from_db()
    assert counts == [[1, 1], [0, 0]]
    assert (paid.refunded_total, paid.payment_status) == (paid.total, "REFUNDED")
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, refund.reason) == ("SUCCEEDED", paid.total, "ORDER")
    repayment = Repayment.objects.get()
    assert (repayment.settled_amount, repayment.settled_at) == (paid.total, refund.finished_at)
    assert books.mails("order_refunded") == [f"order_refunded:{paid.number}:{refund.number}"]
    assert paid.events.filter(kind="REFUNDED").count() == 1
    assert books.findings() == []


def test_a_part_leaves_the_order_partly_refunded(paid):
    _give_back(paid, "5.00")

    _carry_out()

    paid.refresh_from_db()
    assert (paid.refunded_total, paid.payment_status, paid.status) == (Decimal("5.00"), "PARTLY_REFUNDED", "OPEN")
    assert books.findings() == []


def test_a_decision_becomes_refunds_once_whoever_else_looks(paid):
    repayment = _give_back(paid, "5.00")
    at = timezone.now()

    counts = [refunds.request_decided(at=at), refunds._request_decided(repayment.pk, at)]

    assert counts == [1, False]
    assert Refund.objects.count() == 1


def test_books_that_do_not_cover_a_decision_are_an_alarm_and_keep_nobody_waiting(paid, caplog):
    first = paid.purchase.payments.get()
    refunds.request(payment=first, amount=first.money, reason=Refund.Reason.SURPLUS, at=timezone.now())
    uncovered = _give_back(paid, "1.00")
    other = make.paid_order(at=timezone.now())
    covered = _give_back(other, "1.00", key="other")

    caplog.set_level("ERROR")

    count = refunds.request_decided(at=timezone.now())

    assert count == 1
    assert not uncovered.refunds.exists()
    assert covered.refunds.exists()
    assert "payments do not cover a refund" in caplog.text


def test_a_cashier_of_a_cancelled_order_is_closed(lab):
    order = make.order(at=timezone.now())
    payment = presented(order)
    cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=Order.CancelReason.BUYER, at=timezone.now())

    attempts.close_cancelled(at=timezone.now())

    payment.refresh_from_db()
    assert payment.status == Payment.Status.CLOSED
    lab.pay(payment.out_trade_no)
    assert attempts._provider(payment).query(payment.out_trade_no, at=timezone.now()).status == TradeStatus.CLOSED


def test_cashiers_of_orders_that_wait_stay_open():
    scene = pending()

    attempts.close_cancelled(at=timezone.now() + timedelta(minutes=1))

    assert scene.look().payment.status == Payment.Status.PRESENTED
