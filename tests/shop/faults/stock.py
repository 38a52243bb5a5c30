"""Faults of the stock."""

from datetime import timedelta

from django.utils import timezone

from catalog.models import LowStockAlert, StockLevel, StockMovement
from orders.models import Allocation, Backorder, Order, OrderLine
from shop.audit import returns
from shop.audit import stock as audit
from tests.shop.faults import breaks


@breaks(audit.StockOnHandIsItsMovements)
def units_from_nowhere(order: Order) -> str:
    StockLevel.objects.filter(pk=_level(order)).update(on_hand=99)
    return f"level {_level(order)}"


@breaks(audit.AllocatedStockIsItsMovements, audit.AllocatedStockIsHeldByLines)
def a_hold_that_was_forgotten(order: Order) -> str:
    StockLevel.objects.filter(pk=_level(order)).update(allocated=0)
    return f"level {_level(order)}"


@breaks(audit.AllocatedStockIsHeldByLines)
def a_hold_of_less_than_was_taken(order: Order) -> str:
    Allocation.objects.filter(line__order=order).update(quantity=0)
    return f"level {_level(order)}"


@breaks(audit.LinesHoldWhatTheyOwe, audit.AllocatedStockIsHeldByLines)
def a_hold_of_more_than_is_owed(order: Order) -> str:
    Allocation.objects.filter(line__order=order).update(quantity=2)
    return f"line {order.lines.get().pk}"


@breaks(audit.CancelledOrdersHoldNothing, returns.CancelledOrdersGiveEverythingBack)
def a_cancelled_order_that_holds_goods(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)
    return f"order {order.number}"


def _level(order: Order) -> int:
    return Allocation.objects.get(line__order=order).level_id


@breaks(audit.OpenAlertsAreOfLowStock)
def an_alert_of_what_there_is_plenty_of(order: Order) -> str:
    variant_id, now = StockLevel.objects.get(pk=_level(order)).variant_id, timezone.now()
    StockMovement.objects.filter(level=_level(order)).update(created_at=now - timedelta(minutes=6))
    alert = LowStockAlert.objects.create(variant_id=variant_id, available=1, threshold=1, raised_at=now)
    return f"alert {alert.pk}"


@breaks(audit.TransfersAreBalanced)
def half_a_transfer(order: Order) -> str:
    half = StockMovement.objects.create(level_id=_level(order), kind="TRANSFERRED", key="transfer:half:in")
    return f"movement {half.pk}"


@breaks(audit.BackorderedStockIsItsQueue, audit.NobodyWaitsForWhatIsThere)
def somebody_who_waits_in_no_queue(order: Order) -> str:
    StockLevel.objects.filter(pk=_level(order)).update(backordered=1, backorder_ceiling=1)
    return f"level {_level(order)}"


@breaks(audit.LinesWaitAsTheQueueSays)
def a_line_that_waits_in_no_queue(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(waiting_quantity=1)
    return f"line {order.lines.get().pk}"


@breaks(audit.LinesHoldOrWaitForWhatTheyOwe, audit.AllocatedStockIsHeldByLines)
def a_line_whose_units_nobody_keeps(order: Order) -> str:
    line = order.lines.get()
    Backorder.objects.create(line=line, level_id=_level(order), units=1, given_up_at=timezone.now())
    Allocation.objects.filter(line=line).update(quantity=0)
    return f"line {line.pk}"


@breaks(audit.FilledBackordersWereHeld)
def a_back_order_that_was_filled_with_nothing(order: Order) -> str:
    line = order.lines.get()
    Backorder.objects.create(line=line, level_id=_level(order), units=1, filled_at=timezone.now())
    return f"line {line.pk}"


@breaks(audit.NobodyWaitsForWhatIsThere, audit.LinesHoldOrWaitForWhatTheyOwe)
def somebody_who_waits_for_what_is_there(order: Order) -> str:
    level, line = _level(order), order.lines.get()
    Backorder.objects.create(line=line, level_id=level, units=1)
    StockLevel.objects.filter(pk=level).update(backordered=1, backorder_ceiling=1)
    OrderLine.objects.filter(pk=line.pk).update(waiting_quantity=1)
    return f"level {level}"
