"""The only writer of decisions to give an order's money back; the payments carry them out.

Whoever calls holds the order's lock. A decision never exceeds what was paid and has not gone back, in the order,
in each line and in the delivery; the database refuses it a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core.money import Money
from orders import events
from orders.models import Order, OrderEvent, OrderLine, Repayment, RepaymentLine, ReturnCase
from orders.selectors import refundable
from orders.services import lifecycle


class TooMuchError(Exception):
    """More would go back than was paid and is left; `left` is what could."""

    def __init__(self, left: Money) -> None:
        super().__init__(f"{left.amount} {left.currency} left")
        self.left = left


@dataclass(frozen=True)
class Share:
    """Units of a line, and what goes back for them."""

    line: OrderLine
    quantity: int
    amount: Money


@dataclass(frozen=True)
class Decision:
    """What goes back and why; `key` makes a repeat impossible.

    credited: what of it is not paid out, since it pays for what is added to the order.
    """

    key: str
    reason: Repayment.Reason
    shares: Sequence[Share] = ()
    delivery: Money | None = None
    other: Money | None = None
    credited: Money | None = None

    def parts(self, currency: str) -> tuple[Money, Money, Money]:
        """Return what goes back for lines, for delivery, and for nothing in particular."""
        nothing = Money.zero(currency)
        lines = Money.total((share.amount for share in self.shares), currency)
        return lines, self.delivery or nothing, self.other or nothing


@transaction.atomic
def decide(
    *, order: Order, decision: Decision, actor: User | None, at: datetime, case: ReturnCase | None = None
) -> Repayment | None:
    """Write that money of a locked order goes back; None when the decision comes to nothing at all.

    case: which it is the outcome of.

    Raises TooMuchError, and changes nothing, when a part exceeds what is left of it.
    """
    lines, delivery, other = decision.parts(order.currency)
    amount = lines + delivery + other
    _check(order, decision, delivery, amount)
    _count_units(decision.shares)
    if not amount:
        return None
    credited = decision.credited or Money.zero(order.currency)
    repayment = Repayment.objects.create(
        order=order,
        case=case,
        key=decision.key,
        reason=decision.reason,
        amount=amount.amount,
        delivery_amount=delivery.amount,
        other_amount=other.amount,
        credited_amount=credited.amount,
        settled_amount=credited.amount,
        settled_at=at if credited == amount else None,
        actor=actor,
        decided_at=at,
    )
    RepaymentLine.objects.bulk_create(
        RepaymentLine(repayment=repayment, line=share.line, quantity=share.quantity, amount=share.amount.amount)
        for share in decision.shares
    )
    lifecycle.note_repayment(order=order, amount=amount, delivery=delivery, credited=credited)
    if credited != amount:
        _announce(repayment, actor, at)
    return repayment


@transaction.atomic
def settle(*, repayment_id: int, amount: Money, number: str, at: datetime) -> Repayment:
    """Book that a provider has given money of a decision back, and return it; `number` is the refund's."""
    repayment = Repayment.objects.select_related("order", "case__order").get(pk=repayment_id)
    order = repayment.order
    lifecycle.note_refunded(purchase_id=order.purchase_id, order_id=order.pk, amount=amount, number=number, at=at)
    repayment.settled_amount += amount.amount
    repayment.settled_at = at if repayment.settled_amount == repayment.amount else None
    repayment.save(update_fields=["settled_amount", "settled_at"])
    if repayment.settled_at:
        events.repayment_settled.publish(repayment_id=repayment_id)
    return repayment


def _announce(repayment: Repayment, actor: User | None, at: datetime) -> None:
    """Say that money is on its way, and have it sent."""
    order, money = repayment.order, repayment.to_send
    details = {"amount": str(money.amount), "currency": money.currency, "reason": repayment.reason}
    lifecycle.record(order=order, kind=OrderEvent.Kind.REFUND_DECIDED, at=at, actor=actor, details=details)
    events.repayment_decided.publish(repayment_id=repayment.pk)


def whole(*, order: Order, lines: Sequence[OrderLine], key: str, reason: Repayment.Reason) -> Decision:
    """Return the decision to give back all that is left of an order."""
    left = refundable.left(order)
    shares = []
    for line in lines:
        if line.quantity > line.repaid_quantity:
            amount = min(left, refundable.left_of_line(line, order.currency))
            shares.append(Share(line, line.quantity - line.repaid_quantity, amount))
            left -= amount
    delivery = min(left, refundable.left_of_delivery(order))
    return Decision(key=key, reason=reason, shares=shares, delivery=delivery, other=left - delivery)


def _check(order: Order, decision: Decision, delivery: Money, amount: Money) -> None:
    for share in decision.shares:
        left = refundable.left_of_line(share.line, order.currency)
        if share.amount > left or share.amount.amount < 0:
            raise TooMuchError(left)
        if not 0 < share.quantity <= share.line.quantity - share.line.repaid_quantity:
            raise TooMuchError(left)
    if delivery > refundable.left_of_delivery(order):
        raise TooMuchError(refundable.left_of_delivery(order))
    if amount > refundable.left(order):
        raise TooMuchError(refundable.left(order))


def _count_units(shares: Sequence[Share]) -> None:
    for share in shares:
        OrderLine.objects.filter(pk=share.line.pk).update(
            repaid_quantity=F("repaid_quantity") + share.quantity,
            repaid_amount=F("repaid_amount") + share.amount.amount,
        )
        share.line.repaid_quantity += share.quantity
        share.line.repaid_amount += Decimal(share.amount.amount)
