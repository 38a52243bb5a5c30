"""Random walks over everything that can happen to stock: whatever comes after whatever, its books stay right.

As many walks as WALKS says, 15 unless told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any, TypeVar

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.selectors import default_merchant
from cart import services as carts
from catalog.models import StockLocation, Variant
from catalog.services import stock, transfers, waiting
from orders.models import Order, Shipment
from orders.services import cancelling, lifecycle, placing, shipping
from shop import audit
from shop.audit import stock as of_stock
from tests import make
from tests.orders.casework import LABEL

pytestmark = pytest.mark.django_db
Row = TypeVar("Row")
PICK, UNITS = st.integers(0, 30), st.integers(1, 4)
REFUSALS = (
    carts.CannotAddError,
    *(stock.OutOfStockError, stock.NotEnoughError, transfers.WrongPlacesError, placing.PlacingError),
    *(shipping.CannotShipError, shipping.WrongQuantityError, shipping.CannotUndoError, cancelling.CannotCancelError),
)
INVARIANTS = [each for each in audit.INVARIANTS.values() if each.__module__ == of_stock.__name__]


class Walk(RuleBasedStateMachine):
    """A merchant with two places, an attic that does not ship, and goods of each policy."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.at, self._keys = timezone.now(), count()
        self.variants = [self._variant("DENY", 6), self._variant("BACKORDER", 2), self._variant("PREORDER", 0)]
        for name, is_active in (("Far", True), ("Attic", False)):
            StockLocation.objects.create(merchant=default_merchant(), name=name, priority=5, is_active=is_active)
        self.places = list(StockLocation.objects.order_by("pk"))
        make.delivery()

    def teardown(self) -> None:
        """Take everything back."""
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    def _variant(self, policy: str, there: int) -> Variant:
        found = make.only_variant(make.product(stock=there))
        Variant.objects.filter(pk=found.pk).update(
            stock_policy=policy, backorder_limit=5, preorder_on=timezone.localdate()
        )
        waiting.set_ceilings(variant_ids=[found.pk])
        return make.only_variant(found.product)

    def _try(self, act: Callable[[], object]) -> None:
        """Do it; a refusal is an answer too."""
        try:
            with transaction.atomic():
                act()
        except REFUSALS:
            pass

    @rule(variant=PICK, units=UNITS, is_paid=st.booleans())
    def sell(self, variant: int, units: int, is_paid: bool) -> None:
        """Somebody buys as much as there is."""

        def act() -> None:
            found = make.only_variant(_pick(self.variants, variant).product)
            cart = make.cart(found, quantity=units, at=self.at)
            purchase = make.purchase(cart, at=self.at)
            if is_paid:
                lifecycle.receive_payment(purchase_id=purchase.pk, at=self.at)

        self._try(act)

    @rule(variant=PICK, place=PICK, units=UNITS)
    def receive(self, variant: int, place: int, units: int) -> None:
        """Goods arrive."""
        self._adjust(variant, place, units)

    @rule(variant=PICK, place=PICK, units=UNITS)
    def count_less(self, variant: int, place: int, units: int) -> None:
        """Goods are missing."""
        self._adjust(variant, place, -units)

    def _adjust(self, variant: int, place: int, change: int) -> None:
        key, found = f"walk-{next(self._keys)}", _pick(self.variants, variant)
        where = _pick(self.places, place)
        self._try(lambda: stock.adjust(variant=found, location=where, change=change, key=key, reason="walk"))

    @rule(variant=PICK, source=PICK, end=PICK, units=UNITS)
    def transfer(self, variant: int, source: int, end: int, units: int) -> None:
        """Goods move."""
        move = transfers.Transfer(
            variant=make.only_variant(_pick(self.variants, variant).product),
            source=_pick(self.places, source),
            target=_pick(self.places, end),
            units=units,
            key=f"walk-{next(self._keys)}",
            reason="walk",
        )
        self._try(lambda: transfers.move(transfer=move, actor=None))

    @rule(order=PICK)
    def cancel_unpaid(self, order: int) -> None:
        """A buyer does not pay."""
        for found in self._orders("AWAITING_PAYMENT", order):
            options: dict[str, Any] = {
                "purchase_id": found.purchase_id,
                "reason": Order.CancelReason.BUYER,
                "at": self.at,
            }
            self._try(partial(cancelling.cancel_unpaid, **options))

    @rule(order=PICK)
    def pay(self, order: int) -> None:
        """A payment comes, perhaps late."""
        for status in ("AWAITING_PAYMENT", "CANCELLED"):
            for found in self._orders(status, order):
                lifecycle.receive_payment(purchase_id=found.purchase_id, at=self.at)

    @rule(order=PICK, units=UNITS)
    def cancel_units(self, order: int, units: int) -> None:
        """A part is cancelled."""
        for found in self._orders("OPEN", order):
            line = found.lines.order_by("pk")[0]
            wanted = {line.pk: min(units, line.unshipped_quantity)}
            lifecycle.cancel_units(order=found, units=wanted, actor=None, at=self.at, is_told=True)

    @rule(order=PICK, units=UNITS)
    def ship(self, order: int, units: int) -> None:
        """A parcel leaves."""
        for found in self._orders("OPEN", order):
            line = found.lines.order_by("pk")[0]
            options: dict[str, Any] = {"order": found, "label": LABEL, "quantities": {line.pk: units}, "at": self.at}
            self._try(partial(shipping.ship, **options))

    @rule(parcel=PICK)
    def undo(self, parcel: int) -> None:
        """A parcel has not left after all."""
        sent = list(Shipment.objects.sent().order_by("pk"))
        if sent:
            self._try(lambda: shipping.undo(shipment=_pick(sent, parcel), actor=None, at=self.at))

    @rule(variant=PICK, limit=st.integers(0, 6), policy=st.sampled_from(["DENY", "BACKORDER", "PREORDER"]))
    def change_policy(self, variant: int, limit: int, policy: str) -> None:
        """The merchant changes how many may wait."""
        found = _pick(self.variants, variant)
        Variant.objects.filter(pk=found.pk).update(stock_policy=policy, backorder_limit=limit)
        waiting.set_ceilings(variant_ids=[found.pk])

    @invariant()
    def the_books_are_right(self) -> None:
        """No invariant of the stock is broken, whatever has happened."""
        found = [(each.invariant.code, each.rows) for each in audit.run() if each.invariant in INVARIANTS]
        assert found == []

    def _orders(self, status: str, number: int) -> list[Order]:
        found = list(Order.objects.filter(status=status).order_by("pk"))
        return [_pick(found, number)] if found else []


def _pick(rows: Sequence[Row], number: int) -> Row:
    return rows[number % len(rows)]


def test_whatever_happens_to_stock_its_books_stay_right():
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=int(os.environ.get("WALKS", "15")),
            stateful_step_count=25,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
