"""Situations in which news of a payment can arrive: each with the order, and an attempt whose end is not known yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from orders.models import Order, Repayment
from orders.services import lifecycle, repaying, shipping
from payments.models import Payment, Refund
from payments.providers.interface import TradeState, TradeStatus
from payments.services import attempts, refunds, settlement
from tests import make


@dataclass
class Scene:
    """An order of two units of which the shop had `stock`, and an attempt to pay it."""

    order: Order
    payment: Payment

    def look(self) -> Scene:
        """Read both again."""
        self.order.refresh_from_db()
        self.payment.refresh_from_db()
        return self


def pending(*, stock: int = 5, **fields: Any) -> Scene:
    """An order that waits for its payment, presented at the gateway."""
    variant = make.only_variant(make.product("Teapot", price="30.00", stock=stock))
    order = make.order(make.cart(variant, quantity=2), at=timezone.now(), **fields)
    return Scene(order, make.payment(order.purchase))


def paid() -> Scene:
    """A paid order, with a second attempt still open."""
    scene = pending()
    settlement.apply(payment_id=scene.payment.pk, state=news(scene.payment), at=timezone.now())
    return Scene(scene.order, make.payment(scene.order.purchase)).look()


def shipped() -> Scene:
    """A paid order that has left the house, with a second attempt still open."""
    scene = paid()
    shipping.ship(order=scene.order, label=shipping.Label("SF", "SF100"), at=timezone.now())
    return scene.look()


def refunded() -> Scene:
    """An order whose money went back, with a second attempt still open."""
    scene = paid()
    order, now = lifecycle.lock(scene.order.purchase_id)[0], timezone.now()
    lines, reason = list(order.lines.all()), Repayment.Reason.GOODWILL
    decision = repaying.whole(order=order, lines=lines, key=f"all-{order.number}", reason=reason)
    repaying.decide(order=order, decision=decision, actor=None, at=now)
    refunds.request_decided(at=now)
    for refund in Refund.objects.filter(payment__purchase=order.purchase_id):
        refunds._succeed(refund, now)
    return scene.look()


def expired(*, stock: int = 5) -> Scene:
    """An order that ran out of time; its attempt was closed, and its goods can still be had."""
    scene = pending(stock=stock)
    at = scene.order.pay_by + timedelta(seconds=1)
    state = news(scene.payment, TradeStatus.CLOSED)
    settlement.apply(payment_id=scene.payment.pk, state=state, at=at)
    lifecycle.expire(purchase_id=scene.order.purchase_id, at=at)
    return scene.look()


def sold_out() -> Scene:
    """An order that ran out of time, and somebody else has its goods."""
    scene = expired(stock=2)
    variant = scene.order.lines.get().variant
    assert variant
    make.order(make.cart(variant, quantity=1), at=timezone.now())
    return scene


def cancelled() -> Scene:
    """An order that the shop called off."""
    scene = expired()
    Order.objects.filter(pk=scene.order.pk).update(cancel_reason=Order.CancelReason.SHOP)
    return scene.look()


SCENES: dict[str, Callable[[], Scene]] = {
    "pending": pending,
    "paid": paid,
    "shipped": shipped,
    "refunded": refunded,
    "expired": expired,
    "sold out": sold_out,
    "cancelled": cancelled,
}


def news(payment: Payment, status: TradeStatus = TradeStatus.SUCCEEDED, **changes: Any) -> TradeState:
    """Return what the laboratory says of a payment that went as it should."""
    fields: dict[str, Any] = {
        "account": "kaishi-demo",
        "out_trade_no": payment.out_trade_no,
        "trade_no": f"L{payment.pk:015d}",
        "money": payment.money,
    } | changes
    return TradeState(status, **fields)


def presented(order: Order) -> Payment:
    """Return an attempt opened at the laboratory that runs."""
    return attempts.open_attempt(purchase=order.purchase, provider_code="paylab", subject="Kaishi", at=timezone.now())


def let_time_pass(order: Order, *, seconds: int = 1) -> None:
    """Let an order and its attempts have ended this many seconds ago; gateways believe no other clock than theirs."""
    ended_at = timezone.now() - timedelta(seconds=seconds)
    Order.objects.filter(purchase=order.purchase_id).update(pay_by=ended_at)
    Payment.objects.filter(purchase=order.purchase_id).update(
        expires_at=ended_at, created_at=ended_at - timedelta(minutes=30)
    )
    order.refresh_from_db()
