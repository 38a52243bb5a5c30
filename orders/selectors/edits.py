"""What a change of a paid order would mean: what is taken out, what is put in, and the difference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.models import Variant
from catalog.selectors import prices
from core.money import Money
from orders.models import Order, OrderEdit, OrderLine
from orders.selectors import claims, refundable


@dataclass(frozen=True)
class Change:
    """What staff want: units by line id to take out, units by variant id to put in."""

    removed: Mapping[int, int]
    added: Mapping[int, int]


@dataclass(frozen=True)
class Removal:
    """Units of a line that are taken out, and what was paid for them."""

    line: OrderLine
    quantity: int
    amount: Money


@dataclass(frozen=True)
class Addition:
    """Units of a variant that are put in, and what they cost now."""

    variant: Variant
    quantity: int
    amount: Money


@dataclass(frozen=True)
class Plan:
    """A change with its sums."""

    order: Order
    removals: Sequence[Removal]
    additions: Sequence[Addition]

    @property
    def taken_out(self) -> Money:
        """What was paid for what is taken out."""
        return Money.total((each.amount for each in self.removals), self.order.currency)

    @property
    def added(self) -> Money:
        """What the new goods cost."""
        return Money.total((each.amount for each in self.additions), self.order.currency)

    @property
    def difference(self) -> Money:
        """What the buyer pays; below zero what goes back."""
        return self.added - self.taken_out

    @property
    def refund(self) -> Money:
        """What goes back."""
        return self.taken_out - self.added


class CannotPlanError(Exception):
    """The change is not possible; subclasses say why."""


class NothingChangedError(CannotPlanError):
    """Nothing is taken out and nothing put in."""


class NothingLeftError(CannotPlanError):
    """Nothing would be left: the order is to be cancelled instead."""


class UnitsGoneError(CannotPlanError):
    """Units to be taken out have left or are cancelled."""


class NotForSaleError(CannotPlanError):
    """A variant is another merchant's, is not offered, or has no price in the order's currency; `sku` tells."""

    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


def is_editable(order: Order) -> bool:
    """Tell whether a change could be made: paid and not refunded, not all of it gone, and nothing asked of the shop."""
    fulfilments = (Order.FulfilmentStatus.NONE, Order.FulfilmentStatus.PARTLY_SHIPPED)
    is_alive = order.status == Order.Status.OPEN and order.payment_status != Order.PaymentStatus.REFUNDED
    return is_alive and order.fulfilment_status in fulfilments and not order.has_open_case


def proposed(order: Order) -> OrderEdit | None:
    """Return the change of an order that waits for its difference to be paid."""
    edit = order.edits.filter(status=OrderEdit.Status.PROPOSED).first()
    if edit is not None:
        edit.order = order
    return edit


def payable(order: Order, *, at: datetime) -> OrderEdit | None:
    """Return the change whose difference can be paid now."""
    edit = proposed(order) if is_editable(order) else None
    return edit if edit is not None and edit.pay_by > at else None


def version(order: Order, lines: Sequence[OrderLine]) -> str:
    """Return a hash of all that a change starts from; another one means that somebody was faster."""
    state = [
        [order.status, order.fulfilment_status, order.has_open_case, order.edits.count()],
        [[line.pk, line.shipped_quantity, line.cancelled_quantity, line.repaid_quantity] for line in lines],
    ]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]


def plan(*, order: Order, lines: Sequence[OrderLine], change: Change, at: datetime) -> Plan:
    """Return what a change means at today's prices; raise a CannotPlanError when it is not possible.

    Delivery stays as it was agreed.
    """
    removals = _removals(order, lines, change.removed)
    additions = _additions(order, change.added, at)
    if not removals and not additions:
        raise NothingChangedError
    left = sum(line.unshipped_quantity for line in lines) - sum(each.quantity for each in removals)
    if not left and not additions and order.fulfilment_status == Order.FulfilmentStatus.NONE:
        raise NothingLeftError
    return Plan(order, removals, additions)


def are_here(order: Order, lines: Sequence[OrderLine], units: Mapping[int, int]) -> bool:
    """Tell whether units, by line id, have neither left nor been cancelled nor been asked for."""
    free = {claim.line.pk: claim.quantity for claim in claims.of_order(order, lines) if claim.is_unsent}
    return all(0 < quantity <= free.get(line_id, 0) for line_id, quantity in units.items())


def _removals(order: Order, lines: Sequence[OrderLine], wanted: Mapping[int, int]) -> list[Removal]:
    units = {line_id: quantity for line_id, quantity in wanted.items() if quantity}
    if not are_here(order, lines, units):
        raise UnitsGoneError
    removals, left = [], refundable.left(order)
    for line in lines:
        if line.pk in units:
            amount = min(refundable.of_units(line, units[line.pk], order.currency), left)
            removals.append(Removal(line, units[line.pk], amount))
            left -= amount
    return removals


def _additions(order: Order, wanted: Mapping[int, int], at: datetime) -> list[Addition]:
    units = {variant_id: quantity for variant_id, quantity in wanted.items() if quantity > 0}
    if not units:
        return []
    variants = Variant.objects.select_related("product").in_bulk(units)
    quotes = prices.quotes(variant_ids=units, at=at, currency=order.currency, quantities=units)
    additions = []
    for variant_id, quantity in sorted(units.items()):
        variant, quote = variants.get(variant_id), quotes.get(variant_id)
        if variant is None or quote is None or not _is_offered(variant, order):
            raise NotForSaleError(variant.sku if variant else str(variant_id))
        additions.append(Addition(variant, quantity, quote.price * quantity))
    return additions


def _is_offered(variant: Variant, order: Order) -> bool:
    return variant.is_active and variant.product.merchant_id == order.merchant_id
