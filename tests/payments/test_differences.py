"""The difference of a changed order is paid at the laboratory: once, in time, or it goes back."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from orders.models import Order, OrderEdit, Purchase
from orders.selectors import edits
from orders.services import editing, shipping
from payments.models import Payment, Refund
from payments.providers.interface import TradeStatus
from payments.services import attempts, refunds, settlement
from tests import books, make
from tests.payments.scenes import news, presented

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(lab) -> Order:
    """An order of two teapots that was paid at the laboratory."""
    variant = make.only_variant(make.product("Teapot", price="30.00", stock=5))
    order = make.order(make.cart(variant, quantity=2), at=timezone.now())
    payment = presented(order)
    lab.pay(payment.out_trade_no)
    attempts.ask(payment=payment, at=timezone.now())
    order.refresh_from_db()
    assert order.payment_status == "PAID"
    return order


@pytest.fixture
def cup() -> Variant:
    return make.only_variant(make.product("Cup", price="35.00", stock=4))


def replaced(order: Order, cup: Variant) -> OrderEdit:
    """One teapot for a cup: five more."""
    lines, now = list(order.lines.all()), timezone.now()
    change = edits.Change({lines[0].pk: 1}, {cup.pk: 1})
    plan = edits.plan(order=order, lines=lines, change=change, at=now)
    wish = editing.Proposal(change, edits.version(order, lines), plan.difference, uuid.uuid4())
    return editing.propose(order=order, proposal=wish, actor=None, at=now)


def at_the_cashier(order: Order, edit: OrderEdit) -> Payment:
    return attempts.open_attempt(
        purchase=order.purchase, provider_code="paylab", subject="Kaishi", edit=edit, at=timezone.now()
    )


def test_the_buyer_pays_the_difference_in_the_shop_and_has_the_changed_order(lab, client: Client, paid, cup):
    edit = replaced(paid, cup)
    client.force_login(owner := make.user())
    Order.objects.filter(pk=paid.pk).update(user=owner)
    Purchase.objects.filter(pk=paid.purchase_id).update(user=owner)
    address = f"/orders/{paid.number}/pay/"

    page = client.get(f"/orders/{paid.number}/").content.decode()
    cashier = client.get(address).content.decode()
    answer = client.post(address, {"payment": "paylab"})

    assert "The difference is CN¥5.00" in page
    assert f'href="{address}"' in page
    assert "Pay CN¥5.00" in cashier
    assert "Taken out: Teapot × 1" in cashier
    payment = Payment.objects.get(edit=edit)
    assert [answer.status_code, answer["Location"], payment.amount] == [303, payment.pay_url, 5]

    lab.pay(payment.out_trade_no)
    client.get(f"/payments/{payment.uuid}/return/")
    shown = client.get(f"/payments/{payment.uuid}/")

    assert (shown.status_code, shown["Location"]) == (302, f"/orders/{paid.number}/")
    paid.refresh_from_db()
    assert (paid.total, paid.paid_total, paid.credited_total) == (103, 103, 30)
    page = client.get(f"/orders/{paid.number}/").content.decode()
    assert "Credited for what was taken out" in page
    assert "The difference is" not in page
    assert client.get(address)["Location"] == f"/orders/{paid.number}/thanks/"
    assert books.findings() == []


def test_a_difference_is_not_paid_by_others_nor_as_the_whole_order(client: Client, paid, cup):
    replaced(paid, cup)

    assert client.get(f"/orders/{paid.number}/pay/").status_code == 404
    with pytest.raises(attempts.NotPayableError):
        attempts.open_attempt(purchase=paid.purchase, provider_code="paylab", subject="x", at=timezone.now())
    assert Payment.objects.count() == 1


def test_the_same_cashier_is_used_again_and_no_other_after_the_change_ended(paid, cup):
    edit = replaced(paid, cup)

    assert at_the_cashier(paid, edit) == at_the_cashier(paid, edit)
    editing.withdraw(edit=edit, actor=None, at=timezone.now())
    with pytest.raises(attempts.NotPayableError):
        at_the_cashier(paid, edit)

    attempts.close_cancelled(at=timezone.now())
    assert Payment.objects.get(edit=edit).status == "CLOSED"


def test_a_notice_of_a_difference_that_comes_twice_changes_the_order_once(paid, cup):
    edit = replaced(paid, cup)
    payment = at_the_cashier(paid, edit)

    verdicts = [settlement.apply(payment_id=payment.pk, state=news(payment), at=timezone.now()) for _ in range(2)]

    assert verdicts == ["APPLIED", "NO_CHANGE"]
    assert paid.lines.count() == 2
    assert books.findings() == []


def test_a_wrong_amount_for_a_difference_changes_nothing(paid, cup):
    edit = replaced(paid, cup)
    payment = at_the_cashier(paid, edit)
    before = books.copy()

    verdict = settlement.apply(payment_id=payment.pk, state=news(payment, money=payment.money * 2), at=timezone.now())

    assert (verdict, books.copy()) == ("MISMATCH", before)


def test_money_for_a_change_that_is_over_goes_back(paid, cup):
    edit = replaced(paid, cup)
    payment = at_the_cashier(paid, edit)
    shipping.ship(order=paid, label=shipping.Label("SF", "SF1234567890"), at=timezone.now())

    settlement.apply(payment_id=payment.pk, state=news(payment), at=timezone.now())

    payment.refresh_from_db()
    refund = Refund.objects.get()
    assert [payment.is_surplus, refund.amount, refund.reason] == [True, 5, "TOO_LATE"]
    assert paid.lines.count() == 1
    assert books.findings() == []


def test_a_change_that_is_paid_at_two_cashiers_gives_one_of_them_back(paid, cup):
    edit = replaced(paid, cup)
    first = at_the_cashier(paid, edit)
    second = make.payment(paid.purchase, edit=edit, amount=first.amount)

    for payment in (first, second):
        settlement.apply(payment_id=payment.pk, state=news(payment), at=timezone.now())

    assert list(Payment.objects.filter(edit=edit).order_by("pk").values_list("is_surplus", flat=True)) == [False, True]
    assert Refund.objects.get().reason == "SURPLUS"
    assert books.findings() == []


def test_a_cheaper_replacement_sends_the_difference_back_through_the_payment(lab, paid):
    spoon = make.only_variant(make.product("Spoon", price="4.00", stock=4))
    replaced(paid, spoon)

    now = timezone.now()
    assert (refunds.request_decided(at=now), refunds.execute_due(at=now)) == (1, 1)

    refund = Refund.objects.get()
    assert [refund.amount, refund.status] == [26, "SUCCEEDED"]
    assert lab.refunds() == [(refund.number, "26.00")]
    paid.refresh_from_db()
    assert (paid.refunded_total, paid.money_back.amount, paid.payment_status) == (30, 26, "PARTLY_REFUNDED")
    assert books.findings() == []


def test_a_cashier_that_is_closed_leaves_the_change_to_be_paid(paid, cup):
    edit = replaced(paid, cup)
    payment = at_the_cashier(paid, edit)

    settlement.apply(payment_id=payment.pk, state=news(payment, TradeStatus.CLOSED), at=timezone.now())

    assert at_the_cashier(paid, edit) != payment
    edit.refresh_from_db()
    assert edit.status == "PROPOSED"
