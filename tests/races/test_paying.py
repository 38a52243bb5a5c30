"""Money and time run against each other: nothing is paid and given away, nothing is paid twice and kept."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from catalog.models import StockLevel, StockMovement, Variant
from catalog.services import stock
from orders.models import Allocation, Order, OrderEvent, Purchase
from orders.services import lifecycle, placing
from payments.models import Payment, ProviderEvent, Refund
from payments.services import attempts, expiry, settlement
from tests import books, make
from tests.crowd import ROW_LOCK, Crossing, at_once, caught, in_lanes
from tests.payments.scenes import expired, news, pending
from tests.races.queues import line_up

AFTER_THE_ORDERS = 'FROM "orders_order" .* FOR UPDATE'
AFTER_THE_PAYMENT = 'FROM "payments_payment" .* FOR UPDATE'
Verdict = ProviderEvent.Verdict


def test_paying_and_running_out_of_time_at_once_ends_paid_with_the_goods():
    scene = pending()

    at_once(*_pay_and_expire(scene), crossing=Crossing(AFTER_THE_ORDERS, are_kept_apart=True))

    order = scene.look().order
    assert (order.status, order.payment_status, order.cancel_reason) == ("OPEN", "PAID", "")
    assert _held(order) == 2
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(5, 2)]
    assert books.mails("order_confirmed") == [f"order_confirmed:{order.number}"]
    assert books.findings() == []


def test_control_without_the_lock_a_paid_order_loses_its_goods():
    scene = pending()
    crossing = Crossing(AFTER_THE_ORDERS, without=[ROW_LOCK])

    at_once(*_pay_and_expire(scene), crossing=crossing)

    order = scene.look().order
    assert order.payment_status == "PAID"
    assert _held(order) == 0
    assert OrderEvent.objects.filter(order=order, kind="REOPENED").count() == 0


def test_twenty_orders_paid_and_expired_at_once_keep_the_books_right():
    scenes = [pending(stock=2) for _ in range(20)]

    in_lanes([act for scene in scenes for act in _pay_and_expire(scene)], lanes=8)

    assert set(Order.objects.values_list("status", "payment_status")) == {("OPEN", "PAID")}
    assert set(StockLevel.objects.values_list("on_hand", "allocated")) == {(2, 2)}
    assert Refund.objects.count() == 0
    assert books.findings() == []


def test_three_sweeps_at_once_release_each_order_once():
    scenes = [pending() for _ in range(3)]
    at = scenes[-1].order.pay_by
    Payment.objects.all().delete()

    counts = at_once(*[partial(expiry.expire_overdue, at=at)] * 3)

    assert sum(counts) == 3
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(5, 0)] * 3
    assert StockMovement.objects.filter(kind="RELEASED").count() == 3
    assert OrderEvent.objects.filter(kind="EXPIRED").count() == 3
    assert len(books.mails("order_cancelled")) == 3
    assert books.findings() == []


def test_control_without_the_lock_two_sweeps_both_cancel_one_order():
    scene = pending()
    expire = partial(lifecycle.expire, purchase_id=scene.order.purchase_id, at=scene.order.pay_by)

    results = at_once(expire, expire, crossing=Crossing(AFTER_THE_ORDERS, without=[ROW_LOCK]))

    assert results == [True, True]
    assert _kinds(scene.order) == ["PLACED", "EXPIRED", "EXPIRED"]


def test_late_money_and_a_new_buyer_do_not_both_get_the_last_units():
    scene = expired(stock=2)
    variant = Variant.objects.get()
    (buy,) = line_up(variant, quantities=[2])
    refusals = (stock.OutOfStockError, placing.PlacingError)

    results = at_once(partial(_settle, scene.payment), caught(buy, *refusals))

    has_bought = isinstance(results[1], Purchase)
    order = scene.look().order
    assert (order.status, Refund.objects.count()) == (("CANCELLED", 1) if has_bought else ("OPEN", 0))
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(2, 2)]
    assert books.findings() == []


def test_two_attempts_paid_at_once_pay_the_order_once_and_the_other_goes_back():
    scene = pending()
    other = make.payment(scene.order.purchase)

    verdicts = at_once(
        partial(_settle, scene.payment),
        partial(_settle, other),
        crossing=Crossing(AFTER_THE_ORDERS, are_kept_apart=True),
    )

    assert verdicts == [Verdict.APPLIED, Verdict.APPLIED]
    assert sorted(Payment.objects.values_list("status", "is_surplus")) == [("SUCCEEDED", False), ("SUCCEEDED", True)]
    assert Refund.objects.get().payment.is_surplus
    assert len(books.mails("order_confirmed")) == 1
    assert books.findings() == []


def test_control_without_the_lock_the_second_attempt_runs_into_the_constraint():
    scene = pending()
    other = make.payment(scene.order.purchase)
    acts = [caught(partial(_settle, each), IntegrityError) for each in (scene.payment, other)]

    results = at_once(*acts, crossing=Crossing(AFTER_THE_ORDERS, without=[ROW_LOCK]))

    assert sorted(type(each).__name__ for each in results) == ["IntegrityError", "Verdict"]
    assert Refund.objects.count() == 0  # its money is in no book until the provider repeats the notice


def test_one_notice_twenty_times_at_once_is_paid_once_and_answered_twenty_times(lab):
    scene = _presented(lab)
    letter = lab.notice(scene.payment.out_trade_no)

    answers = at_once(*[partial(_post, letter)] * 20)

    event = ProviderEvent.objects.get()
    assert answers == [(200, b"success")] * 20
    assert (event.verdict, event.seen_count) == (Verdict.APPLIED, 20)
    assert _kinds(scene.order) == ["PLACED", "PAID"]
    assert books.mails() == [f"order_confirmed:{scene.order.number}"]
    assert books.findings() == []


def test_notices_with_ids_of_their_own_about_one_payment_pay_it_once():
    scene = pending()

    verdicts = at_once(*[partial(_settle, scene.payment)] * 10)

    assert sorted(verdicts) == [Verdict.APPLIED] + [Verdict.NO_CHANGE] * 9
    assert _kinds(scene.order) == ["PLACED", "PAID"]
    assert books.mails() == [f"order_confirmed:{scene.order.number}"]
    assert books.findings() == []


def test_control_without_the_lock_one_payment_is_booked_twice():
    scene = pending()
    crossing = Crossing(AFTER_THE_PAYMENT, without=[ROW_LOCK])

    verdicts = at_once(*[partial(_settle, scene.payment)] * 2, crossing=crossing)

    assert verdicts == [Verdict.APPLIED, Verdict.APPLIED]
    once, *twice = _kinds(scene.order)[1:]
    assert once == "PAID"
    assert twice in (["PAID"], ["SURPLUS"])  # as the second read the order before or after the first was through


def test_pay_pressed_five_times_at_once_is_one_attempt(lab):
    order = make.order(at=timezone.now())

    payments = at_once(*[partial(_open, order)] * 5)

    payment = Payment.objects.get()
    assert payments == [payment] * 5
    assert {each.pay_url for each in payments} == {payment.pay_url}
    assert (payment.status, payment.amount) == ("PRESENTED", order.total)


def test_control_without_the_lock_the_second_attempt_takes_the_number_of_the_first(lab):
    order = make.order(at=timezone.now())
    crossing = Crossing(AFTER_THE_PAYMENT, without=[ROW_LOCK])

    results = at_once(*[caught(partial(_open, order), IntegrityError)] * 2, crossing=crossing)

    assert sorted(type(each).__name__ for each in results) == ["IntegrityError", "Payment"]


@pytest.mark.parametrize("turn", range(3))
def test_money_that_arrives_while_the_sweep_closes_the_trade_is_never_lost(lab, turn):
    scene = _presented(lab)
    letter = lab.notice(scene.payment.out_trade_no)
    late = scene.order.pay_by + timedelta(seconds=turn)

    at_once(partial(_post, letter), partial(expiry.expire_overdue, at=late))

    order, payment = scene.look().order, scene.payment
    assert (order.status, order.payment_status) == ("OPEN", "PAID")
    assert (payment.status, payment.is_surplus) == ("SUCCEEDED", False)
    assert _held(order) == 2
    assert books.findings() == []


def _presented(lab):
    """Return an order whose attempt the gateway knows, and knows to be paid."""
    scene = pending()
    Payment.objects.all().delete()
    scene.payment = _open(scene.order)
    lab.pay(scene.payment.out_trade_no)
    return scene


def _open(order):
    return attempts.open_attempt(purchase=order.purchase, provider_code="paylab", subject="Kaishi", at=timezone.now())


def _post(letter):
    answer = Client().post("/payments/notify/paylab/", letter.body, "application/json", headers=letter.headers)
    return answer.status_code, answer.content


def _pay_and_expire(scene):
    expire = partial(lifecycle.expire, purchase_id=scene.order.purchase_id, at=scene.order.pay_by)
    return [partial(_settle, scene.payment), expire]


def _settle(payment):
    return settlement.apply(payment_id=payment.pk, state=news(payment), at=timezone.now())


def _held(order):
    return sum(Allocation.objects.filter(line__order=order).values_list("quantity", flat=True))


def _kinds(order):
    return list(order.events.order_by("pk").values_list("kind", flat=True))
