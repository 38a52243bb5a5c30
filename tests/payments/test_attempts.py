"""Attempts to pay: opened once, tried again after a refusal, asked about when notices are lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as shop
from django.db import IntegrityError
from django.utils import timezone

from core.breaker import CircuitBreaker
from core.money import Money
from orders.models import Order
from orders.services import lifecycle
from payments.models import Payment, Refund
from payments.providers import paylab, registry
from payments.providers.interface import GatewayRefusedError, GatewayUnavailableError
from payments.services import attempts, settlement
from tests import books, make
from tests.crowd import at_once
from tests.payments import benches
from tests.payments.scenes import expired, let_time_pass, news, paid, pending, presented

pytestmark = pytest.mark.django_db
Status = Payment.Status


@pytest.fixture
def second_provider(monkeypatch, lab):
    """A further provider, at the same gateway under another code."""
    first = registry.get("paylab")
    assert isinstance(first, paylab.PaylabProvider)
    monkeypatch.setattr(registry, "_configured", lambda: [first, replace(first, code="other")])


@pytest.fixture
def order():
    return make.order(at=timezone.now())


def open_at(order: Order, code: str = "paylab") -> Payment:
    return attempts.open_attempt(purchase=order.purchase, provider_code=code, subject="Kaishi", at=timezone.now())


def statuses(order: Order) -> list[tuple[str, str]]:
    """Return the end of each attempt's number and its status, oldest first."""
    rows = order.purchase.payments.order_by("pk").values_list("out_trade_no", "status")
    return [(number.removeprefix(order.number), status) for number, status in rows]


def test_an_attempt_asks_the_gateway_for_exactly_what_the_order_costs(lab, order):
    payment = open_at(order)

    trade = lab.store.trade(f"{order.number}-P1")
    assert (trade["amount"], trade["currency"]) == (str(order.total), "CNY")
    assert trade["notify_url"] == f"{shop.PAYMENT_NOTIFY_URL}/payments/notify/paylab/"
    assert trade["return_url"] == f"{shop.SITE_URL}/payments/{payment.uuid}/return/"
    assert trade["expires_at"] == order.pay_by.isoformat()
    assert payment.pay_url == f"{lab.url}/pay/{trade['trade_no']}"
    assert statuses(order) == [("-P1", Status.PRESENTED)]


def test_pressing_again_leads_to_the_same_attempt(lab, order):
    first = open_at(order)

    again = open_at(order)

    assert (again, again.pay_url) == (first, first.pay_url)
    assert statuses(order) == [("-P1", Status.PRESENTED)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_pressing_five_times_at_once_makes_one_attempt(lab):
    order = make.order(at=timezone.now())

    payments = at_once(*[lambda: open_at(order)] * 5)

    assert {payment.pay_url for payment in payments} == {payments[0].pay_url}
    assert statuses(order) == [("-P1", Status.PRESENTED)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_lock_presses_at_once_collide(lab, monkeypatch):
    order = make.order(at=timezone.now())
    everybody_looked, create = threading.Barrier(2, timeout=10), Payment.objects.create
    monkeypatch.setattr(lifecycle, "lock", lambda pk: list(Order.objects.filter(purchase_id=pk)))

    def wait_and_create(**fields):
        everybody_looked.wait()
        return create(**fields)

    monkeypatch.setattr(Payment.objects, "create", wait_and_create)

    def press() -> str:
        try:
            return open_at(order).out_trade_no
        except IntegrityError as error:
            return type(error).__name__

    assert sorted(at_once(press, press)) == sorted([f"{order.number}-P1", "IntegrityError"])


def test_after_a_refused_card_the_next_attempt_has_a_number_of_its_own(lab, order):
    lab.press(open_at(order).out_trade_no, "decline")
    attempts.ask(payment=Payment.objects.get(), at=timezone.now())

    second = open_at(order)
    lab.pay(second.out_trade_no)
    attempts.ask(payment=second, at=timezone.now())

    order.refresh_from_db()
    assert statuses(order) == [("-P1", Status.FAILED), ("-P2", Status.SUCCEEDED)]
    assert (order.payment_status, Refund.objects.count()) == ("PAID", 0)
    assert books.findings() == []


def test_a_gateway_that_is_gone_charges_nothing_and_the_next_press_works(lab, order, settings):
    url, settings.PAYLAB_URL = settings.PAYLAB_URL, "http://127.0.0.1:9"
    before = books.copy()

    with pytest.raises(GatewayUnavailableError):
        open_at(order)

    assert statuses(order) == [("-P1", Status.CREATED)]
    assert {book for book, rows in books.copy().items() if rows != before[book]} == {"Payment"}
    settings.PAYLAB_URL = url
    paylab.breaker._closed_again_at = 0.0
    assert open_at(order).pay_url.startswith(url)
    assert statuses(order) == [("-P1", Status.PRESENTED)]


def test_a_gateway_that_says_no_leaves_the_order_waiting(lab, order):
    trade = benches.trade(f"{order.number}-P1", money=Money(Decimal("1.00"), "CNY"))
    registry.get("paylab").create(trade, at=timezone.now())

    with pytest.raises(GatewayRefusedError):
        open_at(order)

    assert lab.store.trade(trade.out_trade_no)["amount"] == "1.00"
    assert statuses(order) == [("-P1", Status.CREATED)]
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("AWAITING_PAYMENT", "NONE")


def test_a_provider_nobody_configured_opens_nothing(lab, order):
    with pytest.raises(registry.UnknownProviderError):
        open_at(order, "nobody")

    assert statuses(order) == []


@pytest.mark.parametrize("scene", [paid, expired])
def test_an_order_that_waits_for_no_money_opens_no_attempt(lab, scene):
    found = scene()
    before = books.copy()

    with pytest.raises(attempts.NotPayableError):
        open_at(found.order)

    assert books.copy() == before


def test_an_order_whose_time_is_over_opens_no_attempt(lab, order):
    with pytest.raises(attempts.NotPayableError):
        attempts.open_attempt(purchase=order.purchase, provider_code="paylab", subject="Kaishi", at=order.pay_by)

    assert statuses(order) == []


def test_an_order_under_review_opens_no_attempt(lab, order):
    lifecycle.hold_for_review(purchase_id=order.purchase_id, details={}, at=timezone.now())

    with pytest.raises(attempts.NotPayableError):
        open_at(order)

    assert statuses(order) == []


def test_a_second_attempt_elsewhere_closes_the_first(second_provider, lab, order):
    first = open_at(order)

    open_at(order, "other")

    assert lab.store.trade(first.out_trade_no)["status"] == "closed"
    assert statuses(order) == [("-P1", Status.CLOSED), ("-P2", Status.PRESENTED)]


def test_whoever_paid_already_is_not_sent_to_pay_elsewhere(second_provider, lab, order):
    lab.pay(open_at(order).out_trade_no)  # and the notice is lost

    with pytest.raises(attempts.NotPayableError):
        open_at(order, "other")

    order.refresh_from_db()
    assert order.payment_status == "PAID"
    assert statuses(order) == [("-P1", Status.SUCCEEDED)]
    assert books.findings() == []


def test_a_provider_that_is_down_does_not_keep_a_shopper_from_paying_elsewhere(second_provider, lab, order):
    scene = pending()  # presented at `paylab`, whose gateway has never heard of it
    Payment.objects.filter(pk=scene.payment.pk).update(provider="gone")

    payment = open_at(scene.order)

    assert payment.pay_url.startswith(lab.url)
    assert statuses(scene.order) == [("-P1", Status.PRESENTED), ("-P2", Status.PRESENTED)]


def test_a_lost_notice_is_found_by_asking(lab, order):
    payment = presented(order)
    lab.pay(payment.out_trade_no)

    attempts.ask_open(at=payment.created_at + attempts.QUERY_AFTER)

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("OPEN", "PAID")
    assert books.mails() == [f"order_confirmed:{order.number}"]
    assert books.findings() == []


def test_payments_are_asked_about_after_a_minute_and_then_every_now_and_again(lab, order):
    payment = presented(order)

    moments = []
    for second in (59, 60, 61, 104, 105, 106):
        at = payment.created_at + timedelta(seconds=second)
        attempts.ask_open(at=at)
        payment.refresh_from_db()
        if payment.queried_at == at:
            moments.append(second)

    assert moments == [60, 105]


def test_a_sweep_stops_at_a_gateway_that_is_down_and_goes_on_with_the_others_next_time(settings, monkeypatch):
    settings.PAYLAB_URL = "http://127.0.0.1:9"
    monkeypatch.setattr(paylab, "breaker", CircuitBreaker(seconds=0))
    first, second = pending(), pending()
    at, before = timezone.now() + timedelta(minutes=2), books.copy()

    attempts.ask_open(at=at)
    assert (first.look().payment.queried_at, second.look().payment.queried_at) == (at, None)
    attempts.ask_open(at=at + timedelta(seconds=1))

    assert second.look().payment.queried_at == at + timedelta(seconds=1)
    after = books.copy()
    assert [book for book in before if before[book] != after[book]] == ["Payment"]


def test_a_payment_that_waits_for_a_human_is_not_asked_about_again(lab, order):
    payment = presented(order)
    settlement.apply(payment_id=payment.pk, state=news(payment, money=Money(Decimal(1), "CNY")), at=timezone.now())
    before = books.copy()

    attempts.ask_open(at=payment.created_at + timedelta(days=1))

    assert books.copy() == before


@pytest.mark.parametrize("status", [Status.CREATED, Status.PRESENTED])
def test_a_payment_the_gateway_never_heard_of_stays_open_while_there_is_time(lab, status):
    scene = pending()
    Payment.objects.filter(pk=scene.payment.pk).update(status=status)

    assert attempts.ask(payment=scene.payment, at=timezone.now())

    assert scene.look().payment.status == status


def test_one_payment_that_cannot_be_asked_about_does_not_hold_up_the_others(lab, order):
    stuck, payment = pending().payment, presented(order)
    Payment.objects.filter(pk=stuck.pk).update(provider="gone")
    lab.pay(payment.out_trade_no)

    attempts.ask_open(at=payment.created_at + attempts.QUERY_AFTER)

    order.refresh_from_db()
    assert order.payment_status == "PAID"


def test_an_open_attempt_of_a_paid_order_is_closed_when_its_time_is_over(lab):
    scene = paid()
    let_time_pass(scene.order, seconds=60)

    attempts.ask_open(at=timezone.now())

    assert scene.look().payment.status == Status.CLOSED
    assert scene.order.payment_status == "PAID"
    assert books.findings() == []


def test_paying_twice_sends_the_second_payment_back(second_provider, lab, order):
    first = open_at(order)
    lab.pay(first.out_trade_no)
    second = make.payment(order.purchase, provider="other")

    settlement.apply(payment_id=second.pk, state=news(second), at=timezone.now())
    attempts.ask(payment=first, at=timezone.now())

    first.refresh_from_db()
    assert (first.status, first.is_surplus) == (Status.SUCCEEDED, True)
    assert [(refund.payment, refund.amount, refund.reason) for refund in Refund.objects.all()] == [
        (first, order.total, Refund.Reason.SURPLUS)
    ]
    assert books.findings() == []
