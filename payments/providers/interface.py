"""What the shop asks of a payment provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from core.money import Money
from core.signatures import SignatureError

__all__ = [
    "Bill",
    "Capabilities",
    "GatewayRefusedError",
    "GatewayUnavailableError",
    "MalformedError",
    "Notification",
    "Presented",
    "Provider",
    "RefundOrder",
    "RefundState",
    "RefundStatus",
    "SignatureError",
    "TradeOrder",
    "TradeState",
    "TradeStatus",
]


class GatewayUnavailableError(Exception):
    """The provider did not answer, or not sensibly; nothing is known about what it did. Ask again later."""


class GatewayRefusedError(Exception):
    """The provider understood and said no; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MalformedError(Exception):
    """A genuine message that lacks what its kind must have."""


class TradeStatus(StrEnum):
    """What a provider says of a trade."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CLOSED = "closed"


class RefundStatus(StrEnum):
    """What a provider says of a refund."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do; None for currencies means all."""

    has_payment_page: bool = True
    has_qr_code: bool = False
    has_partial_refunds: bool = True
    has_bills: bool = False
    currencies: frozenset[str] | None = None

    def supports(self, currency: str) -> bool:
        """Whether it takes this currency."""
        return self.currencies is None or currency in self.currencies


@dataclass(frozen=True)
class TradeOrder:
    """A payment we ask for. `expires_at` is absolute: the provider must not take money after it."""

    out_trade_no: str
    money: Money
    subject: str
    return_url: str
    notify_url: str
    expires_at: datetime
    language: str


@dataclass(frozen=True)
class Presented:
    """Where the shopper pays."""

    pay_url: str


@dataclass(frozen=True)
class TradeState:
    """A trade as the provider sees it; account is who is being paid there."""

    status: TradeStatus
    account: str = ""
    out_trade_no: str = ""
    trade_no: str = ""
    money: Money | None = None


@dataclass(frozen=True)
class Notification:
    """A genuine notice: one event about one trade or refund."""

    event_id: str
    trade: TradeState
    refund_number: str = ""


@dataclass(frozen=True)
class RefundOrder:
    """Money to give back; `number` stays the same for every attempt, so that it is given once."""

    number: str
    out_trade_no: str
    money: Money
    paid: Money


@dataclass(frozen=True)
class RefundState:
    """A refund as the provider sees it."""

    status: RefundStatus
    number: str = ""


@dataclass(frozen=True)
class Bill:
    """A provider's list of one day's movements, as it was sent."""

    day: date
    content: bytes = field(repr=False)


class Provider(Protocol):
    """One payment provider. Every method may raise GatewayUnavailableError; none keeps any state."""

    @property
    def code(self) -> str:
        """The provider's short name, in addresses and rows."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def account(self) -> str:
        """Return who is being paid: notices for anybody else are not ours."""

    def create(self, trade: TradeOrder, *, at: datetime) -> Presented:
        """Ask for a payment; repeating it with the same number changes nothing."""

    def query(self, out_trade_no: str, *, at: datetime) -> TradeState:
        """Ask what became of a trade; UNKNOWN when the provider has never heard of it."""

    def close(self, out_trade_no: str, *, at: datetime) -> TradeState:
        """Make sure a trade cannot be paid any more; SUCCEEDED when it was paid already."""

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundState:
        """Give money back; repeating it with the same number gives it once."""

    def refund_query(self, number: str, *, at: datetime) -> RefundState:
        """Ask what became of a refund."""

    def parse_notification(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notification:
        """Return what a notice says; raise SignatureError or MalformedError before anything of it is believed."""

    def acknowledgement(self) -> str:
        """Return the answer that makes the provider stop repeating a notice."""

    def download_bill(self, day: date, *, at: datetime) -> Bill:
        """Return the list of a day's movements; raise GatewayRefusedError when there is none yet."""
