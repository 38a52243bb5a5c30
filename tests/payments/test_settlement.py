"""Every event a provider can report, in every state an order can be in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import StockLevel
from core.money import Money
from orders.models import Order, OrderEvent
from payments.models import Payment, ProviderEvent, Refund
from payments.providers.interface import TradeStatus
from payments.services import expiry, notices, settlement
from tests import books
from tests.payments.scenes import SCENES, news, pending, sold_out

pytestmark = pytest.mark.django_db
Verdict = ProviderEvent.Verdict
Status, PaymentStatus = Order.Status, Order.PaymentStatus
LATE = [name for name in SCENES if name != "pending"]
WRONG = {
    "a cent less": {"money": Money(Decimal("67.99"), "CNY")},
    "a cent more": {"money": Money(Decimal("68.01"), "CNY")},
    "one cent": {"money": Money(Decimal("0.01"), "CNY")},
    "nothing": {"money": Money(Decimal(0), "CNY")},
    "the negative": {"money": Money(Decimal("-68.00"), "CNY")},
    "another currency": {"money": Money(Decimal("68.00"), "JPY")},
    "no amount": {"money": None},
}
FOREIGN = {
    "another account": {"account": "somebody-else"},
    "no account": {"account": ""},
    "another number": {"out_trade_no": "999999999999-P1"},
    "no number": {"out_trade_no": ""},
}


@pytest.mark.parametrize("name", ["pending", "expired"])
def test_money_an_order_needs_makes_it_paid(name):
    scene = SCENES[name]()
    was_cancelled = scene.order.status == Status.CANCELLED
    at = timezone.now()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=at)

    order, payment = scene.look().order, scene.payment
    assert verdict == Verdict.APPLIED
    assert (order.status, order.payment_status, order.paid_total) == (Status.OPEN, PaymentStatus.PAID, order.total)
    assert (order.paid_at, order.cancel_reason, order.cancelled_at) == (at, "", None)
    assert (payment.status, payment.is_surplus, payment.finished_at) == (Payment.Status.SUCCEEDED, False, at)
    assert payment.provider_trade_no == news(payment).trade_no
    kind = OrderEvent.Kind.REOPENED if was_cancelled else OrderEvent.Kind.PAID
    assert order.events.latest("pk").kind == kind
    assert books.mails("order_confirmed") == [f"order_confirmed:{order.number}"]
    assert StockLevel.objects.get(variant__sku=order.lines.get().sku).allocated == 2
    assert Refund.objects.count() == 0
    assert books.findings() == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("paid", Refund.Reason.SURPLUS),
        ("shipped", Refund.Reason.SURPLUS),
        ("refunded", Refund.Reason.SURPLUS),
        ("sold out", Refund.Reason.TOO_LATE),
        ("cancelled", Refund.Reason.TOO_LATE),
    ],
)
def test_money_no_order_needs_goes_back_and_changes_nothing_else(name, reason):
    scene = SCENES[name]()
    before = books.copy()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=timezone.now())

    payment, after = scene.look().payment, books.copy()
    assert verdict == Verdict.APPLIED
    assert (payment.status, payment.is_surplus) == (Payment.Status.SUCCEEDED, True)
    refund = Refund.objects.get(repayment=None)
    assert (refund.payment, refund.amount, refund.reason, refund.status) == (
        payment,
        payment.amount,
        reason,
        "REQUESTED",
    )
    assert refund.number == f"{payment.out_trade_no}-R1"
    entry = scene.order.events.latest("pk")
    assert (entry.kind, entry.details["amount"]) == (OrderEvent.Kind.SURPLUS, "68.00")
    changed = [book for book in before if before[book] != after[book]]
    assert changed == ["OrderEvent", "Payment", "Refund"]


@pytest.mark.parametrize("name", SCENES)
def test_the_same_success_again_changes_nothing(name):
    scene = SCENES[name]()
    settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=timezone.now())
    before = books.copy()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=timezone.now())

    assert verdict == Verdict.NO_CHANGE
    assert books.copy() == before


@pytest.mark.parametrize("name", LATE)
@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_money_that_does_not_fit_has_no_effect_on_an_order_that_waits_for_none(name, change):
    scene = SCENES[name]()
    before = books.copy()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment, **change), at=timezone.now())

    assert verdict == Verdict.MISMATCH
    assert books.copy() == before


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_money_that_does_not_fit_is_held_for_a_human_and_never_paid(change):
    scene = pending()
    before = books.copy()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment, **change), at=timezone.now())

    order, after = scene.look().order, books.copy()
    assert verdict == Verdict.MISMATCH
    assert (order.status, order.payment_status) == (Status.AWAITING_PAYMENT, PaymentStatus.NEEDS_REVIEW)
    assert (order.paid_total, order.paid_at) == (Decimal(0), None)
    entry = order.events.latest("pk")
    assert (entry.kind, entry.is_public) == (OrderEvent.Kind.PAYMENT_REVIEW, False)
    assert entry.details["expected"] == "68.00 CNY"
    changed = [book for book in before if before[book] != after[book]]
    assert changed == ["Order", "OrderEvent"]


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_money_for_somebody_else_has_no_effect(name, change):
    scene = SCENES[name]()
    before = books.copy()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment, **change), at=timezone.now())

    assert verdict == Verdict.FOREIGN
    assert books.copy() == before


@pytest.mark.parametrize(
    ("status", "end"), [(TradeStatus.CLOSED, Payment.Status.CLOSED), (TradeStatus.FAILED, Payment.Status.FAILED)]
)
def test_an_attempt_that_ends_without_money_leaves_the_order_waiting(status, end):
    scene = pending()
    before, at = books.copy(), timezone.now()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment, status), at=at)

    payment, after = scene.look().payment, books.copy()
    assert verdict == Verdict.APPLIED
    assert (payment.status, payment.finished_at) == (end, at)
    assert [book for book in before if before[book] != after[book]] == ["Payment"]


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("status", [TradeStatus.WAITING, TradeStatus.UNKNOWN])
def test_no_news_is_no_change(name, status):
    scene = SCENES[name]()
    before = books.copy()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment, status), at=timezone.now())

    assert verdict == Verdict.NO_CHANGE
    assert books.copy() == before


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("status", [TradeStatus.WAITING, TradeStatus.CLOSED, TradeStatus.FAILED])
def test_nothing_that_comes_after_a_success_takes_it_back(name, status):
    scene = SCENES[name]()
    settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=timezone.now())
    before = books.copy()

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment, status), at=timezone.now())

    assert verdict == Verdict.NO_CHANGE
    assert books.copy() == before


@pytest.mark.parametrize("name", SCENES)
def test_a_notice_about_a_refund_is_not_taken_for_a_payment(name, lab):
    scene = SCENES[name]()
    trade = {"app_id": "kaishi-demo", "trade_no": "L1", "amount": "68.00", "currency": "CNY", "status": "succeeded"}
    content = {"event_id": "E1", "refund_no": "R1", "trade": trade | {"out_trade_no": scene.payment.out_trade_no}}
    letter, before = lab.signed(content), books.copy()

    answer = notices.receive(provider_code="paylab", body=letter.body, headers=letter.headers, at=timezone.now())

    assert answer == "success"
    assert ProviderEvent.objects.get().verdict == Verdict.NO_CHANGE
    assert books.copy() == before


@pytest.mark.parametrize("status", [TradeStatus.CLOSED, TradeStatus.FAILED])
def test_a_success_after_a_failure_counts(status):
    scene = pending()
    settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment, status), at=timezone.now())

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=timezone.now())

    assert verdict == Verdict.APPLIED
    assert scene.look().order.payment_status == PaymentStatus.PAID
    assert books.findings() == []


def test_the_right_amount_after_a_wrong_one_ends_the_review():
    scene = pending()
    wrong = news(scene.payment, money=Money(Decimal("0.01"), "CNY"))
    settlement.apply(payment_id=scene.payment.pk, state=wrong, at=timezone.now())

    verdict = settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=timezone.now())

    assert verdict == Verdict.APPLIED
    assert scene.look().order.payment_status == PaymentStatus.PAID
    assert books.findings() == []


def test_the_same_wrong_amount_twice_is_one_review():
    scene = pending()
    wrong = news(scene.payment, money=Money(Decimal("0.01"), "CNY"))
    settlement.apply(payment_id=scene.payment.pk, state=wrong, at=timezone.now())
    before = books.copy()

    settlement.apply(payment_id=scene.payment.pk, state=wrong, at=timezone.now())

    assert books.copy() == before


def test_goods_under_review_are_not_given_away_when_time_runs_out():
    scene = pending()
    wrong = news(scene.payment, money=Money(Decimal("0.01"), "CNY"))
    settlement.apply(payment_id=scene.payment.pk, state=wrong, at=timezone.now())
    before = books.copy()

    count = expiry.expire_overdue(at=scene.order.pay_by)

    assert count == 0
    assert books.copy() == before


def test_a_second_late_payment_of_a_sold_out_order_goes_back_too():
    scene = sold_out()
    other = Payment.objects.create(
        purchase=scene.order.purchase,
        provider="paylab",
        out_trade_no=f"{scene.order.number}-P2",
        amount=scene.order.total,
        currency="CNY",
        expires_at=scene.order.pay_by,
    )

    for payment in (scene.payment, other):
        settlement.apply(payment_id=payment.pk, state=news(payment), at=timezone.now())

    assert list(Refund.objects.order_by("pk").values_list("payment", "amount")) == [
        (scene.payment.pk, Decimal("68.00")),
        (other.pk, Decimal("68.00")),
    ]
    assert scene.look().order.status == Status.CANCELLED
    assert books.findings() == []
