"""Random walks over everything that can happen to orders: whatever comes after whatever, the books stay right.

As many walks as WALKS says, 15 unless told; docs/RELIABILITY.md has what a thousand found.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cart import services as carts
from catalog.models import StockLevel, Variant
from catalog.services import stock, waiting
from core.money import Money
from orders.models import Backorder, CaseEntry, Order, OrderEdit, ReturnCase
from orders.selectors import edits
from orders.services import cancelling, editing, lifecycle, receiving, shipping
from orders.services.cases import answering, goods, requesting, timers
from orders.services.cases.goods import Inspected
from orders.services.cases.requesting import Wish
from orders.services.cases.writing import Act, WrongStageError
from payments.models import Payment, Refund
from payments.providers.interface import TradeStatus
from payments.services import refunds, settlement
from tests import books, make
from tests.payments.scenes import news

pytestmark = pytest.mark.django_db
Row = TypeVar("Row")
Status, Kind, Reason, Side = ReturnCase.Status, ReturnCase.Kind, ReturnCase.Reason, CaseEntry.Side
LABEL = shipping.Label("SF", "SF1234567890")
REFUSALS = (
    *(cancelling.CannotCancelError, receiving.CannotReceiveError, receiving.ExtendedBeforeError),
    *(shipping.CannotShipError, shipping.WrongQuantityError, requesting.CannotAskError, WrongStageError),
    *(
        answering.ReasonMissingError,
        answering.UnitsGoneError,
        goods.WrongCountError,
        goods.TooMuchError,
        goods.LessNeedsReasonError,
    ),
    *(stock.OutOfStockError, stock.NotEnoughError, edits.CannotPlanError, editing.CannotEditError),
)
PICK = st.integers(0, 30)
UNITS = st.integers(0, 3)
CENTS = st.sampled_from([0, 0, 1, 333, 1000, 5000])  # 0 for all of it
SOON = st.sampled_from([timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=9), timedelta(days=4)])
SEEN: Counter[str] = Counter()  # where orders and cases ended


class Walk(RuleBasedStateMachine):
    """One shop with two products, one of them sold before it is there, and people who do things in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.at, self.counts = timezone.now(), 0
        make.delivery()
        products = [make.product(price="10.00", stock=6), make.product(price="3.33", stock=4)]
        self.variants = [make.only_variant(each) for each in products]
        waited_for = Variant.objects.filter(pk=self.variants[1].pk)
        waited_for.update(stock_policy=Variant.StockPolicy.BACKORDER, backorder_limit=3)
        waiting.set_ceilings(variant_ids=[self.variants[1].pk])
        self.variants[1].refresh_from_db()

    def teardown(self) -> None:
        """Let all money arrive; then the books must be right, and nobody may have paid for nothing."""
        try:
            self._carry_out()
            assert books.findings() == []
            SEEN.update(f"order {each}" for each in Order.objects.values_list("status", flat=True))
            SEEN["wait filled"] += Backorder.objects.exclude(filled_at=None).count()
            SEEN["wait given up"] += Backorder.objects.exclude(given_up_at=None).count()
            SEEN.update(f"change {each}" for each in OrderEdit.objects.values_list("status", flat=True))
            SEEN.update(f"case {each}" for each in ReturnCase.objects.values_list("status", flat=True))
            for order in Order.objects.filter(status="CANCELLED"):
                assert order.refunded_total == order.paid_total
        finally:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)

    @initialize(units=st.integers(1, 3), far=st.integers(0, 3), kind=st.sampled_from(Kind))
    def begin(self, units: int, far: int, kind: ReturnCase.Kind) -> None:
        """Begin with two paid orders, the first one some way along, so that there is something to do."""
        for quantities in ((units, 1), (1, 2)):
            self.place(*quantities)
        for pick in range(2):
            self.pay(pick, is_late=False)
        for _ in range(min(far, 2)):
            self._arrive(Order.objects.order_by("pk")[0])
        if far == 3:
            self.ask(0, kind, Reason.QUALITY, 1, 0)

    @rule(first=UNITS, second=UNITS)
    def place(self, first: int, second: int) -> None:
        """Somebody places an order, as far as there is stock."""
        wanted = [(variant, units) for variant, units in zip(self.variants, (first, second), strict=True) if units]
        if not wanted or any(self._left(variant) < units for variant, units in wanted):
            return
        cart = make.cart(at=self.at)
        for variant, units in wanted:
            carts.add(cart=cart, variant=variant, quantity=units, at=self.at)
        make.order(cart, at=self.at)

    @rule(pick=PICK, is_late=st.booleans())
    def pay(self, pick: int, is_late: bool) -> None:
        """A payment of some order succeeds, or is closed."""
        order = self._one(Order.objects.all(), pick)
        if order is None:
            return
        payment = make.payment(order.purchase)
        status = TradeStatus.CLOSED if is_late and pick % 2 else TradeStatus.SUCCEEDED
        settlement.apply(payment_id=payment.pk, state=news(payment, status), at=self.at)

    @rule(pick=PICK)
    def pay_again_with_the_same_notice(self, pick: int) -> None:
        """A notice comes once more."""
        payment = self._one(Payment.objects.all(), pick)
        if payment:
            settlement.apply(payment_id=payment.pk, state=news(payment), at=self.at)

    @rule(pick=PICK, is_by_shop=st.booleans())
    def cancel(self, pick: int, is_by_shop: bool) -> None:
        """Somebody cancels before paying."""
        reason = Order.CancelReason.SHOP if is_by_shop else Order.CancelReason.BUYER
        order = self._one(Order.objects.all(), pick)
        if order:
            self._try(cancelling.cancel_unpaid, purchase_id=order.purchase_id, reason=reason, at=self.at)

    @rule(pick=PICK, out=UNITS, other=st.integers(0, 1), units=UNITS)
    def edit(self, pick: int, out: int, other: int, units: int) -> None:
        """Staff take units out of an order and put others in."""
        order = self._one(Order.objects.filter(status="OPEN"), pick)
        if order:
            self._try(self._edit, order=order, added={self.variants[other].pk: units}, out=out)

    @rule(pick=PICK, is_paid=st.booleans())
    def end_an_edit(self, pick: int, is_paid: bool) -> None:
        """The difference of some change is paid, in time or not, or the change is withdrawn."""
        edit = self._one(OrderEdit.objects.filter(added__gt=F("taken_out")), pick)
        if edit and is_paid:
            payment = make.payment(edit.order.purchase, edit=edit, amount=edit.difference.amount)
            settlement.apply(payment_id=payment.pk, state=news(payment), at=self.at)
        elif edit:
            editing.withdraw(edit=edit, actor=None, at=self.at)

    @rule(pick=PICK)
    def cancel_what_is_paid(self, pick: int) -> None:
        """The shop cancels what is paid."""
        order = self._one(Order.objects.filter(status="OPEN"), pick)
        if order:
            self._try(cancelling.cancel_paid, order=order, reason=Order.CancelReason.SHOP, at=self.at)

    @rule(pick=PICK, first=UNITS, is_all=st.booleans())
    def ship(self, pick: int, first: int, is_all: bool) -> None:
        """The shop sends a parcel."""
        order = self._one(Order.objects.filter(status="OPEN"), pick)
        if order:
            lines = list(order.lines.order_by("pk"))
            quantities = None if is_all else {line.pk: min(first, line.unshipped_quantity) for line in lines}
            self._try(shipping.ship, order=order, label=LABEL, quantities=quantities, at=self.at)

    @rule(pick=PICK)
    def begin_to_pack(self, pick: int) -> None:
        """The shop begins to pack."""
        order = self._one(Order.objects.filter(status="OPEN", picked_at=None), pick)
        if order:
            lifecycle.mark_picked(order=lifecycle.lock(order.purchase_id)[0], actor=None, at=self.at)

    @rule(pick=PICK, is_extension=st.booleans())
    def confirm(self, pick: int, is_extension: bool) -> None:
        """The buyer confirms receipt, or takes more time."""
        order = self._one(Order.objects.all(), pick)
        if order:
            self._try(receiving.extend if is_extension else receiving.confirm, order=order, at=self.at)

    @rule(pick=PICK, kind=st.sampled_from(Kind), reason=st.sampled_from(Reason), units=UNITS, cents=CENTS)
    def ask(self, pick: int, kind: ReturnCase.Kind, reason: ReturnCase.Reason, units: int, cents: int) -> None:
        """The buyer asks for something."""
        order = self._one(Order.objects.all(), pick)
        if order:
            wish = self._wish(order, kind, reason, units, cents)
            self._try(requesting.request, order=order, wish=wish, actor=None, at=self.at)

    @rule(pick=PICK, kind=st.sampled_from(Kind), units=UNITS)
    def change(self, pick: int, kind: ReturnCase.Kind, units: int) -> None:
        """The buyer asks for something else."""
        case = self._one(ReturnCase.objects.all(), pick)
        if case:
            wish = self._wish(case.order, kind, Reason.QUALITY, units, 0)
            self._try(requesting.change, case=case, wish=wish, actor=None, at=self.at)

    @rule(pick=PICK)
    def withdraw(self, pick: int) -> None:
        """The buyer takes a request back."""
        case = self._one(ReturnCase.objects.all(), pick)
        if case:
            self._try(requesting.withdraw, case=case, actor=None, at=self.at)

    @rule(pick=PICK, step=st.sampled_from(["approve", "approve", "reject", "escalate", "grant", "uphold"]))
    def answer(self, pick: int, step: str, of: ReturnCase | None = None) -> None:
        """The shop answers, the buyer appeals, the platform decides."""
        case = of or self._one(ReturnCase.objects.all(), pick)
        act = Act(Side.SHOP, self.at, None, "because")
        if case is None:
            return
        if step in ("grant", "uphold"):
            self._try(answering.decide, case=case, is_granted=step == "grant", act=act)
        else:
            self._try(getattr(answering, step), case=case, act=act)

    @rule(pick=PICK, step=st.sampled_from(["send", "receive", "replace", "finish"]))
    def carry(self, pick: int, step: str, of: ReturnCase | None = None) -> None:
        """Goods travel back, or another one to the buyer."""
        case = of or self._one(ReturnCase.objects.all(), pick)
        options: dict[str, Any] = {"label": LABEL} if step in ("send", "replace") else {}
        if case:
            self._try(getattr(goods, step), case=case, act=self._act(), **options)

    @rule(pick=PICK)
    def go_on(self, pick: int) -> None:
        """A case takes its natural next step."""
        case = self._one(ReturnCase.objects.open(), pick)
        steps: dict[str, Callable[[], None]] = {
            "REQUESTED": lambda: self.answer(0, "approve", case),
            "ESCALATED": lambda: self.answer(0, "grant", case),
            "AWAITING_GOODS": lambda: self.carry(0, "send", case),
            "SENT": lambda: self.carry(0, "receive", case),
            "RECEIVED": lambda: self.inspect(pick, pick % 3, 0),
            "REPLACING": lambda: self.carry(0, "replace", case),
            "REPLACED": lambda: self.carry(0, "finish", case),
        }
        if case:
            steps[case.status]()

    @rule(pick=PICK)
    def arrive(self, pick: int) -> None:
        """An order takes its natural next step."""
        order = self._one(Order.objects.filter(status="OPEN"), pick)
        if order:
            self._arrive(order)

    @rule(pick=PICK, sellable=UNITS, cents=CENTS)
    def inspect(self, pick: int, sellable: int, cents: int) -> None:
        """The shop inspects what came back."""
        case = self._one(ReturnCase.objects.filter(status=Status.RECEIVED), pick)
        if case:
            found = {}
            for row in case.lines.all():
                fine = min(sellable, row.quantity)
                found[row.pk] = Inspected(fine, row.quantity - fine)
            amount = Money(Decimal(cents) / 100, "CNY") if cents else None
            act = Act(Side.SHOP, self.at, None, "because")
            self._try(goods.inspect, case=case, found=found, amount=amount, act=act)

    @rule(after=SOON)
    def wait(self, after: timedelta) -> None:
        """Time passes, and the sweeps run."""
        self.at += after
        for order in Order.objects.filter(status="AWAITING_PAYMENT"):
            lifecycle.expire(purchase_id=order.purchase_id, at=self.at)
        editing.expire_due(at=self.at)
        receiving.remind(at=self.at)
        receiving.confirm_due(at=self.at)
        timers.act_on_due(at=self.at)

    @precondition(lambda _walk: Refund.objects.filter(status="REQUESTED").exists())
    @rule(pick=PICK)
    def money_arrives(self, pick: int) -> None:
        """A provider says twice that money is back."""
        refund = self._one(Refund.objects.filter(status="REQUESTED"), pick)
        assert refund
        for _ in range(2):  # the answer comes twice
            refunds._succeed(refund, self.at)

    @rule()
    def the_worker_looks(self) -> None:
        """Decisions become refunds."""
        refunds.request_decided(at=self.at)

    @rule(pick=st.integers(0, 1), change=st.integers(-3, 3))
    def count(self, pick: int, change: int) -> None:
        """Somebody counts the shelf."""
        variant = self.variants[pick]
        location = stock.main_location(variant.product.merchant)
        self.counts += 1
        key = f"walk-{self.counts}"
        self._try(stock.adjust, variant=variant, location=location, change=change, key=key, reason="count")

    @invariant()
    def no_figure_is_below_zero(self) -> None:
        """Nothing is oversold."""
        for level in StockLevel.objects.all():
            assert 0 <= level.allocated <= level.on_hand

    def _carry_out(self) -> None:
        refunds.request_decided(at=self.at)
        for refund in Refund.objects.filter(status="REQUESTED"):
            refunds._succeed(refund, self.at)

    def _arrive(self, order: Order) -> None:
        if receiving.can_be_received(order):
            self._try(receiving.confirm, order=order, at=self.at)
        else:
            self._try(shipping.ship, order=order, label=LABEL, at=self.at)

    def _act(self) -> Act:
        return Act(Side.BUYER, self.at)

    def _wish(self, order: Order, kind: ReturnCase.Kind, reason: ReturnCase.Reason, units: int, cents: int) -> Wish:
        amount = Money(Decimal(cents) / 100, "CNY") if cents else None
        quantities = {line.pk: min(units, line.quantity) for line in order.lines.all()}
        return Wish(kind=kind, reason=reason, units=quantities, amount=amount)

    def _left(self, variant: Variant) -> int:
        level = StockLevel.objects.get(variant=variant)
        return level.available + level.backorder_ceiling - level.backordered

    def _one(self, rows: Any, pick: int) -> Any:
        found: Sequence[Any] = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    def _edit(self, *, order: Order, added: dict[int, int], out: int) -> None:
        """Confirm a change as it is shown now, of the last line."""
        lines = list(order.lines.order_by("position"))
        change = edits.Change({lines[-1].pk: out}, added)
        plan = edits.plan(order=order, lines=lines, change=change, at=self.at)
        seen = edits.version(order, lines)
        proposal = editing.Proposal(change, seen, plan.difference, uuid.uuid4())
        editing.propose(order=order, proposal=proposal, actor=None, at=self.at)

    def _try(self, do: Callable[..., Any], /, **options: Any) -> None:
        """Do something that may be refused; a refusal must have changed nothing."""
        before = self._figures()
        try:
            with transaction.atomic():
                do(**options)
        except REFUSALS:
            assert self._figures() == before

    def _figures(self) -> list[Any]:
        orders = Order.objects.order_by("pk").values_list("pk", "status", "fulfilment_status", "repayments_total")
        cases = ReturnCase.objects.order_by("pk").values_list("pk", "status", "version", "amount")
        return [*orders, *cases, *StockLevel.objects.order_by("pk").values_list("on_hand", "allocated")]


def test_whatever_happens_in_whatever_order_the_books_stay_right() -> None:
    walks = int(os.environ.get("WALKS", "15"))
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=walks,
            stateful_step_count=60,
            deadline=None,
            phases=[Phase.generate],
            derandomize="WALKS" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_walk_reaches_the_ends_it_is_about() -> None:
    SEEN.clear()
    for kind in ("RETURN", "EXCHANGE", "REFUND_ONLY"):
        walk = Walk()
        walk.begin(1, 3, ReturnCase.Kind(kind))
        for _ in range(6):
            walk.go_on(0)
        walk.cancel_what_is_paid(0)
        walk.teardown()
    walk = Walk()
    walk.begin(1, 3, Kind.REFUND_ONLY)
    walk.answer(0, "reject")
    walk.ship(0, 1, is_all=True)
    walk.teardown()

    assert {"order COMPLETED", "order CANCELLED", "order OPEN", "case DONE", "case REJECTED"} <= set(SEEN)
