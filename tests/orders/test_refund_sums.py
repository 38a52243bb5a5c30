"""Random orders, discounts and refunds in three currencies: no cent is lost, and none is invented.

Two thousand of them, unless REFUNDS says how many; docs/RELIABILITY.md has what more of them found.
"""

from __future__ import annotations

import os
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import Money, unit
from orders.models import Order, OrderLine, Repayment
from orders.selectors import refundable
from orders.services import repaying

CURRENCIES = st.sampled_from(["CNY", "USD", "JPY"])
LINES = st.lists(st.tuples(st.integers(0, 99_999), st.integers(1, 12)), min_size=1, max_size=6)
STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 12), st.integers(1, 4)), max_size=20)


def _order(currency: str, priced: list[tuple[int, int]], discount: int, delivery: int) -> tuple[Order, list[OrderLine]]:
    """Return a paid order whose discount is shared over its lines, in the currency's smallest units."""
    step = unit(currency)
    totals = [price * quantity for price, quantity in priced]
    goods = Money(sum(totals) * step, currency)
    off = min(Money(discount * step, currency), goods)
    shares = off.split(totals)
    lines = [
        OrderLine(
            pk=place,
            unit_price=price * step,
            quantity=quantity,
            total=price * quantity * step,
            discount_share=share.amount,
            repaid_amount=Decimal(0),
        )
        for place, ((price, quantity), share) in enumerate(zip(priced, shares, strict=True))
    ]
    paid = goods - off + Money(delivery * step, currency)
    order = Order(
        currency=currency,
        items_total=goods.amount,
        discount_total=off.amount,
        delivery_total=delivery * step,
        total=paid.amount,
        paid_total=paid.amount,
        repayments_total=Decimal(0),
        repaid_delivery=Decimal(0),
    )
    return order, lines


def _give(order: Order, line: OrderLine, quantity: int, amount: Money) -> None:
    """Count what goes back as the service does."""
    line.repaid_quantity += quantity
    line.repaid_amount += amount.amount
    order.repayments_total += amount.amount


@settings(max_examples=int(os.environ.get("REFUNDS", "2000")), deadline=None, suppress_health_check=list(HealthCheck))
@given(CURRENCIES, LINES, st.integers(0, 200_000), st.integers(0, 3_000), STEPS)
def test_refunds_end_exactly_at_what_was_paid(currency, priced, discount, delivery, steps):
    order, lines = _order(currency, priced, discount, delivery)
    assert Money.total((refundable.paid_for(line, currency) for line in lines), currency) == Money(
        order.items_total - order.discount_total, currency
    )
    for place, quantity, part in steps:
        line = lines[place % len(lines)]
        units = min(quantity, line.quantity - line.repaid_quantity)
        if units:
            full = refundable.of_units(line, units, currency)
            amount = full.split([1] * part)[0]  # all of it, or the shop gives less
            assert 0 <= amount.amount <= full.amount <= refundable.left_of_line(line, currency).amount
            _give(order, line, units, amount)

    rest = repaying.whole(order=order, lines=lines, key="rest", reason=Repayment.Reason.CANCELLED)
    parts = rest.parts(currency)

    assert min(money.amount for money in (*parts, *(share.amount for share in rest.shares))) >= 0
    assert not any(share.amount > refundable.left_of_line(share.line, currency) for share in rest.shares)
    assert order.repayments_total + sum(part.amount for part in parts) == order.paid_total
    assert Money(order.paid_total, currency).rounded().amount == order.paid_total


@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(CURRENCIES, LINES, st.integers(0, 200_000))
def test_units_given_back_one_by_one_are_worth_the_line_however_they_are_grouped(currency, priced, discount):
    for group in (1, 2, 5):
        order, lines = _order(currency, priced, discount, 0)
        for line in lines:
            while line.repaid_quantity < line.quantity:
                units = min(group, line.quantity - line.repaid_quantity)
                _give(order, line, units, refundable.of_units(line, units, currency))
            assert line.repaid_amount == line.total - line.discount_share

        assert order.repayments_total == order.paid_total
