"""Money on its way back: once for each number, never more than came in, again and again until it is final."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.breaker import CircuitBreaker
from core.money import Money
from orders.models import OrderEvent
from payments.models import Payment, Refund
from payments.providers import paylab
from payments.services import attempts, refunds
from tests import books, make
from tests.crowd import at_once
from tests.payments.scenes import pending, presented
from tests.rogue import Rogue, http

pytestmark = pytest.mark.django_db
Status = Refund.Status


@pytest.fixture
def surplus(lab):
    """A payment of an order that was paid already; its money waits to go back."""
    return _surplus(lab)


def _surplus(lab) -> Payment:
    order = make.order(at=timezone.now())
    first = presented(order)
    lab.pay(first.out_trade_no)
    make.payment(order.purchase, number=f"{order.number}-P2", status=Payment.Status.SUCCEEDED)
    order.purchase.orders.update(status="OPEN", payment_status="PAID", paid_total=order.total, paid_at=timezone.now())
    attempts.ask(payment=first, at=timezone.now())
    first.refresh_from_db()
    assert first.is_surplus
    return first


def request(payment: Payment, amount: str) -> Refund:
    money = Money(Decimal(amount), payment.currency)
    return refunds.request(payment=payment, amount=money, reason=Refund.Reason.SURPLUS, at=timezone.now())


def test_a_surplus_goes_back_and_the_shopper_is_told_once(lab, surplus):
    at = timezone.now()

    counts = [refunds.execute_due(at=at) for _ in range(3)]

    refund = Refund.objects.get()
    surplus.refresh_from_db()
    assert counts == [1, 0, 0]
    assert (refund.status, refund.attempts, refund.finished_at, refund.error) == (Status.SUCCEEDED, 1, at, "")
    assert surplus.refunded == surplus.amount
    assert lab.refunds() == [(refund.number, "18.00")]
    order = surplus.purchase.orders.get()
    assert list(order.events.order_by("pk").values_list("kind", flat=True))[-2:] == ["SURPLUS", "REFUNDED"]
    assert books.mails("payment_refunded") == [f"payment_refunded:{order.number}:{refund.number}"]


def test_the_order_that_needed_no_more_money_stays_paid(surplus):
    refunds.execute_due(at=timezone.now())

    order = surplus.purchase.orders.get()
    assert (order.status, order.payment_status, order.refunded_total) == ("OPEN", "PAID", 0)


def test_an_answer_that_is_lost_does_not_give_the_money_twice(lab, surplus, settings):
    def give_and_hang_up() -> bytes:
        refunded = {"refund_no": f"{surplus.out_trade_no}-R1", "out_trade_no": surplus.out_trade_no}
        lab.store.refund(refunded | {"amount": "18.00", "currency": "CNY"})
        return b""

    at = timezone.now()
    with Rogue(give_and_hang_up) as rogue:
        url, settings.PAYLAB_URL = settings.PAYLAB_URL, rogue.url
        refunds.execute_due(at=at)
    assert (Refund.objects.get().status, len(lab.refunds())) == (Status.REQUESTED, 1)
    settings.PAYLAB_URL, paylab.breaker._closed_again_at = url, 0.0

    refunds.execute_due(at=at + timedelta(seconds=30))

    refund = Refund.objects.get()
    assert (refund.status, refund.attempts) == (Status.SUCCEEDED, 2)
    assert lab.refunds() == [(refund.number, "18.00")]


def test_a_worker_that_died_after_the_answer_gives_nothing_again(lab, surplus):
    refunded = {"refund_no": f"{surplus.out_trade_no}-R1", "out_trade_no": surplus.out_trade_no}
    lab.store.refund(refunded | {"amount": "18.00", "currency": "CNY"})

    refunds.execute_due(at=timezone.now())

    assert Refund.objects.get().status == Status.SUCCEEDED
    assert len(lab.refunds()) == 1


def test_a_gateway_that_is_down_is_asked_again_after_growing_pauses_for_ever(surplus, settings, monkeypatch):
    monkeypatch.setattr(paylab, "breaker", CircuitBreaker(seconds=0))
    settings.PAYLAB_URL = "http://127.0.0.1:9"
    at, pauses = Refund.objects.get().due_at, []

    for _ in range(7):
        assert refunds.execute_due(at=at) == 1
        due_at = Refund.objects.get().due_at
        assert refunds.execute_due(at=due_at - timedelta(microseconds=1)) == 0
        pauses.append((due_at - at).total_seconds())
        at = due_at

    refund = Refund.objects.get()
    surplus.refresh_from_db()
    assert pauses == [30, 60, 300, 900, 3600, 3600, 3600]
    assert (refund.status, refund.attempts, surplus.refunded) == (Status.REQUESTED, 7, 0)
    assert books.mails("payment_refunded") == []


def test_a_provider_without_its_keys_keeps_the_refund_waiting(surplus, settings):
    settings.PAYLAB_PRIVATE_KEY = ""

    refunds.execute_due(at=timezone.now())

    refund = Refund.objects.get()
    assert (refund.status, refund.error) == (Status.REQUESTED, "paylab")


def test_a_gateway_that_refuses_leaves_it_to_a_human_and_the_audit_names_it(lab, surplus):
    lab.rewrite(surplus.out_trade_no, status="closed")

    refunds.execute_due(at=timezone.now())

    refund = Refund.objects.get()
    surplus.refresh_from_db()
    assert (refund.status, refund.error, surplus.refunded) == (Status.FAILED, "NOT_REFUNDABLE", 0)
    assert books.mails("payment_refunded") == []
    assert refunds.execute_due(at=timezone.now() + timedelta(days=1)) == 0
    assert [row[0] for row in dict(books.findings())["money that no order needed goes back"]] == [
        f"payment {surplus.out_trade_no}"
    ]


@pytest.mark.parametrize(("state", "end"), [("pending", Status.REQUESTED), ("failed", Status.FAILED)])
def test_a_gateway_that_takes_its_time_is_asked_again_and_one_that_failed_is_not(lab, surplus, settings, state, end):
    answer = lab.signed({"status": state, "refund_no": f"{surplus.out_trade_no}-R1"})
    names = {name.replace("-", "_"): value for name, value in answer.headers.items()}

    with Rogue(http("200 OK", answer.body, **names)) as rogue:
        settings.PAYLAB_URL = rogue.url
        refunds.execute_due(at=timezone.now())

    surplus.refresh_from_db()
    assert (Refund.objects.get().status, surplus.refunded) == (end, 0)


def test_a_slow_refusal_does_not_undo_a_refund_that_was_given(surplus):
    slow = Refund.objects.select_related("payment").get()
    refunds.execute_due(at=timezone.now())
    before = books.copy()

    refunds._fail(slow, "refused")

    assert books.copy() == before


def test_more_than_came_in_is_not_asked_back(surplus):
    Refund.objects.all().update(amount=Decimal("10.00"))
    before = books.copy()

    with pytest.raises(refunds.TooMuchError):
        request(surplus, "8.01")

    assert books.copy() == before
    assert request(surplus, "8.00").number == f"{surplus.out_trade_no}-R2"


def test_what_was_refused_may_be_asked_back_again_under_a_new_number(surplus):
    Refund.objects.all().update(status=Status.FAILED)

    refund = request(surplus, "18.00")

    assert refund.number == f"{surplus.out_trade_no}-R2"


def test_a_payment_that_did_not_come_in_gives_nothing_back():
    scene = pending()
    before = books.copy()

    with pytest.raises(refunds.TooMuchError):
        request(scene.payment, "1.00")

    assert books.copy() == before


def test_the_database_refuses_a_payment_that_gave_back_more_than_it_took(surplus):
    with pytest.raises(IntegrityError, match="payments_payment_refunded_within_amount"), transaction.atomic():
        Payment.objects.filter(pk=surplus.pk).update(refunded=surplus.amount + Decimal("0.01"))

    surplus.refresh_from_db()
    assert surplus.refunded == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_five_workers_at_once_give_the_money_once(lab):
    payment, at = _surplus(lab), timezone.now()

    counts = at_once(*[partial(refunds.execute_due, at=at)] * 5)

    payment.refresh_from_db()
    assert sorted(counts) == [0, 0, 0, 0, 1]
    assert len(lab.refunds()) == 1
    assert payment.refunded == payment.amount
    assert OrderEvent.objects.filter(kind="REFUNDED").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_five_requests_at_once_never_ask_more_than_came_in(lab):
    payment = _surplus(lab)
    Refund.objects.all().update(amount=Decimal("6.00"))

    def ask() -> bool:
        try:
            request(payment, "6.00")
        except refunds.TooMuchError:
            return False
        return True

    outcomes = at_once(*[ask] * 5)

    assert sorted(outcomes) == [False, False, False, True, True]
    assert sum(refund.amount for refund in Refund.objects.all()) == payment.amount


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_lock_only_the_number_keeps_a_second_request_out(lab, monkeypatch):
    payment, create = _surplus(lab), Refund.objects.create
    Refund.objects.all().update(amount=Decimal("6.00"))
    both_have_looked = threading.Barrier(2, timeout=10)

    def wait_and_create(**fields):
        both_have_looked.wait()
        return create(**fields)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self.all())
    monkeypatch.setattr(Refund.objects, "create", wait_and_create)

    def ask() -> str:
        try:
            return request(payment, "12.00").number
        except IntegrityError as error:
            return type(error).__name__

    assert sorted(at_once(ask, ask)) == sorted([f"{payment.out_trade_no}-R2", "IntegrityError"])


@pytest.mark.parametrize("others", [0, 20])
def test_a_refund_costs_the_same_among_many(surplus, others, django_assert_num_queries):
    for number in range(others):
        Refund.objects.create(
            payment=surplus, number=f"X{number}", amount=1, reason="SURPLUS", status="FAILED", due_at=timezone.now()
        )

    with django_assert_num_queries(19):
        refunds.execute_due(at=timezone.now())
