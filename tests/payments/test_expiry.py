"""Time runs out: the trade is closed first, and only then are the goods given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import StockLevel, StockMovement
from core.breaker import CircuitBreaker
from orders.models import Order
from payments import tasks
from payments.models import Payment, Refund
from payments.providers import paylab
from payments.services import attempts, expiry
from tests import books, make
from tests.crowd import at_once
from tests.payments.scenes import let_time_pass, pending, presented
from tests.rogue import Rogue, http

pytestmark = pytest.mark.django_db


def overdue(*, quantity: int = 2) -> Order:
    """An order whose time is over, that nobody tried to pay."""
    variant = make.only_variant(make.product(price="30.00", stock=5))
    order = make.order(make.cart(variant, quantity=quantity), at=timezone.now())
    let_time_pass(order)
    return order


def held() -> list[int]:
    """Return how many units of each level are held."""
    return list(StockLevel.objects.order_by("pk").values_list("allocated", flat=True))


def test_what_nobody_tried_to_pay_is_cancelled_and_its_goods_come_back_once():
    order, at = overdue(), timezone.now()

    counts = [expiry.expire_overdue(at=at) for _ in range(3)]

    order.refresh_from_db()
    assert counts == [1, 0, 0]
    assert (order.status, order.cancel_reason, order.cancelled_at) == ("CANCELLED", "UNPAID", at)
    assert held() == [0]
    assert StockMovement.objects.filter(allocated_change=-2).count() == 1
    assert books.mails() == [f"order_cancelled:{order.number}"]
    assert books.findings() == []


def test_before_its_time_nothing_is_cancelled(lab):
    order = make.order(at=timezone.now())
    before = books.copy()

    count = expiry.expire_overdue(at=order.pay_by - timedelta(microseconds=1))

    assert count == 0
    assert books.copy() == before


def test_the_trade_is_closed_at_the_gateway_before_the_goods_come_back(lab):
    order = make.order(at=timezone.now())
    payment = presented(order)
    let_time_pass(order)

    expiry.expire_overdue(at=timezone.now())

    payment.refresh_from_db()
    assert lab.store.trade(payment.out_trade_no)["status"] == "closed"
    assert payment.status == Payment.Status.CLOSED
    assert order.purchase.orders.get().status == Order.Status.CANCELLED
    lab.pay(payment.out_trade_no)
    assert lab.store.trade(payment.out_trade_no)["status"] == "closed"
    assert books.findings() == []


def test_an_order_the_gateway_calls_paid_is_paid_instead(lab):
    order = make.order(at=timezone.now())
    payment = presented(order)
    lab.pay(payment.out_trade_no)  # and the notice is lost
    let_time_pass(order)

    count = expiry.expire_overdue(at=timezone.now())

    order.refresh_from_db()
    assert count == 0
    assert (order.status, order.payment_status, held()) == ("OPEN", "PAID", [1])
    assert StockMovement.objects.filter(allocated_change__lt=0).count() == 0
    assert books.mails() == [f"order_confirmed:{order.number}"]
    assert books.findings() == []


@pytest.mark.parametrize("status", [Payment.Status.CREATED, Payment.Status.PRESENTED])
def test_a_trade_the_gateway_never_heard_of_cannot_be_paid_and_is_closed(lab, status):
    scene = pending()
    Payment.objects.filter(pk=scene.payment.pk).update(status=status)
    let_time_pass(scene.order)

    assert expiry.expire_overdue(at=timezone.now()) == 1

    assert (scene.look().order.status, scene.payment.status) == (Order.Status.CANCELLED, Payment.Status.CLOSED)


OUTAGES = {
    "an error": http("500 Internal Server Error", b"<html>"),
    "nothing": b"",
    "an unsigned yes": http("200 OK", b'{"status": "closed"}'),
}


@pytest.mark.parametrize("answer", OUTAGES.values(), ids=OUTAGES)
def test_a_gateway_that_does_not_answer_leaves_order_and_goods_as_they_are(settings, answer):
    scene = pending()
    let_time_pass(scene.order)
    before = books.copy()

    with Rogue(answer) as rogue:
        settings.PAYLAB_URL = rogue.url
        count = expiry.expire_overdue(at=timezone.now())

    assert (count, rogue.requests) == (0, 1)
    assert books.copy() == before


def test_a_gateway_that_comes_back_is_asked_by_the_next_sweep(lab, settings):
    order = make.order(at=timezone.now())
    presented(order)
    let_time_pass(order)
    url, settings.PAYLAB_URL = settings.PAYLAB_URL, "http://127.0.0.1:9"
    assert expiry.expire_overdue(at=timezone.now()) == 0
    settings.PAYLAB_URL, paylab.breaker._closed_again_at = url, 0.0

    count = expiry.expire_overdue(at=timezone.now())

    assert count == 1
    assert held() == [0]
    assert books.findings() == []


def test_orders_nobody_tried_to_pay_expire_while_the_gateway_is_down(settings, monkeypatch):
    monkeypatch.setattr(paylab, "breaker", CircuitBreaker(seconds=0))
    settings.PAYLAB_URL = "http://127.0.0.1:9"
    stuck = [pending().order for _ in range(3)]
    for order in stuck:
        let_time_pass(order)
    free = overdue()

    tasks.expire_overdue()

    free.refresh_from_db()
    assert free.status == Order.Status.CANCELLED
    assert Order.objects.filter(status=Order.Status.AWAITING_PAYMENT).count() == len(stuck)


def test_an_order_whose_provider_is_gone_does_not_hold_up_those_behind_it(lab):
    scene = pending()
    Payment.objects.filter(pk=scene.payment.pk).update(provider="gone")
    let_time_pass(scene.order)
    free = overdue()

    assert expiry.expire_overdue(at=timezone.now()) == 1

    free.refresh_from_db()
    assert (free.status, scene.look().order.status) == (Order.Status.CANCELLED, Order.Status.AWAITING_PAYMENT)
    assert scene.payment.is_open


def test_an_order_the_gateway_refuses_to_close_does_not_hold_up_those_behind_it(lab, settings):
    scene = pending()
    let_time_pass(scene.order)
    free, refusal = overdue(), lab.signed({"error": "NOT_TODAY"})
    names = {name.replace("-", "_"): value for name, value in refusal.headers.items()}

    with Rogue(http("400 Bad Request", refusal.body, **names)) as rogue:
        settings.PAYLAB_URL = rogue.url
        assert expiry.expire_overdue(at=timezone.now()) == 1

    free.refresh_from_db()
    assert (free.status, scene.look().order.status) == (Order.Status.CANCELLED, Order.Status.AWAITING_PAYMENT)
    assert scene.payment.is_open


def test_goods_that_came_back_are_had_again_by_a_late_payment(lab):
    order = make.order(at=timezone.now())
    payment = presented(order)
    let_time_pass(order)
    expiry.expire_overdue(at=timezone.now())
    lab.rewrite(payment.out_trade_no, status="succeeded")  # some gateways close and take the money all the same

    attempts.ask(payment=payment, at=timezone.now())

    order.refresh_from_db()
    assert (order.status, order.payment_status, held()) == ("OPEN", "PAID", [1])
    assert Refund.objects.count() == 0
    assert books.findings() == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_three_sweeps_at_once_release_once(lab):
    orders = [overdue() for _ in range(3)]

    counts = at_once(*[lambda: expiry.expire_overdue(at=timezone.now())] * 3)

    assert sum(counts) == 3
    assert {order.status for order in Order.objects.all()} == {Order.Status.CANCELLED}
    assert StockMovement.objects.filter(allocated_change__lt=0).count() == 3
    assert len(books.mails("order_cancelled")) == len(orders)
    assert books.findings() == []


@pytest.mark.parametrize("others", [0, 20])
def test_an_order_that_expires_costs_the_same_among_many(others, django_assert_num_queries):
    overdue()
    for _ in range(others):
        make.order(at=timezone.now())

    with django_assert_num_queries(24):
        expiry.expire_overdue(at=timezone.now())
