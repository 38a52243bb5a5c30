"""What the laboratory remembers: trades, refunds and notices still to be sent, in a SQLite file of its own."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS trade (
    out_trade_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL UNIQUE, app_id TEXT NOT NULL, status TEXT NOT NULL,
    amount TEXT NOT NULL, currency TEXT NOT NULL, subject TEXT NOT NULL, return_url TEXT NOT NULL,
    notify_url TEXT NOT NULL, expires_at TEXT NOT NULL, language TEXT NOT NULL, paid_at TEXT
);
CREATE TABLE IF NOT EXISTS refund (
    refund_no TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
    status TEXT NOT NULL, refunded_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS notice (
    id INTEGER PRIMARY KEY, notify_url TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL, answered INTEGER NOT NULL DEFAULT 0
);
"""
INFINITE = Decimal("Infinity")
Row = dict[str, Any]


class NoSuchTradeError(LookupError):
    """No trade or refund has this number."""


class ConflictError(Exception):
    """The number was used before with other content, or the state does not allow the act."""


class Store:
    """Access to the file; every method is one short transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._connection() as connection:
            connection.executescript("PRAGMA journal_mode = WAL;" + SCHEMA)

    def create_trade(self, content: Row) -> Row:
        """Return the trade of this number, made when there is none; raise ConflictError for other content."""
        names = ("app_id", "amount", "currency", "subject", "return_url", "notify_url", "expires_at", "language")
        values = {name: str(content[name]) for name in names} | {"out_trade_no": str(content["out_trade_no"])}
        values["expires_at"] = _utc(values["expires_at"])
        if not 0 < Decimal(values["amount"]) < INFINITE:
            raise ConflictError("INVALID_AMOUNT")
        with self._connection() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO trade (status, trade_no, out_trade_no, app_id, amount, currency, subject,"
                " return_url, notify_url, expires_at, language) VALUES ('waiting', :trade_no, :out_trade_no, :app_id,"
                " :amount, :currency, :subject, :return_url, :notify_url, :expires_at, :language)",
                {**values, "trade_no": f"L{secrets.randbelow(10**15):015d}"},
            )
        trade = self.trade(values["out_trade_no"])
        if (trade["amount"], trade["currency"]) != (values["amount"], values["currency"]):
            raise ConflictError("NUMBER_USED")
        return trade

    def trade(self, out_trade_no: str) -> Row:
        """Return a trade by the shop's number."""
        return self._one("SELECT * FROM trade WHERE out_trade_no = ?", out_trade_no)

    def trade_by_own_number(self, trade_no: str) -> Row:
        """Return a trade by the laboratory's number."""
        return self._one("SELECT * FROM trade WHERE trade_no = ?", trade_no)

    def trade_now(self, out_trade_no: str) -> Row:
        """Return a trade by the shop's number, after closing it when its time is over."""
        with self._connection() as connection:
            _close_overdue(connection, out_trade_no)
        return self.trade(out_trade_no)

    def finish(self, out_trade_no: str, status: str) -> Row:
        """Bring a waiting trade to an end; one that has ended stays as it is. Overdue trades only close."""
        with self._connection() as connection:
            _close_overdue(connection, out_trade_no)
            connection.execute(
                "UPDATE trade SET status = ?, paid_at = ? WHERE out_trade_no = ? AND status = 'waiting'",
                (status, datetime.now(UTC).isoformat(), out_trade_no),
            )
        return self.trade(out_trade_no)

    def refund(self, content: Row) -> Row:
        """Give back once for each number, never more than was paid; raise ConflictError otherwise."""
        trade = self.trade(str(content["out_trade_no"]))
        values = {name: str(content[name]) for name in ("refund_no", "out_trade_no", "amount", "currency")}
        if Decimal(values["amount"]) <= 0:
            raise ConflictError("INVALID_AMOUNT")
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")  # two at once must not both see the money as not given yet
            given = connection.execute(
                "SELECT amount FROM refund WHERE out_trade_no = ? AND refund_no <> ?",
                (values["out_trade_no"], values["refund_no"]),
            ).fetchall()
            total = sum((Decimal(row["amount"]) for row in given), Decimal(values["amount"]))
            is_allowed = trade["status"] == "succeeded" and values["currency"] == trade["currency"]
            if not is_allowed or total > Decimal(trade["amount"]):
                raise ConflictError("NOT_REFUNDABLE")
            connection.execute(
                "INSERT OR IGNORE INTO refund"
                " VALUES (:refund_no, :out_trade_no, :amount, :currency, 'succeeded', :now)",
                {**values, "now": datetime.now(UTC).isoformat()},
            )
        refund = self.refund_state(values["refund_no"])
        if (refund["out_trade_no"], refund["amount"]) != (values["out_trade_no"], values["amount"]):
            raise ConflictError("NUMBER_USED")
        return refund

    def refund_state(self, refund_no: str) -> Row:
        """Return a refund by the shop's number."""
        return self._one("SELECT * FROM refund WHERE refund_no = ?", refund_no)

    def bill(self, day: str) -> list[Row]:
        """Return a day's payments and refunds (UTC), oldest first."""
        with self._connection() as connection:
            paid = connection.execute(
                "SELECT 'payment' AS kind, out_trade_no, trade_no, amount, currency, paid_at AS at FROM trade"
                " WHERE status = 'succeeded' AND substr(paid_at, 1, 10) = ?",
                (day,),
            ).fetchall()
            refunded = connection.execute(
                "SELECT 'refund' AS kind, out_trade_no, refund_no, amount, currency, refunded_at AS at FROM refund"
                " WHERE substr(refunded_at, 1, 10) = ?",
                (day,),
            ).fetchall()
        return sorted((dict(row) for row in [*paid, *refunded]), key=lambda row: str(row["at"]))

    def queue_notice(self, notify_url: str, content: Row, due_at: float) -> None:
        """Note that the shop must be told something."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO notice (notify_url, body, due_at) VALUES (?, ?, ?)",
                (notify_url, json.dumps(content), due_at),
            )

    def due_notices(self, now: float) -> list[Row]:
        """Return the notices to be sent now."""
        with self._connection() as connection:
            rows = connection.execute("SELECT * FROM notice WHERE answered = 0 AND due_at <= ? ORDER BY id", (now,))
            return [dict(row) for row in rows]

    def note_attempt(self, notice_id: int, *, is_answered: bool, due_at: float) -> None:
        """Note that a notice was sent, and when it is to be repeated unless it was answered."""
        with self._connection() as connection:
            connection.execute(
                "UPDATE notice SET attempts = attempts + 1, answered = ?, due_at = ? WHERE id = ?",
                (int(is_answered), due_at, notice_id),
            )

    def _one(self, query: str, number: str) -> Row:
        with self._connection() as connection:
            row = connection.execute(query, (number,)).fetchone()
        if row is None:
            raise NoSuchTradeError(number)
        return dict(row)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def _close_overdue(connection: sqlite3.Connection, out_trade_no: str) -> None:
    connection.execute(
        "UPDATE trade SET status = 'closed' WHERE out_trade_no = ? AND status = 'waiting' AND expires_at <= ?",
        (out_trade_no, datetime.now(UTC).isoformat()),
    )


def _utc(moment: str) -> str:
    """Return a moment in the one form that sorts by time; raise ValueError for one without a time zone."""
    parsed = datetime.fromisoformat(moment)
    if parsed.tzinfo is None:
        raise ValueError(moment)
    return parsed.astimezone(UTC).isoformat()
