"""The only writer of back-orders: the queue of those who have bought what is not there yet.

Who changes the queue holds the locks of the levels of its variants, so rows of the queue are locked after them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, QuerySet, Sum
from django.db.models.functions import Now

from catalog.models import StockLevel
from catalog.selectors import stock as supplies
from catalog.services import stock, waiting
from orders.models import Allocation, Backorder, Order, OrderLine


@dataclass(frozen=True)
class Wait:
    """How many units of a line are not there, and from which day on they are sent, if that is known."""

    units: int
    promised_on: date | None = None


def add(*, lines: Mapping[str, OrderLine], holds: Iterable[stock.Hold], waits: Mapping[int, Wait]) -> None:
    """Put lines at the end of the queue.

    lines: by the key of the hold. waits: by line id; what came meanwhile is not waited for.
    """
    found = [(lines[hold.key], hold) for hold in holds]
    Backorder.objects.bulk_create(
        Backorder(line=line, level_id=hold.level_id, units=hold.quantity, promised_on=waits[line.pk].promised_on)
        for line, hold in found
    )
    for line in lines.values():
        units = sum(hold.quantity for each, hold in found if each.pk == line.pk)
        if line.waiting_quantity != units:
            line.waiting_quantity = units
            line.save(update_fields=["waiting_quantity"])


def fill(*, variant_ids: Collection[int]) -> None:
    """Hold what is there for those who wait, the oldest first; the caller holds the locks of the levels."""
    there = waiting.there(variant_ids=variant_ids)
    left = {level.pk: level.available for levels in there.values() for level in levels}
    queue = Backorder.objects.select_for_update(of=("self",)).filter(level__variant__in=variant_ids)
    for row in queue.filter(filled_at=None, given_up_at=None).select_related("level").order_by("pk"):
        for level in _nearest(there.get(row.level.variant_id, []), left, row.units):
            units = min(row.units, left[level.pk])
            left[level.pk] -= units
            _fill(row, level.pk, units)
            if row.filled_at is not None:
                break


def give_up(*, line: OrderLine, quantity: int) -> int:
    """Take units that are waited for out of the queue, the youngest first; return how many there were.

    The caller holds the locks of the line's order and of the levels.
    """
    given_up: dict[int, int] = {}
    for row in _open().filter(line=line).order_by("-pk"):
        units = min(row.units, quantity - sum(given_up.values()))
        if units:
            _end_part(row, units, {"given_up_at": Now()})
            given_up[row.level_id] = given_up.get(row.level_id, 0) + units
    total = sum(given_up.values())
    if total:
        OrderLine.objects.filter(pk=line.pk).update(waiting_quantity=F("waiting_quantity") - total)
        line.waiting_quantity -= total
        waiting.stop(waiting=given_up)
    return total


def give_up_all(*, orders: Sequence[Order]) -> None:
    """Take everything the orders wait for out of the queue; the caller holds the locks."""
    for line in OrderLine.objects.filter(order__in=orders, waiting_quantity__gt=0).order_by("pk"):
        give_up(line=line, quantity=line.waiting_quantity)


def lock(*, lines: Iterable[OrderLine]) -> None:
    """Lock the levels of lines of which something is waited for, so that nothing of them is filled meanwhile."""
    ids = [line.variant_id for line in lines if line.waiting_quantity and line.variant_id]
    if ids:
        waiting.lock(variant_ids=ids)


def levels(*, orders: Sequence[Order]) -> list[int]:
    """Return the levels at which the orders wait."""
    return list(_open().filter(line__order__in=orders).values_list("level_id", flat=True))


def given_up(*, lines: Sequence[OrderLine]) -> dict[int, Wait]:
    """Return what lines would wait for if they were bought again: no more than they waited for before."""
    rows = Backorder.objects.filter(line__in=lines, given_up_at__isnull=False).order_by().values("line")
    found = rows.annotate(sum=Sum("units"), until=Max("promised_on")).values_list("line", "sum", "until")
    before = {line_id: Wait(units, until) for line_id, units, until in found}
    there = supplies.on_shelf([line.variant_id for line in lines if line.pk in before and line.variant_id])
    waits = {}
    for line in lines:
        if line.pk in before:
            units = min(before[line.pk].units, max(line.quantity - there.get(line.variant_id or 0, 0), 0))
            waits[line.pk] = Wait(units, before[line.pk].promised_on)
    return waits


def promised_until(order: Order) -> date | None:
    """Return from which day on everything of an order can be sent; None when that is now, or not known."""
    day: date | None = _open().filter(line__order=order).aggregate(day=Max("promised_on"))["day"]
    return day


def _open() -> QuerySet[Backorder]:
    return Backorder.objects.filter(filled_at=None, given_up_at=None)


def _nearest(levels: Sequence[StockLevel], left: Mapping[int, int], units: int) -> list[StockLevel]:
    """Return the levels to take from: the first that has all, else the fullest first."""
    whole = [level for level in levels if left[level.pk] >= units]
    return whole[:1] or sorted((each for each in levels if left[each.pk] > 0), key=lambda each: -left[each.pk])


def _fill(row: Backorder, level_id: int, units: int) -> None:
    key = f"backorder-{row.pk}-{row.units}"
    _end_part(row, units, {"filled_at": Now()})
    Allocation.objects.create(line_id=row.line_id, level_id=level_id, quantity=units)
    OrderLine.objects.filter(pk=row.line_id).update(waiting_quantity=F("waiting_quantity") - units)
    waiting.fill(waits_at=row.level_id, level_id=level_id, units=units, key=key)


def _end_part(row: Backorder, units: int, end: Mapping[str, Now]) -> None:
    """End the row, or as much of it as that; the rest keeps its place in the queue."""
    if units == row.units:
        Backorder.objects.filter(pk=row.pk).update(**end)
        row.refresh_from_db(fields=list(end))
        return
    part = {"line_id": row.line_id, "level_id": row.level_id, "promised_on": row.promised_on, "units": units}
    Backorder.objects.create(**part, **end)
    row.units -= units
    row.save(update_fields=["units"])
