"""The payment laboratory that comes with the shop: behaves like a gateway, takes no real money.

Requests and notices are JSON, signed as `core.signatures` says, with the headers Paylab-Timestamp,
Paylab-Nonce and Paylab-Signature. Amounts are text with two decimals. Source: docs/PAYLAB.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import httpx

from core import signatures
from core.breaker import CircuitBreaker
from core.money import Money
from payments.providers.interface import (
    Bill,
    Capabilities,
    GatewayRefusedError,
    GatewayUnavailableError,
    MalformedError,
    Notification,
    Presented,
    RefundOrder,
    RefundState,
    RefundStatus,
    TradeOrder,
    TradeState,
    TradeStatus,
)

HEADERS = signatures.Headers("Paylab")
CAPABILITIES = Capabilities(has_bills=True)
breaker = CircuitBreaker(seconds=3)  # a gateway that is down is not waited for by every thread
NOT_FOUND = "NOT_FOUND"
UNREADABLE = (ValueError, KeyError, TypeError, InvalidOperation)
Result = TypeVar("Result")


@dataclass(frozen=True)
class PaylabProvider:
    """The laboratory at `url`, for the account `app_id`, with our private and its public key (PEM)."""

    url: str
    app_id: str
    private_key: str = field(repr=False)  # a traceback must not show it
    public_key: str
    timeout_seconds: int
    code: str = "paylab"
    capabilities: Capabilities = CAPABILITIES

    def account(self) -> str:
        """Return our account at the laboratory."""
        return self.app_id

    def create(self, trade: TradeOrder, *, at: datetime) -> Presented:
        """Ask for a payment."""
        request = {
            "out_trade_no": trade.out_trade_no,
            "amount": _text(trade.money),
            "currency": trade.money.currency,
            "subject": trade.subject,
            "return_url": trade.return_url,
            "notify_url": trade.notify_url,
            "expires_at": trade.expires_at.isoformat(),
            "language": trade.language,
        }
        return self._call("/v1/trades", request, at, lambda answer: Presented(_word(answer, "pay_url", limit=500)))

    def query(self, out_trade_no: str, *, at: datetime) -> TradeState:
        """Ask what became of a trade."""
        try:
            return self._call("/v1/trades/query", {"out_trade_no": out_trade_no}, at, _trade)
        except GatewayRefusedError as error:
            if error.code == NOT_FOUND:
                return TradeState(TradeStatus.UNKNOWN, out_trade_no=out_trade_no)
            raise

    def close(self, out_trade_no: str, *, at: datetime) -> TradeState:
        """Close a trade."""
        try:
            return self._call("/v1/trades/close", {"out_trade_no": out_trade_no}, at, _trade)
        except GatewayRefusedError as error:
            if error.code == NOT_FOUND:  # it was never asked for, so nobody can pay it
                return TradeState(TradeStatus.UNKNOWN, out_trade_no=out_trade_no)
            raise

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundState:
        """Give money back."""
        request = {
            "refund_no": order.number,
            "out_trade_no": order.out_trade_no,
            "amount": _text(order.money),
            "currency": order.money.currency,
        }
        return self._call("/v1/refunds", request, at, _refund)

    def refund_query(self, number: str, *, at: datetime) -> RefundState:
        """Ask what became of a refund."""
        try:
            return self._call("/v1/refunds/query", {"refund_no": number}, at, _refund)
        except GatewayRefusedError as error:
            if error.code == NOT_FOUND:
                return RefundState(RefundStatus.UNKNOWN, number)
            raise

    def parse_notification(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notification:
        """Return what a notice says, after checking who signed it and when."""
        signatures.verify(body, headers, public_key=self.public_key, names=HEADERS, at=at)
        try:
            content = json.loads(body)
            return Notification(
                event_id=_word(content, "event_id", limit=100),
                trade=_trade(content["trade"]),
                refund_number=str(content.get("refund_no", "")),
            )
        except UNREADABLE as error:
            raise MalformedError from error

    def acknowledgement(self) -> str:
        """Return the word the laboratory waits for."""
        return "success"

    def download_bill(self, day: date, *, at: datetime) -> Bill:
        """Return a day's movements as JSON lines."""
        rows = self._call("/v1/bills", {"day": day.isoformat()}, at, lambda answer: list(answer["rows"]))
        return Bill(day, "\n".join(json.dumps(row) for row in rows).encode())

    def _call(self, path: str, content: dict[str, str], at: datetime, read: Callable[[Any], Result]) -> Result:
        """Send a signed request and return what `read` makes of the verified answer."""
        if breaker.is_open:
            raise GatewayUnavailableError("a moment ago")
        body = json.dumps({"app_id": self.app_id, **content}).encode()
        headers = signatures.sign(body, private_key=self.private_key, names=HEADERS, at=at)
        try:
            answer = httpx.post(
                self.url + path,
                content=body,
                headers={"Content-Type": "application/json", **headers},
                timeout=self.timeout_seconds,
            )
            signatures.verify(answer.content, answer.headers, public_key=self.public_key, names=HEADERS, at=at)
            result = answer.json()
        except (httpx.HTTPError, signatures.SignatureError, ValueError) as error:
            breaker.trip()
            raise GatewayUnavailableError(type(error).__name__) from error
        if not isinstance(result, dict):
            raise GatewayUnavailableError("unreadable answer")
        if answer.status_code == httpx.codes.UNAUTHORIZED or answer.is_server_error:  # heals: keys, clock, a restart
            raise GatewayUnavailableError(str(result.get("error", answer.status_code)))
        if answer.status_code != httpx.codes.OK:
            raise GatewayRefusedError(str(result.get("error", answer.status_code)))
        try:
            return read(result)
        except UNREADABLE as error:
            raise GatewayUnavailableError("unreadable answer") from error


def _text(money: Money) -> str:
    """Return an amount with the decimals of its currency: 68.00, and 1980 in yen."""
    return f"{money.rounded().amount:f}"


def _trade(content: Mapping[str, Any]) -> TradeState:
    return TradeState(
        status=TradeStatus(content["status"]),
        account=_word(content, "app_id"),
        out_trade_no=_word(content, "out_trade_no"),
        trade_no=_word(content, "trade_no"),
        money=Money(_amount(content["amount"]), _word(content, "currency")),
    )


def _refund(content: Mapping[str, Any]) -> RefundState:
    return RefundState(RefundStatus(content["status"]), _word(content, "refund_no"))


def _amount(value: object) -> Decimal:
    """Return an amount; raise ValueError for NaN and infinity, which are no money."""
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError(value)
    return amount


def _word(content: Mapping[str, Any], name: str, *, limit: int = 64) -> str:
    """Return a text of a message; raise ValueError for one that is empty or that no column of ours can hold."""
    value = content[name]
    if not isinstance(value, str) or not 0 < len(value) <= limit or "\0" in value:
        raise ValueError(name)
    return value
