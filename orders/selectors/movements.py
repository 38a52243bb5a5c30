"""Which order a movement of stock was for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import StockMovement
from orders.models import Allocation, Backorder, OrderLine, ReturnCase

# As orders.services.holding and orders.services.cases name their demands and holds.
_KINDS = ("line", "allocation", "case", "backorder")
_KEY = re.compile(r"^[a-z]+:(line|allocation|case|backorder)-([0-9A-Za-z]+)[-:]")


@dataclass(frozen=True)
class OrderOfMovement:
    """The order's number, and its id."""

    number: str
    order_id: int


def orders_of(movements: Iterable[StockMovement]) -> dict[int, OrderOfMovement]:
    """Return the order of each movement that was for one, by the movement's id; at most four queries."""
    named = {each.pk: (match[1], match[2]) for each in movements if (match := _KEY.match(each.key))}
    wanted = {kind: {name for each, name in named.values() if each == kind} for kind in _KINDS}
    found = _lines(wanted["line"]) | _allocations(wanted["allocation"]) | _cases(wanted["case"])
    found |= _backorders(wanted["backorder"])
    return {pk: found[name] for pk, name in named.items() if name in found}


_Found = dict[tuple[str, str], OrderOfMovement]


def _lines(names: set[str]) -> _Found:
    rows = OrderLine.objects.filter(pk__in=names).values_list("pk", "order__number", "order_id")
    return {("line", str(pk)): OrderOfMovement(number, order_id) for pk, number, order_id in rows}


def _allocations(names: set[str]) -> _Found:
    rows = Allocation.objects.filter(pk__in=names).values_list("pk", "line__order__number", "line__order_id")
    return {("allocation", str(pk)): OrderOfMovement(number, order_id) for pk, number, order_id in rows}


def _cases(names: set[str]) -> _Found:
    rows = ReturnCase.objects.filter(number__in=names).values_list("number", "order__number", "order_id")
    return {("case", name): OrderOfMovement(number, order_id) for name, number, order_id in rows}


def _backorders(names: set[str]) -> _Found:
    rows = Backorder.objects.filter(pk__in=names).values_list("pk", "line__order__number", "line__order_id")
    return {("backorder", str(pk)): OrderOfMovement(number, order_id) for pk, number, order_id in rows}
