"""The only writer of stock: every change is a guarded UPDATE and an entry in the ledger.

Lock order: stock levels by primary key, after everything else a transaction locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import Merchant, User
from catalog.models import StockLevel, StockLocation, StockMovement, Variant
from catalog.services import cards, locations, low_stock, planning, waiting
from core.rows import Statement

Kind = StockMovement.Kind
_OF_VARIANTS = """
    SELECT {level}, {location}
    FROM catalog_stocklevel level
    JOIN catalog_stocklocation location ON location.id = level.location_id
    WHERE level.variant_id = ANY(ARRAY(SELECT unnest(%s::bigint[]))) AND location.is_active
    ORDER BY level.id
"""
_LEVELS = Statement(_OF_VARIANTS, level=StockLevel, location=StockLocation)
_LOCKED_LEVELS = Statement(f"{_OF_VARIANTS} FOR UPDATE OF level", level=StockLevel, location=StockLocation)


@dataclass(frozen=True)
class Demand:
    """Units of a variant wanted for something; `key` makes the movement unrepeatable."""

    variant_id: int
    quantity: int
    key: str
    waiting: int = 0  # how many of them are not there, and may be waited for


@dataclass(frozen=True)
class Hold:
    """Units held at a level for a demand, named by the demand's key; or only waited for there."""

    level_id: int
    quantity: int
    key: str
    is_waiting: bool = False


@dataclass(frozen=True)
class Returned:
    """Units of a variant that came back and can be sold again; `key` makes the movement unrepeatable."""

    variant_id: int
    quantity: int
    key: str


@dataclass(frozen=True)
class Shortage:
    """A variant of which there are fewer than wanted."""

    variant_id: int
    wanted: int
    available: int


class OutOfStockError(Exception):
    """Not all units can be had; nothing was taken."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(", ".join(f"variant {shortage.variant_id}" for shortage in shortages))
        self.shortages = list(shortages)


class NotEnoughError(Exception):
    """A level would fall below what orders hold, or below zero."""

    def __init__(self, level: StockLevel, change: int) -> None:
        super().__init__(f"level {level.pk}: {change:+d}")
        self.level = level
        self.change = change


class _RacedError(Exception):
    """Somebody else was faster at a level we had planned with."""


def allocate(*, demands: Sequence[Demand]) -> list[Hold]:
    """Hold units for orders and return where; raise OutOfStockError when there are not enough of any.

    Several demands for one variant are added up before anything is decided. One location of a merchant that has
    everything wanted is preferred; otherwise as few as possible share it. Variants whose policy is not to count need
    no demand. What may be waited for is counted apart, up to the variant's limit; what has come meanwhile is held.
    """
    if not demands:
        return []
    try:
        with transaction.atomic():
            is_waiting = any(demand.waiting for demand in demands)
            holds = _hold(_plan(demands, _LOCKED_LEVELS if is_waiting else _LEVELS))
    except _RacedError:
        with transaction.atomic():
            holds = _hold(_plan(demands, _LOCKED_LEVELS))
    announce(changes=_sums((demand.variant_id, demand.waiting - demand.quantity) for demand in demands))
    return holds


@transaction.atomic
def release(*, holds: Sequence[Hold]) -> None:
    """Give held units back; each hold's key must not have been released before. Who waits gets them first."""
    waiting.lock_beside(level_ids=[hold.level_id for hold in holds])
    _move(holds, kind=Kind.RELEASED, on_hand=0, allocated=-1)


@transaction.atomic
def ship(*, holds: Sequence[Hold], actor: User | None) -> None:
    """Take held units out of the house; each hold's key must not have been shipped before."""
    _move(holds, kind=Kind.SHIPPED, on_hand=-1, allocated=-1, actor=actor)


@transaction.atomic
def unship(*, holds: Sequence[Hold], actor: User | None) -> None:
    """Hold units again that have not left after all; each hold's key must not have come back before."""
    _move(holds, kind=Kind.UNSHIPPED, on_hand=1, allocated=1, actor=actor)


def lock(*, variant_ids: Iterable[int]) -> None:
    """Lock all levels of these variants, for who changes them in more than one step; call inside a transaction."""
    list(_LOCKED_LEVELS.rows([list(variant_ids)]))


@transaction.atomic
def take_back(*, returned: Sequence[Returned], merchant: Merchant, actor: User | None, reason: str) -> None:
    """Put units that came back on the shelf of the merchant's first location; each key once."""
    location = main_location(merchant) if returned else None
    waiting.lock(variant_ids=[each.variant_id for each in returned])
    levels = {
        each.variant_id: StockLevel.objects.get_or_create(variant_id=each.variant_id, location=location)[0]
        for each in returned
    }
    for each in sorted(returned, key=lambda each: levels[each.variant_id].pk):
        level = levels[each.variant_id]
        StockLevel.objects.filter(pk=level.pk).update(on_hand=F("on_hand") + each.quantity)
        StockMovement.objects.create(
            level=level,
            kind=Kind.RETURNED,
            on_hand_change=each.quantity,
            key=f"returned:{each.key}",
            reason=reason,
            actor=actor,
        )
    announce(changes=_sums((each.variant_id, each.quantity) for each in returned))


@transaction.atomic
def adjust(
    *, variant: Variant, location: StockLocation, change: int, key: str, reason: str, actor: User | None = None
) -> StockLevel:
    """Add units that were received or counted, or take away missing ones; return the level as it is then.

    change: signed number of units; positive is booked as received, negative as counted.
    Raises NotEnoughError when fewer would be left than orders hold.
    """
    level, _ = StockLevel.objects.get_or_create(variant=variant, location=location)
    kind = Kind.RECEIVED if change >= 0 else Kind.ADJUSTED
    waiting.lock(variant_ids=[variant.pk])
    changed = StockLevel.objects.filter(pk=level.pk, on_hand__gte=F("allocated") - change).update(
        on_hand=F("on_hand") + change
    )
    level.refresh_from_db()
    if not changed:
        raise NotEnoughError(level, change)
    StockMovement.objects.create(level=level, kind=kind, on_hand_change=change, key=key, reason=reason, actor=actor)
    announce(changes={variant.pk: change})
    return level


@transaction.atomic
def bring_to(*, variant: Variant, location: StockLocation, on_hand: int, key: str, reason: str) -> None:
    """Book what a count differs from the level; nothing when it does not, or when the key was used before.

    Fewer than orders hold cannot be: then everything they hold stays.
    """
    level, _ = StockLevel.objects.select_for_update().get_or_create(variant=variant, location=location)
    change = max(on_hand, level.allocated) - level.on_hand
    if change and not StockMovement.objects.filter(key=key).exists():
        adjust(variant=variant, location=location, change=change, key=key, reason=reason)


@transaction.atomic
def open_levels(*, quantities: dict[int, int], location: StockLocation, reason: str) -> None:
    """Enter the first stock of many variants at once; variants that have a level there keep it.

    quantities: units by variant id.
    """
    known = set(
        StockLevel.objects.filter(location=location, variant_id__in=quantities).values_list("variant_id", flat=True)
    )
    levels = StockLevel.objects.bulk_create(
        StockLevel(variant_id=variant_id, location=location, on_hand=quantity)
        for variant_id, quantity in quantities.items()
        if variant_id not in known
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            level=level, kind=Kind.RECEIVED, on_hand_change=level.on_hand, key=f"open:{level.pk}", reason=reason
        )
        for level in levels
    )


def shipped_units(*, level_id: int, prefix: str) -> int:
    """Return how many units have left a level by holds whose keys begin so."""
    left = StockMovement.objects.filter(
        level_id=level_id, kind=Kind.SHIPPED, key__startswith=f"{Kind.SHIPPED.lower()}:{prefix}"
    )
    return -int(left.aggregate(units=Sum("on_hand_change"))["units"] or 0)


def main_location(merchant: Merchant) -> StockLocation:
    """Return the merchant's first location, made when there is none."""
    return locations.main(merchant)


def announce(*, changes: Mapping[int, int]) -> None:
    """Watch for low stock, and let listings know, after the commit, whether the variants can still be had.

    changes: by variant id, how many units more can be sold; who waits for them gets them first. What fails after the
    commit is logged and left to the sweep: nobody's order fails because of a card.
    """
    more = [variant_id for variant_id, units in changes.items() if units > 0]
    taken = waiting.settle(variant_ids=more) if more else {}
    low_stock.watch(changes={pk: units - taken.get(pk, 0) for pk, units in changes.items()})
    ids = sorted(changes)

    def refresh_cards() -> None:  # no partial: Django logs the name of what fails, and partials have none
        cards.refresh_availability(variant_ids=ids)

    transaction.on_commit(refresh_cards, robust=True)


def _plan(demands: Sequence[Demand], levels: Statement) -> list[Hold]:
    """Decide which level gives how many to which demand; raise OutOfStockError with every shortage."""
    ids = list(dict.fromkeys(demand.variant_id for demand in demands))
    rows = [_at(level, location) for level, location in levels.rows([ids])]
    demands = _less_waiting(demands, rows)
    wanted = _sums((demand.variant_id, demand.quantity - demand.waiting) for demand in demands)
    shortages = []
    for variant_id, quantity in wanted.items():
        available = sum(max(row.available, 0) for row in rows if row.variant_id == variant_id)
        late = sum(demand.waiting for demand in demands if demand.variant_id == variant_id)
        room = sum(row.backorder_ceiling - row.backordered for row in rows if row.variant_id == variant_id)
        if available < quantity or room < late:
            shortages.append(Shortage(variant_id, quantity + late, available + room))
    if shortages:
        raise OutOfStockError(shortages)
    drawn = planning.order(wanted=wanted, levels=rows)
    waits = _share_out(
        [replace(demand, quantity=demand.waiting) for demand in demands if demand.waiting],
        {(level.variant_id, level.pk): level.backorder_ceiling - level.backordered for level in rows},
    )
    return [
        hold
        for variant_id in wanted
        for hold in _share_out(
            [replace(demand, quantity=demand.quantity - demand.waiting) for demand in demands],
            {(level.variant_id, level.pk): level.available for level in drawn if level.variant_id == variant_id},
        )
    ] + [replace(hold, is_waiting=True) for hold in waits]


def _less_waiting(demands: Sequence[Demand], rows: Sequence[StockLevel]) -> list[Demand]:
    """Let nobody wait for what has come since it was said to be missing."""
    spare = _sums((row.variant_id, max(row.available, 0)) for row in rows)
    for demand in demands:
        spare[demand.variant_id] = spare.get(demand.variant_id, 0) - demand.quantity + demand.waiting
    found = []
    for demand in demands:
        come = min(demand.waiting, max(spare[demand.variant_id], 0))
        spare[demand.variant_id] -= come
        found.append(replace(demand, waiting=demand.waiting - come) if come else demand)
    return found


def _at(level: StockLevel, location: StockLocation) -> StockLevel:
    level.location = location
    return level


def _share_out(demands: Iterable[Demand], there: Mapping[tuple[int, int], int]) -> list[Hold]:
    """Fill the demands from the levels in their order; `there` has the units by variant and level."""
    left = dict(there)
    holds = []
    for demand in demands:
        missing = demand.quantity
        for (variant_id, level_id), available in left.items():
            quantity = min(missing, available) if variant_id == demand.variant_id else 0
            if quantity > 0:
                holds.append(Hold(level_id, quantity, demand.key))
                left[variant_id, level_id] -= quantity
                missing -= quantity
    return holds


def _hold(holds: Sequence[Hold]) -> list[Hold]:
    """Take the planned units; raise when somebody else has taken some of them meanwhile."""
    held = _sums((hold.level_id, hold.quantity) for hold in holds if not hold.is_waiting)
    waits = _sums((hold.level_id, hold.quantity) for hold in holds if hold.is_waiting)
    for level_id in sorted({**held, **waits}):
        levels, changes = StockLevel.objects.filter(pk=level_id), {}
        if level_id in held:
            levels = levels.filter(on_hand__gte=F("allocated") + held[level_id])
            changes["allocated"] = F("allocated") + held[level_id]
        if level_id in waits:
            levels = levels.filter(backorder_ceiling__gte=F("backordered") + waits[level_id])
            changes["backordered"] = F("backordered") + waits[level_id]
        if not levels.update(**changes):
            raise _RacedError
    _book([hold for hold in holds if not hold.is_waiting], kind=Kind.ALLOCATED, on_hand=0, allocated=1)
    return list(holds)


def _move(
    holds: Sequence[Hold], *, kind: StockMovement.Kind, on_hand: int, allocated: int, actor: User | None = None
) -> None:
    for hold in sorted(holds, key=lambda hold: hold.level_id):
        StockLevel.objects.filter(pk=hold.level_id).update(
            on_hand=F("on_hand") + on_hand * hold.quantity, allocated=F("allocated") + allocated * hold.quantity
        )
    _book(holds, kind=kind, on_hand=on_hand, allocated=allocated, actor=actor)
    variants = dict(StockLevel.objects.filter(pk__in=[hold.level_id for hold in holds]).values_list("pk", "variant_id"))
    announce(changes=_sums((variants[hold.level_id], (on_hand - allocated) * hold.quantity) for hold in holds))


def _book(
    holds: Sequence[Hold], *, kind: StockMovement.Kind, on_hand: int, allocated: int, actor: User | None = None
) -> None:
    """Write the ledger; a key that was used before is refused by the database."""
    StockMovement.objects.bulk_create(
        StockMovement(
            level_id=hold.level_id,
            kind=kind,
            on_hand_change=on_hand * hold.quantity,
            allocated_change=allocated * hold.quantity,
            key=f"{kind.lower()}:{hold.key}:{hold.level_id}",
            actor=actor,
        )
        for hold in holds
    )


def _sums(changes: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for variant_id, units in changes:
        sums[variant_id] = sums.get(variant_id, 0) + units
    return sums
