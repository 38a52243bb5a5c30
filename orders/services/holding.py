"""The only writer of allocations: which stock is held for which line, until it leaves or is given back.

The caller holds the locks of the orders; stock levels are locked last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from catalog.services import stock, waiting
from orders.models import Allocation, Order, OrderLine, ReturnCase, ReturnLine
from orders.services import backorders
from orders.services.backorders import Wait


def allocate(*, lines: Iterable[OrderLine], attempt: str, waits: Mapping[int, Wait] | None = None) -> None:
    """Hold the goods of these lines; raise OutOfStockError when they cannot all be had.

    attempt: makes the ledger's keys of a second allocation differ from those of the first.
    waits: what may be missing of each line, by its id: that is waited for.
    """
    by_key = {f"line-{line.pk}-{attempt}": line for line in lines if line.variant and line.variant.is_counted}
    late = {pk: wait for pk, wait in (waits or {}).items() if wait.units}
    holds = stock.allocate(
        demands=[
            stock.Demand(line.variant_id, line.quantity, key, late[line.pk].units if line.pk in late else 0)
            for key, line in by_key.items()
            if line.variant_id
        ]
    )
    Allocation.objects.bulk_create(
        Allocation(line=by_key[hold.key], level_id=hold.level_id, quantity=hold.quantity)
        for hold in holds
        if not hold.is_waiting
    )
    if late:
        backorders.add(lines=by_key, holds=[hold for hold in holds if hold.is_waiting], waits=late)


def allocate_again(*, lines: Sequence[OrderLine]) -> None:
    """Hold the goods of lines that were given up; what they waited for before they wait for again."""
    allocate(lines=lines, attempt="late", waits=backorders.given_up(lines=lines))


def take_out(*, line: OrderLine, quantity: int, key: str) -> list[stock.Hold]:
    """Take units out of what is waited for, then out of what is held for a line; return what is to be released.

    The caller has locked what is waited for (`backorders.lock`).
    """
    given_up = backorders.give_up(line=line, quantity=quantity) if line.waiting_quantity else 0
    return draw(line=line, quantity=quantity - given_up, key=key) if given_up < quantity else []


def draw(*, line: OrderLine, quantity: int, key: str) -> list[stock.Hold]:
    """Draw units from what is held for a line, and say where each comes from; fewer when fewer are held.

    key: makes the ledger's entries of this drawing differ from those of others.
    """
    holds, missing = [], quantity
    held = Allocation.objects.filter(line=line, case=None, quantity__gt=0).order_by("level_id", "pk")
    for allocation in held:
        units = min(missing, allocation.quantity)
        allocation.quantity -= units
        allocation.save(update_fields=["quantity"])
        holds.append(stock.Hold(allocation.level_id, units, f"allocation-{allocation.pk}-{key}-{allocation.quantity}"))
        missing -= units
        if not missing:
            break
    return holds


def restore(*, line: OrderLine, key: str) -> list[stock.Hold]:
    """Hold again what was drawn for a line under a key and has left, and say where; each key once.

    What is not counted was not held, and is not held again.
    """
    holds = []
    for allocation in Allocation.objects.filter(line=line, case=None).order_by("level_id", "pk"):
        drawn = f"allocation-{allocation.pk}-{key}"
        units = stock.shipped_units(level_id=allocation.level_id, prefix=f"{drawn}-")
        if units:
            allocation.quantity += units
            allocation.save(update_fields=["quantity"])
            holds.append(stock.Hold(allocation.level_id, units, drawn))
    return holds


def release(*, orders: Sequence[Order], case: ReturnCase | None = None) -> None:
    """Give back what the orders hold and wait for; with a case only what is held for it."""
    waited_at = [] if case else backorders.levels(orders=orders)
    if waited_at:  # or somebody fills what is given up
        held_at = Allocation.objects.filter(line__order__in=orders, quantity__gt=0).values_list("level_id", flat=True)
        waiting.lock_beside(level_ids=[*waited_at, *held_at])
        backorders.give_up_all(orders=orders)
    allocations = Allocation.objects.filter(line__order__in=orders, quantity__gt=0)
    held = list((allocations.filter(case=case) if case else allocations).order_by("level_id", "pk"))
    holds = [stock.Hold(each.level_id, each.quantity, f"allocation-{each.pk}") for each in held]
    Allocation.objects.filter(pk__in=[each.pk for each in held]).update(quantity=0)
    stock.release(holds=holds)


def hold_for_case(*, case: ReturnCase, rows: Iterable[ReturnLine]) -> None:
    """Hold what will be sent in exchange; raise OutOfStockError when it cannot all be had."""
    by_key = {f"case-{case.number}-{row.pk}": row for row in rows}
    demands = []
    for key, row in by_key.items():
        variant = row.wanted or row.line.variant
        if variant is not None and variant.is_counted:
            demands.append(stock.Demand(variant.pk, row.quantity, key))
    holds = stock.allocate(demands=demands)
    Allocation.objects.bulk_create(
        Allocation(line=by_key[hold.key].line, case=case, level_id=hold.level_id, quantity=hold.quantity)
        for hold in holds
    )


def draw_for_case(*, case: ReturnCase) -> list[stock.Hold]:
    """Draw all that is held for a case, and say where it comes from."""
    held = list(Allocation.objects.filter(case=case, quantity__gt=0).order_by("level_id", "pk"))
    Allocation.objects.filter(pk__in=[each.pk for each in held]).update(quantity=0)
    return [stock.Hold(each.level_id, each.quantity, f"allocation-{each.pk}") for each in held]
