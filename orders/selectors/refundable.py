"""What of an order's money can still go back: pure arithmetic on rows that are at hand."""

from __future__ import annotations

from core.money import Money
from orders.models import Order, OrderLine


def paid_for(line: OrderLine, currency: str) -> Money:
    """Return what was paid for a line, its share of discounts taken off."""
    return Money(line.total - line.discount_share, currency)


def unit_prices(line: OrderLine, currency: str) -> list[Money]:
    """Return what was paid for each unit; they add up to what the line cost, so the cents of a discount are all there.

    Source: largest remainder (`Money.split`); the first units get the odd cents.
    """
    return paid_for(line, currency).split([1] * line.quantity)


def of_units(line: OrderLine, quantity: int, currency: str) -> Money:
    """Return what goes back for the next `quantity` units of a line that have not gone back yet.

    What went back as a part of a unit's price is not given twice: the last units take what is left.
    """
    first = line.repaid_quantity
    share = Money.total(unit_prices(line, currency)[first : first + quantity], currency)
    return min(share, left_of_line(line, currency))


def left_of_line(line: OrderLine, currency: str) -> Money:
    """Return what of a line's price has not gone back."""
    return paid_for(line, currency) - Money(line.repaid_amount, currency)


def left_of_delivery(order: Order) -> Money:
    """Return what of the delivery's price has not gone back."""
    return Money(order.delivery_total - order.repaid_delivery, order.currency)


def left(order: Order) -> Money:
    """Return what of all that was paid has not gone back."""
    return Money(order.paid_total - order.repayments_total, order.currency)
