"""Faults of returns and refunds of orders."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import StockLevel, StockMovement
from orders.models import Allocation, Order, OrderLine, Repayment, RepaymentLine, ReturnCase, ReturnLine
from shop.audit import orders, stock
from shop.audit import returns as audit
from tests.shop.faults import breaks


def _decision(order: Order, amount: str = "5.00", **fields: Any) -> Repayment:
    """Write a decision about nothing in particular, as the shop would."""
    Order.objects.filter(pk=order.pk).update(repayments_total=Decimal(amount))
    options: dict[str, Any] = {"other_amount": Decimal(amount), "decided_at": timezone.now()} | fields
    return Repayment.objects.create(order=order, key="fault", reason="GOODWILL", amount=Decimal(amount), **options)


def _case(order: Order, status: str, *, is_open: bool, **fields: Any) -> ReturnCase:
    """Write a case about the order's only unit."""
    Order.objects.filter(pk=order.pk).update(has_open_case=is_open)
    case = ReturnCase.objects.create(
        number="000000000000", order=order, kind="RETURN", status=status, amount=0, opened_at=timezone.now(), **fields
    )
    ReturnLine.objects.create(case=case, line=order.lines.get(), quantity=1)
    return case


@breaks(audit.OrdersKnowWhatGoesBack)
def a_promise_that_nobody_made(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(repayments_total=1)
    return f"order {order.number}"


@breaks(audit.OrdersKnowWhatIsBack)
def money_back_that_never_was(order: Order) -> str:
    _decision(order)
    Order.objects.filter(pk=order.pk).update(refunded_total=5)
    return f"order {order.number}"


@breaks(audit.DecisionsAreTheirParts)
def a_decision_for_nothing(order: Order) -> str:
    return f"decision {_decision(order, other_amount=Decimal('4.99')).pk}"


@breaks(audit.LinesKnowWhatGoesBack)
def a_unit_that_never_went_back(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(repaid_quantity=1, repaid_amount=10)
    return f"line {order.lines.get().pk}"


@breaks(audit.LinesKnowWhatGoesBack)
def a_unit_that_was_forgotten(order: Order) -> str:
    decision = _decision(order, other_amount=Decimal(0))
    RepaymentLine.objects.create(repayment=decision, line=order.lines.get(), quantity=1, amount=5)
    return f"line {order.lines.get().pk}"


@breaks(audit.DeliveryGoesBackOnce)
def delivery_that_never_went_back(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(repaid_delivery=1)
    return f"order {order.number}"


@breaks(audit.DecisionsKnowWhatIsBack, audit.OrdersKnowWhatIsBack)
def a_decision_settled_by_nobody(order: Order) -> str:
    return f"decision {_decision(order, settled_amount=Decimal(5), settled_at=timezone.now()).pk}"


@breaks(audit.DecisionsKnowWhatIsBack)
def a_decision_settled_with_nothing(order: Order) -> str:
    return f"decision {_decision(order, settled_at=timezone.now()).pk}"


@breaks(audit.DecisionsAreCarriedOut)
def a_decision_that_lies_about(order: Order) -> str:
    return f"decision {_decision(order, decided_at=timezone.now() - timedelta(minutes=31)).pk}"


@breaks(audit.CancelledOrdersGiveEverythingBack, stock.CancelledOrdersHoldNothing)
def a_cancelled_order_that_keeps_its_money(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(status="CANCELLED", cancel_reason="SHOP")
    return f"order {order.number}"


@breaks(audit.CancelledUnitsAreRefunded)
def a_cancelled_unit_that_was_kept_paid(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(cancelled_quantity=1)
    return f"line {order.lines.get().pk}"


@breaks(audit.OrdersKnowTheirOpenCases)
def a_case_that_its_order_does_not_know(order: Order) -> str:
    _case(order, "REQUESTED", is_open=False)
    return f"order {order.number}"


@breaks(audit.OrdersKnowTheirOpenCases)
def an_order_with_a_case_that_is_none(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(has_open_case=True)
    return f"order {order.number}"


@breaks(audit.ClaimsStayWithinWhatWasBought, audit.LinesKnowWhatGoesBack)
def a_case_about_a_unit_that_went_back(order: Order) -> str:
    _case(order, "REQUESTED", is_open=True)
    OrderLine.objects.filter(order=order).update(repaid_quantity=1)
    return f"line {order.lines.get().pk}"


@breaks(audit.RefundingCasesHaveADecision)
def a_case_that_pays_nothing(order: Order) -> str:
    return f"case {_case(order, 'REFUNDING', is_open=False).number}"


@breaks(audit.ReturnedStockWasInspected)
def a_returned_unit_that_is_not_on_the_shelf(order: Order) -> str:
    case = _case(order, "DONE", is_open=False)
    ReturnLine.objects.filter(case=case).update(sellable=1)
    return f"case {case.number}"


@breaks(audit.ReturnedStockWasInspected)
def a_returned_unit_twice_on_the_shelf(order: Order) -> str:
    case = _case(order, "DONE", is_open=False)
    ReturnLine.objects.filter(case=case).update(sellable=1)
    level = StockLevel.objects.get(variant=order.lines.get().variant)
    for place in range(2):
        key = f"returned:case-{case.number}-{place}"
        StockMovement.objects.create(level=level, kind="RETURNED", on_hand_change=1, key=key)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=level.on_hand + 2)
    return f"case {case.number}"


@breaks(audit.CasesEndInTime)
def a_case_past_its_deadline(order: Order) -> str:
    late = timezone.now() - timedelta(minutes=31)
    return f"case {_case(order, 'REQUESTED', is_open=True, due_at=late).number}"


@breaks(audit.CompletedOrdersWereReceived, orders.DeliveryIsWhatLinesSay)
def an_order_completed_by_hand(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(status="COMPLETED", fulfilment_status="RECEIVED")
    return f"order {order.number}"


@breaks(audit.ReplacementsAreHeldUntilSent, stock.AllocatedStockIsHeldByLines)
def a_closed_case_that_holds_goods(order: Order) -> str:
    case = _case(order, "CLOSED", is_open=False)
    held = Allocation.objects.get(line__order=order)
    Allocation.objects.create(line=held.line, level=held.level, case=case, quantity=1)
    return f"case {case.number}"
