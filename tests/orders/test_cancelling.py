"""Orders end before they leave: at once while nobody has paid, with all the money on its way back otherwise."""

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.models import StockLevel
from notifications.models import Message
from orders.models import Order, OrderEvent, OrderLine, Repayment
from orders.services import cancelling, lifecycle, shipping
from orders.services.cancelling import CannotCancelError
from shop.audit.returns import DecisionsAreCarriedOut
from tests import books, make

pytestmark = pytest.mark.django_db
BUYER = Order.CancelReason.BUYER


def test_an_unpaid_order_ends_at_once_and_its_goods_are_free(now):
    order = make.order(make.cart(make.only_variant(make.product(stock=3)), quantity=2))

    cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=BUYER, at=now)

    order.refresh_from_db()
    assert (order.status, order.cancel_reason, order.cancelled_at) == ("CANCELLED", "BUYER", now)
    assert order.payment_status == "NONE"
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated) == (3, 0)
    assert [event.kind for event in order.events.order_by("pk")] == ["PLACED", "CANCELLED"]
    assert books.mails("order_cancelled") == [f"order_cancelled:{order.number}:buyer"]
    assert books.findings(DecisionsAreCarriedOut) == []


def test_orders_that_one_payment_is_for_end_together(now):
    other = make.merchant("other")
    make.delivery()
    make.delivery(other)
    cart = make.cart(make.only_variant(make.product(stock=3)), make.only_variant(make.product(stock=3, merchant=other)))
    purchase = make.purchase(cart)

    cancelling.cancel_unpaid(purchase_id=purchase.pk, reason=BUYER, at=now)

    assert set(purchase.orders.values_list("status", flat=True)) == {"CANCELLED"}
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {0}
    assert len(books.mails("order_cancelled")) == 2


@pytest.mark.parametrize("state", ["paid", "cancelled", "in review"])
def test_an_order_that_does_not_wait_for_its_payment_is_not_cancelled_as_unpaid(state, now):
    order = make.paid_order() if state == "paid" else make.order()
    if state == "cancelled":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    elif state == "in review":
        lifecycle.hold_for_review(purchase_id=order.purchase_id, details={}, at=now)
    before = books.copy()

    with pytest.raises(CannotCancelError):
        cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=BUYER, at=now)

    assert books.copy() == before


def test_a_paid_order_ends_with_its_goods_free_and_all_its_money_on_its_way_back(now):
    order = make.paid_order(make.cart(make.only_variant(make.product(stock=3)), quantity=2))
    worker = make.user()

    cancelling.cancel_paid(order=order, reason=Order.CancelReason.SHOP, actor=worker, at=now)

    order.refresh_from_db()
    assert (order.status, order.cancel_reason, order.payment_status) == ("CANCELLED", "SHOP", "PAID")
    assert (order.total, order.repayments_total, order.repaid_delivery) == (Decimal(28), Decimal(28), Decimal(8))
    repayment = Repayment.objects.get()
    assert (repayment.amount, repayment.delivery_amount, repayment.other_amount) == (
        Decimal(28),
        Decimal(8),
        Decimal(0),
    )
    assert (repayment.reason, repayment.actor, repayment.settled_at) == ("CANCELLED", worker, None)
    assert list(repayment.lines.values_list("quantity", "amount")) == [(2, Decimal(20))]
    line = OrderLine.objects.get()
    assert (line.repaid_quantity, line.repaid_amount) == (2, Decimal(20))
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated) == (3, 0)
    events = list(order.events.order_by("pk").values_list("kind", "actor"))
    assert events[2:] == [("REFUND_DECIDED", worker.pk), ("CANCELLED", worker.pk)]
    context = Message.objects.get(kind="order_cancelled").context
    assert (context["reason"], context["is_paid"]) == ("SHOP", True)
    assert books.findings(DecisionsAreCarriedOut) == []


def test_a_paid_order_ends_once(now):
    order = make.paid_order()
    cancelling.cancel_paid(order=order, reason=BUYER, at=now)
    before = books.copy()

    with pytest.raises(CannotCancelError):
        cancelling.cancel_paid(order=order, reason=BUYER, at=now)

    assert books.copy() == before


@pytest.mark.parametrize("quantities", [None, 1], ids=["whole", "a part"])
def test_an_order_of_which_something_left_is_not_cancelled(quantities, now):
    order = make.paid_order(make.cart(make.only_variant(make.product(stock=3)), quantity=2))
    parcel = {order.lines.get().pk: quantities} if quantities else None
    shipping.ship(order=order, label=shipping.Label("SF", "SF1"), quantities=parcel, at=now)
    before = books.copy()

    with pytest.raises(CannotCancelError):
        cancelling.cancel_paid(order=order, reason=BUYER, at=now)

    assert books.copy() == before


def test_an_order_paid_late_after_its_buyer_cancelled_can_be_cancelled_once_more_with_a_mail_each(now):
    order = make.order()
    cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=BUYER, at=now)
    make.payment(order.purchase, status="SUCCEEDED")
    lifecycle.receive_payment(purchase_id=order.purchase_id, at=now + timedelta(minutes=1))

    cancelling.cancel_paid(order=order, reason=Order.CancelReason.SHOP, at=now + timedelta(minutes=2))

    assert len(books.mails("order_cancelled")) == 2
    assert OrderEvent.objects.filter(kind="CANCELLED").count() == 2
    assert books.findings(DecisionsAreCarriedOut) == []
