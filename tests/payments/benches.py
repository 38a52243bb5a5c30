"""Test benches for providers: a gateway to talk to, and somebody who plays its shoppers.

A new provider gets a bench here and one line in `BENCHES`; the contract tests do the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from core.money import Money
from paylab import notices
from payments.providers import registry
from payments.providers.interface import Notification, Provider, RefundOrder, TradeOrder
from tests.laboratory import Laboratory, Letter, key_pair

NUMBER = "100000000017-P1"
PRICE = Money(Decimal("68.00"), "CNY")


class Bench(Protocol):
    """What the contract tests need to know of a provider."""

    provider: Provider

    def pay(self, out_trade_no: str) -> None:
        """Pay at the gateway, as a shopper does."""

    def decline(self, out_trade_no: str) -> None:
        """Fail at the gateway, as a card that is refused does."""

    def letter(self, **changes: Any) -> Letter:
        """Return a genuine notice about the paid trade NUMBER; None for a name leaves it out."""

    def refund_letter(self, number: str) -> Letter:
        """Return a genuine notice about a refund of the trade NUMBER."""

    def strange_letter(self) -> Letter:
        """Return a notice that is like the genuine one, signed with somebody else's key."""

    def meaningless_letters(self) -> list[Letter]:
        """Return notices with a good signature and nothing sensible in them."""

    def required_names(self) -> list[str]:
        """Return the names without which a notice makes no sense."""

    def movements(self, day: date) -> list[tuple[str, str, str]]:
        """Return kind, our number and amount of each movement in the provider's bill of a day."""

    def stop(self) -> None:
        """Take the gateway away."""


class PaylabBench:
    """The payment laboratory."""

    def __init__(self, laboratory: Laboratory) -> None:
        self.provider = registry.get("paylab")
        self._laboratory = laboratory
        self.pay = laboratory.pay
        self.stop = laboratory.stop

    def decline(self, out_trade_no: str) -> None:
        """Press the button."""
        self._laboratory.press(out_trade_no, "decline")

    def letter(self, **changes: Any) -> Letter:
        """Return a notice with an event number of its own."""
        return self._laboratory.signed(self._content(**changes))

    def refund_letter(self, number: str) -> Letter:
        """The laboratory sends none itself; others do."""
        return self._laboratory.signed(self._content() | {"refund_no": number})

    def strange_letter(self) -> Letter:
        """Sign with a key the shop does not know."""
        return Letter(*notices.signed(self._content(), key_pair()[0]))

    def meaningless_letters(self) -> list[Letter]:
        """Leave the path of the protocol in several ways."""
        trade = self._content()["trade"]
        contents: list[Any] = [
            {},
            [],
            "paid",
            None,
            {"event_id": "E1"},
            {"event_id": "E1", "trade": []},
            {"event_id": "E1", "trade": "paid"},
            {"event_id": "E1", "trade": trade | {"status": "excellent"}},
            {"event_id": "E1", "trade": trade | {"amount": "much"}},
            {"event_id": "E1", "trade": trade | {"amount": "NaN"}},
            {"event_id": "E1", "trade": trade | {"amount": "sNaN"}},
            {"event_id": "E1", "trade": trade | {"amount": "Infinity"}},
            {"event_id": None, "trade": trade},
            {"event_id": "", "trade": trade},
            {"event_id": "E" * 101, "trade": trade},
            {"event_id": "E\0", "trade": trade},
            {"event_id": "E1", "trade": trade | {"out_trade_no": "1\0"}},
        ]
        return [self._laboratory.signed(content) for content in contents]

    def required_names(self) -> list[str]:
        """All that the shop reads."""
        return ["event_id", "trade", "app_id", "out_trade_no", "trade_no", "amount", "currency", "status"]

    def movements(self, day: date) -> list[tuple[str, str, str]]:
        """Read the lines of JSON."""
        lines = self.provider.download_bill(day, at=datetime.now(UTC)).content.decode().splitlines()
        rows = [json.loads(line) for line in lines]
        return [(row["kind"], row["out_trade_no"], row["amount"]) for row in rows]

    def _content(self, **changes: Any) -> dict[str, Any]:
        content: dict[str, Any] = {
            "event_id": "E0001",
            "created_at": "2026-11-21T09:30:00+00:00",
            "trade": {
                "app_id": self.provider.account(),
                "out_trade_no": NUMBER,
                "trade_no": "L000000000000001",
                "amount": "68.00",
                "currency": "CNY",
                "status": "succeeded",
            },
        }
        for name, value in changes.items():
            place = content if name in content else content["trade"]
            if value is None:
                del place[name]
            else:
                place[name] = value
        return content


BENCHES: dict[str, Callable[[Laboratory], Bench]] = {"paylab": PaylabBench}


def trade(number: str = NUMBER, *, money: Money = PRICE, minutes: int = 30) -> TradeOrder:
    """Return a payment to ask for; `minutes` until it may not be paid any more."""
    return TradeOrder(
        out_trade_no=number,
        money=money,
        subject="Kaishi 100000000017 <b>& 茶</b>",
        return_url="http://127.0.0.1:8000/payments/return/",
        notify_url="http://127.0.0.1:8000/payments/notify/paylab/",
        expires_at=now() + timedelta(minutes=minutes),
        language="en",
    )


def refund(number: str = f"{NUMBER}-R1", *, money: Money = PRICE, of: str = NUMBER) -> RefundOrder:
    """Return money to ask back, of the trade that `trade()` asks for."""
    return RefundOrder(number=number, out_trade_no=of, money=money, paid=PRICE)


def read(bench: Bench, letter: Letter, *, at: datetime | None = None) -> Notification:
    """Let the provider's adapter read a notice."""
    return bench.provider.parse_notification(letter.body, letter.headers, at=at or now())


def now() -> datetime:
    """Return the time; gateways have the same clock."""
    return datetime.now(UTC)
