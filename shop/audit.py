"""Prove the books: statements about the data that are always true, each as a query for its exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Check:
    """A statement and the query that returns the rows it does not hold for; the first column names the row."""

    statement: str
    query: str


@dataclass(frozen=True)
class Finding:
    """A statement that does not hold, with the rows."""

    check: Check
    rows: Sequence[tuple[Any, ...]]


CHECKS = (
    Check(
        "stock on hand is the sum of its movements",
        """SELECT 'level ' || level.id, level.on_hand, COALESCE(sum(movement.on_hand_change), 0)
           FROM catalog_stocklevel level LEFT JOIN catalog_stockmovement movement ON movement.level_id = level.id
           GROUP BY level.id HAVING level.on_hand <> COALESCE(sum(movement.on_hand_change), 0)""",
    ),
    Check(
        "allocated stock is the sum of its movements",
        """SELECT 'level ' || level.id, level.allocated, COALESCE(sum(movement.allocated_change), 0)
           FROM catalog_stocklevel level LEFT JOIN catalog_stockmovement movement ON movement.level_id = level.id
           GROUP BY level.id HAVING level.allocated <> COALESCE(sum(movement.allocated_change), 0)""",
    ),
    Check(
        "allocated stock is what order lines hold",
        """SELECT 'level ' || level.id, level.allocated, COALESCE(sum(allocation.quantity), 0)
           FROM catalog_stocklevel level LEFT JOIN orders_allocation allocation ON allocation.level_id = level.id
           GROUP BY level.id HAVING level.allocated <> COALESCE(sum(allocation.quantity), 0)""",
    ),
    Check(
        "lines of cancelled orders hold nothing",
        """SELECT 'order ' || o.number, sum(allocation.quantity) FROM orders_order o
           JOIN orders_orderline line ON line.order_id = o.id
           JOIN orders_allocation allocation ON allocation.line_id = line.id
           WHERE o.status = 'CANCELLED' GROUP BY o.number HAVING sum(allocation.quantity) > 0""",
    ),
    Check(
        "an order's goods cost the sum of its lines",
        """SELECT 'order ' || o.number, o.items_total, COALESCE(sum(line.total), 0) FROM orders_order o
           LEFT JOIN orders_orderline line ON line.order_id = o.id
           GROUP BY o.id HAVING o.items_total <> COALESCE(sum(line.total), 0)""",
    ),
    Check(
        "a purchase costs the sum of its orders",
        """SELECT 'purchase ' || p.id, p.total, sum(o.total) FROM orders_purchase p
           JOIN orders_order o ON o.purchase_id = p.id GROUP BY p.id HAVING p.total <> sum(o.total)""",
    ),
    Check(
        "what orders call paid was received, once",
        """SELECT 'purchase ' || p.id, sum(o.paid_total), COALESCE(max(kept.amount), 0) FROM orders_purchase p
           JOIN orders_order o ON o.purchase_id = p.id
           LEFT JOIN (
               SELECT purchase_id, sum(amount) AS amount FROM payments_payment
               WHERE status = 'SUCCEEDED' AND NOT is_surplus GROUP BY purchase_id
           ) kept ON kept.purchase_id = p.id
           GROUP BY p.id HAVING sum(o.paid_total) <> COALESCE(max(kept.amount), 0)""",
    ),
    Check(
        "money that no order needed goes back",
        """SELECT 'payment ' || payment.out_trade_no, payment.amount, COALESCE(sum(refund.amount), 0)
           FROM payments_payment payment
           LEFT JOIN payments_refund refund ON refund.payment_id = payment.id AND refund.status <> 'FAILED'
           WHERE payment.status = 'SUCCEEDED' AND payment.is_surplus
           GROUP BY payment.id HAVING payment.amount <> COALESCE(sum(refund.amount), 0)""",
    ),
    Check(
        "a payment's refunded sum is that of its finished refunds",
        """SELECT 'payment ' || payment.out_trade_no, payment.refunded, COALESCE(sum(refund.amount), 0)
           FROM payments_payment payment
           LEFT JOIN payments_refund refund ON refund.payment_id = payment.id AND refund.status = 'SUCCEEDED'
           GROUP BY payment.id HAVING payment.refunded <> COALESCE(sum(refund.amount), 0)""",
    ),
    Check(
        "every paid order has its mail",
        """SELECT 'order ' || o.number FROM orders_order o WHERE o.paid_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM notifications_message m WHERE m.key = 'order_confirmed:' || o.number)""",
    ),
    Check(
        "every parcel has its mail",
        """SELECT 'shipment ' || s.id FROM orders_shipment s
           WHERE NOT EXISTS (SELECT 1 FROM notifications_message m WHERE m.key = 'order_shipped:' || s.id)""",
    ),
    Check(
        "what lines call shipped is in parcels",
        """SELECT 'line ' || line.id, line.shipped_quantity, COALESCE(sum(parcel.quantity), 0)
           FROM orders_orderline line LEFT JOIN orders_shipmentline parcel ON parcel.line_id = line.id
           GROUP BY line.id HAVING line.shipped_quantity <> COALESCE(sum(parcel.quantity), 0)""",
    ),
    Check(
        "a mail waits ten minutes at most, unless its server fails",
        """SELECT 'message ' || m.id, m.kind, m.status FROM notifications_message m
           WHERE m.status IN ('PENDING', 'SENDING') AND m.attempts = 0
           AND m.created_at < now() - interval '10 minutes'""",
    ),
    Check(
        "an order waits for its payment no longer than it may",
        """SELECT 'order ' || o.number, o.pay_by FROM orders_order o WHERE o.status = 'AWAITING_PAYMENT'
           AND o.payment_status = 'NONE' AND o.pay_by < now() - interval '30 minutes'""",
    ),
    Check(
        "a published product has a card",
        """SELECT 'product ' || p.id FROM catalog_product p
           WHERE p.status = 'PUBLISHED'
           AND NOT EXISTS (SELECT 1 FROM catalog_productcard c WHERE c.product_id = p.id)""",
    ),
)  # fmt: skip


def run() -> list[Finding]:
    """Return what does not hold; empty when the books are right. Reads one snapshot of the database."""
    findings = []
    with connection.cursor() as cursor:
        for check in CHECKS:
            cursor.execute(check.query)
            if rows := cursor.fetchall():
                findings.append(Finding(check, rows))
    return findings
