"""The payment laboratory that comes with the shop: behaves like a gateway, takes no real money.

Requests and notices are JSON, signed as `core.signatures` says, with the headers Paylab-Timestamp,
Paylab-Nonce and Paylab-Signature. Amounts are text with two decimals. Source: docs/PAYLAB.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

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


@dataclass(frozen=True)
class PaylabProvider:
    """The laboratory at `url`, for the account `app_id`, with our private and its public key (PEM)."""

    url: str
    app_id: str
    private_key: str
    public_key: str
    timeout_seconds: int
    code: str = "paylab"
    capabilities: Capabilities = CAPABILITIES

    def account(self) -> str:
        """Return our account at the laboratory."""
        return self.app_id

    def create(self, trade: TradeOrder, *, at: datetime) -> Presented:
        """Ask for a payment."""
        answer = self._call(
            "/v1/trades",
            {
                "out_trade_no": trade.out_trade_no,
                "amount": _text(trade.money),
                "currency": trade.money.currency,
                "subject": trade.subject,
                "return_url": trade.return_url,
                "notify_url": trade.notify_url,
                "expires_at": trade.expires_at.isoformat(),
                "language": trade.language,
            },
            at,
        )
        return Presented(pay_url=str(answer["pay_url"]))

    def query(self, out_trade_no: str, *, at: datetime) -> TradeState:
        """Ask what became of a trade."""
        try:
            return _trade(self._call("/v1/trades/query", {"out_trade_no": out_trade_no}, at))
        except GatewayRefusedError as error:
            if error.code == NOT_FOUND:
                return TradeState(TradeStatus.UNKNOWN, out_trade_no=out_trade_no)
            raise

    def close(self, out_trade_no: str, *, at: datetime) -> TradeState:
        """Close a trade."""
        try:
            return _trade(self._call("/v1/trades/close", {"out_trade_no": out_trade_no}, at))
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
        return _refund(self._call("/v1/refunds", request, at))

    def refund_query(self, number: str, *, at: datetime) -> RefundState:
        """Ask what became of a refund."""
        try:
            return _refund(self._call("/v1/refunds/query", {"refund_no": number}, at))
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
                event_id=str(content["event_id"]),
                trade=_trade(content["trade"]),
                refund_number=str(content.get("refund_no", "")),
            )
        except (ValueError, KeyError, TypeError, InvalidOperation) as error:
            raise MalformedError from error

    def acknowledgement(self) -> str:
        """Return the word the laboratory waits for."""
        return "success"

    def download_bill(self, day: date, *, at: datetime) -> Bill:
        """Return a day's movements as JSON lines."""
        answer = self._call("/v1/bills", {"day": day.isoformat()}, at)
        return Bill(day, "\n".join(json.dumps(row) for row in answer["rows"]).encode())

    def _call(self, path: str, content: dict[str, str], at: datetime) -> dict[str, Any]:
        """Send a signed request and return the verified answer."""
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
        if answer.status_code != httpx.codes.OK:
            raise GatewayRefusedError(str(result.get("error", answer.status_code)))
        return dict(result)


def _text(money: Money) -> str:
    return f"{money.amount:.2f}"


def _trade(content: Mapping[str, Any]) -> TradeState:
    return TradeState(
        status=TradeStatus(content["status"]),
        account=str(content["app_id"]),
        out_trade_no=str(content["out_trade_no"]),
        trade_no=str(content["trade_no"]),
        money=Money(Decimal(str(content["amount"])), str(content["currency"])),
    )


def _refund(content: Mapping[str, Any]) -> RefundState:
    return RefundState(RefundStatus(content["status"]), str(content["refund_no"]))
