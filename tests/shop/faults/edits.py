"""Faults of changes of paid orders."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from orders.models import Order, OrderEdit
from shop.audit import edits as audit
from shop.audit import orders, payments, returns
from tests.shop.faults import breaks


def _edit(order: Order, **fields: Any) -> OrderEdit:
    """Write a change that costs five more, as the shop would."""
    now = timezone.now()
    options: dict[str, Any] = {"taken_out": 0, "added": 5, "proposed_at": now, "pay_by": now} | fields
    return OrderEdit.objects.create(order=order, token=uuid.uuid4(), **options)


def _by_force(sql: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@breaks(audit.AddedGoodsAreInTheirOrder, orders.PurchasesAreTheSumOfTheirOrders)
def goods_that_no_change_has_added(order: Order) -> str:
    _by_force("UPDATE orders_order SET added_total = 1 WHERE id = %s", order.pk)
    return f"order {order.number}"


@breaks(audit.AddedGoodsAreInTheirOrder, audit.DifferencesArePaid)
def goods_of_a_change_that_are_in_no_order(order: Order) -> str:
    _edit(order, status="APPLIED")
    return f"order {order.number}"


@breaks(
    audit.CreditsAreDecided,
    payments.PaidOrdersHaveTheirMoney,
    payments.MoneyAgreesPerCurrency,
    returns.OrdersKnowWhatGoesBack,
    returns.OrdersKnowWhatIsBack,
)
def a_credit_that_nobody_decided(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(repayments_total=1, refunded_total=1, credited_total=1)
    return f"order {order.number}"


@breaks(audit.DifferencesArePaid, audit.AddedGoodsAreInTheirOrder)
def a_change_that_nobody_paid_for(order: Order) -> str:
    return f"change {_edit(order, status='APPLIED').pk}"


@breaks(audit.ChangesEnd)
def a_change_that_waits_for_ever(order: Order) -> str:
    return f"change {_edit(order, pay_by=timezone.now() - timedelta(hours=2)).pk}"
