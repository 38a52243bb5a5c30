"""News of one purchase from two sides at once; the controls show what the locks are for."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from orders.models import Order, OrderEvent
from orders.services import lifecycle
from payments.models import Payment, ProviderEvent, Refund
from payments.services import expiry, settlement
from tests import books, make
from tests.crowd import at_once
from tests.payments.scenes import let_time_pass, news, pending, presented

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Verdict = ProviderEvent.Verdict
PATIENCE_SECONDS = 1  # for somebody who is kept out by a lock


@pytest.fixture
def meeting(monkeypatch):
    """Let two who book money meet right before they do, unless a lock keeps one of them out."""
    barrier, book = threading.Barrier(2), lifecycle.receive_payment

    def wait_and_book(**arguments):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(PATIENCE_SECONDS)
        return book(**arguments)

    monkeypatch.setattr(lifecycle, "receive_payment", wait_and_book)


@pytest.fixture
def without_locks(monkeypatch):
    """Take the row locks away."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self.all())


def apply(payment: Payment) -> str:
    """Tell that a payment went as it should; return the verdict, or the name of what the database said."""
    try:
        return settlement.apply(payment_id=payment.pk, state=news(payment), at=timezone.now())
    except IntegrityError:
        return "refused"


def times_paid(order: Order) -> int:
    """Return how often the timeline says that money was received."""
    return order.events.filter(kind=OrderEvent.Kind.PAID).count()


def test_two_notices_at_once_settle_once(meeting):
    scene = pending()

    outcomes = at_once(*[partial(apply, scene.payment)] * 2)

    assert sorted(outcomes) == [Verdict.APPLIED, Verdict.NO_CHANGE]
    assert times_paid(scene.order) == 1
    assert books.findings() == []


def test_without_the_locks_two_notices_at_once_settle_twice(meeting, without_locks):
    scene = pending()

    outcomes = at_once(*[partial(apply, scene.payment)] * 2)

    assert sorted(outcomes) == [Verdict.APPLIED, Verdict.APPLIED]
    assert times_paid(scene.order) == 2


def test_of_two_payments_at_once_one_is_kept_and_one_goes_back(meeting):
    scene = pending()
    other = make.payment(scene.order.purchase)

    outcomes = at_once(partial(apply, scene.payment), partial(apply, other))

    assert outcomes == [Verdict.APPLIED, Verdict.APPLIED]
    assert times_paid(scene.order) == 1
    assert sorted(Payment.objects.values_list("status", "is_surplus")) == [("SUCCEEDED", False), ("SUCCEEDED", True)]
    assert Refund.objects.get().payment == Payment.objects.get(is_surplus=True)
    assert books.findings() == []


def test_without_the_locks_only_the_database_keeps_the_second_payment_out(meeting, without_locks):
    scene = pending()
    other = make.payment(scene.order.purchase)

    outcomes = at_once(partial(apply, scene.payment), partial(apply, other))

    assert sorted(outcomes) == [Verdict.APPLIED, "refused"]
    assert Refund.objects.count() == 0  # the second payment's money has no row yet: its notice must come again


def test_the_same_notice_twenty_times_at_once_has_one_effect_and_twenty_right_answers(lab):
    order = make.order(at=timezone.now())
    number = presented(order).out_trade_no
    lab.pay(number)
    letter = lab.notice(number)

    def post() -> tuple[int, bytes]:
        answer = Client().post("/payments/notify/paylab/", letter.body, "application/json", headers=letter.headers)
        return answer.status_code, answer.content

    answers = at_once(*[post] * 20)

    assert answers == [(200, b"success")] * 20
    assert times_paid(order) == 1
    event = ProviderEvent.objects.get()
    assert (event.verdict, event.seen_count) == (Verdict.APPLIED, 20)
    assert books.findings() == []


@pytest.mark.parametrize("repetition", range(3))
def test_a_notice_at_the_moment_of_expiry_never_leaves_money_without_an_order(lab, repetition):
    order = make.order(at=timezone.now())
    payment = presented(order)
    lab.pay(payment.out_trade_no)
    let_time_pass(order)

    _, *expired = at_once(
        partial(apply, payment),
        partial(expiry.expire_overdue, at=timezone.now()),
        partial(expiry.expire_overdue, at=timezone.now()),
    )

    order.refresh_from_db()
    assert expired == [0, 0]
    assert (order.status, order.payment_status) == (Order.Status.OPEN, Order.PaymentStatus.PAID)
    assert Refund.objects.count() == 0
    assert books.findings() == []
