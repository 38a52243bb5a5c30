"""What the tests of return cases share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from catalog.models import StockLevel
from core.money import Money
from orders.models import CaseEntry, Order, ReturnCase
from orders.services import shipping
from orders.services.cases import answering, goods, requesting
from orders.services.cases.goods import Inspected
from orders.services.cases.requesting import Wish
from orders.services.cases.writing import Act
from tests.conftest import NOW

Kind, Reason, Side = ReturnCase.Kind, ReturnCase.Reason, CaseEntry.Side
LABEL = shipping.Label("SF", "SF1234567890")
SHOP, BUYER, PLATFORM = Act(Side.SHOP, NOW), Act(Side.BUYER, NOW), Act(Side.PLATFORM, NOW)


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def ask(order: Order, kind: ReturnCase.Kind, quantity: int = 1, **fields: Any) -> ReturnCase:
    options: dict[str, Any] = {"reason": Reason.QUALITY, "units": {order.lines.get().pk: quantity}} | fields
    at = options.pop("at", NOW)
    return requesting.request(order=order, wish=Wish(kind=kind, **options), at=at, actor=None)


def look(case: ReturnCase) -> ReturnCase:
    return ReturnCase.objects.select_related("order").get(pk=case.pk)


def level() -> tuple[int, int]:
    found = StockLevel.objects.get()
    return found.on_hand, found.allocated


def inspected(case: ReturnCase, **counts: int) -> dict[int, Inspected]:
    return {case.lines.get().pk: Inspected(**({"sellable": 0} | counts))}


def at_the_shop(order: Order, kind: ReturnCase.Kind, quantity: int = 1, **fields: Any) -> ReturnCase:
    case = ask(order, kind, quantity, **fields)
    answering.approve(case=case, act=SHOP)
    goods.send(case=case, label=LABEL, act=BUYER)
    goods.receive(case=case, act=SHOP)
    return look(case)
