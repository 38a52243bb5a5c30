"""What shop and gateway have written down, read by plain SQL: the judge does not believe the shop's own code."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
DRAIN_SECONDS, POLL_SECONDS = 420, 2.0
WAITING = {
    "mails": "SELECT count(*) AS n FROM notifications_message WHERE status IN ('PENDING', 'SENDING')",
    "orders to pay": "SELECT count(*) AS n FROM orders_order WHERE status = 'AWAITING_PAYMENT'",
    "open payments": "SELECT count(*) AS n FROM payments_payment WHERE status IN ('CREATED', 'PRESENTED')",
    "open cases": "SELECT count(*) AS n FROM orders_order WHERE has_open_case",
    "decisions to pay back": "SELECT count(*) AS n FROM orders_repayment WHERE settled_at IS NULL",
    "refunds": "SELECT count(*) AS n FROM payments_refund WHERE status = 'REQUESTED'",
}
_LEVELS = """
    SELECT v.sku, l.on_hand, l.allocated, COALESCE((
        SELECT sum(line.quantity) FROM orders_orderline line JOIN orders_order o ON o.id = line.order_id
        WHERE line.variant_id = v.id AND o.status <> 'CANCELLED'), 0) AS ordered
    FROM catalog_stocklevel l JOIN catalog_variant v ON v.id = l.variant_id"""
_ORDERS = """
    SELECT o.number, o.email, o.total, o.status, o.payment_status, o.paid_at IS NOT NULL AS is_paid, o.purchase_id,
        COALESCE((SELECT sum(a.quantity) FROM orders_allocation a JOIN orders_orderline l ON l.id = a.line_id
            WHERE l.order_id = o.id), 0) AS held
    FROM orders_order o"""


@dataclass
class Books:
    """Rows of the shop, and the gateway's by number."""

    orders: dict[str, Row] = field(default_factory=dict)
    payments: dict[str, Row] = field(default_factory=dict)
    levels: dict[str, Row] = field(default_factory=dict)
    messages: list[Row] = field(default_factory=list)
    notices: dict[str, int] = field(default_factory=dict)
    trades: dict[str, Row] = field(default_factory=dict)
    returned: dict[str, Decimal] = field(default_factory=dict)  # by trade

    def money_of(self, purchase_id: int) -> Decimal:
        """Return what the gateway took for a purchase and did not give back."""
        numbers = [number for number, payment in self.payments.items() if payment["purchase_id"] == purchase_id]
        taken = (Decimal(trade["amount"]) for number in numbers if (trade := self.succeeded(number)))
        return sum(taken, Decimal(0)) - sum((self.returned.get(number, Decimal(0)) for number in numbers), Decimal(0))

    def succeeded(self, number: str) -> Row | None:
        """Return the gateway's trade of this number when it was paid there."""
        trade = self.trades.get(number)
        return trade if trade and trade["status"] == "succeeded" else None


def wait_until_quiet(database_url: str) -> dict[str, int]:
    """Wait until nothing waits in the shop any more; return what still does after some minutes."""
    end = time.monotonic() + DRAIN_SECONDS
    while True:
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            counts = {name: int(connection.execute(query).fetchone()["n"]) for name, query in WAITING.items()}  # type: ignore[index]  # count(*) has a row
        waiting = {name: count for name, count in counts.items() if count}
        if not waiting or time.monotonic() > end:
            return waiting
        time.sleep(POLL_SECONDS)


def read(database_url: str, gateway: Path) -> Books:
    """Read everything."""
    books = Books()
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        books.orders = {row["number"]: row for row in connection.execute(_ORDERS)}
        books.payments = {row["out_trade_no"]: row for row in connection.execute("SELECT * FROM payments_payment")}
        books.levels = {row["sku"]: row for row in connection.execute(_LEVELS)}
        books.messages = list(connection.execute("SELECT kind, recipient, status FROM notifications_message"))
        verdicts = connection.execute("SELECT verdict, count(*) AS n FROM payments_providerevent GROUP BY verdict")
        books.notices = {row["verdict"]: row["n"] for row in verdicts}
    with sqlite3.connect(gateway) as file:
        file.row_factory = sqlite3.Row
        books.trades = {row["out_trade_no"]: dict(row) for row in file.execute("SELECT * FROM trade")}
        for row in file.execute("SELECT out_trade_no, amount FROM refund WHERE status = 'succeeded'"):
            given = books.returned.get(row["out_trade_no"], Decimal(0))
            books.returned[row["out_trade_no"]] = given + Decimal(row["amount"])
    return books
