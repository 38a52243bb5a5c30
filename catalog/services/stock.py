"""The only writer of stock: every change is a guarded UPDATE and an entry in the ledger.

Lock order: stock levels by primary key, after everything else a transaction locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import Merchant, User
from catalog.models import StockLevel, StockLocation, StockMovement, Variant
from catalog.services import cards, low_stock, planning
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


@dataclass(frozen=True)
class Hold:
    """Units held at a level for a demand, named by the demand's key."""

    level_id: int
    quantity: int
    key: str


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
    no demand.
    """
    if not demands:
        return []
    try:
        with transaction.atomic():
            holds = _hold(_plan(demands, _LEVELS))
    except _RacedError:
        with transaction.atomic():
            holds = _hold(_plan(demands, _LOCKED_LEVELS))
    announce(changes=_sums((demand.variant_id, -demand.quantity) for demand in demands))
    return holds


@transaction.atomic
def release(*, holds: Sequence[Hold]) -> None:
    """Give held units back; each hold's key must not have been released before."""
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
    found = StockLocation.objects.filter(merchant=merchant, is_active=True).order_by("priority", "pk").first()
    return found or StockLocation.objects.create(merchant=merchant, name="Main")


def announce(*, changes: Mapping[int, int]) -> None:
    """Watch for low stock, and let listings know, after the commit, whether the variants can still be had.

    changes: by variant id, how many units more can be sold. What fails after the commit is logged and left to the
    sweep: nobody's order fails because of a card.
    """
    low_stock.watch(changes=changes)
    ids = sorted(changes)

    def refresh_cards() -> None:  # no partial: Django logs the name of what fails, and partials have none
        cards.refresh_availability(variant_ids=ids)

    transaction.on_commit(refresh_cards, robust=True)


def _plan(demands: Sequence[Demand], levels: Statement) -> list[Hold]:
    """Decide which level gives how many to which demand; raise OutOfStockError with every shortage."""
    wanted: dict[int, int] = {}
    for demand in demands:
        wanted[demand.variant_id] = wanted.get(demand.variant_id, 0) + demand.quantity
    rows = [_at(level, location) for level, location in levels.rows([list(wanted)])]
    shortages = []
    for variant_id, quantity in wanted.items():
        available = sum(max(row.available, 0) for row in rows if row.variant_id == variant_id)
        if available < quantity:
            shortages.append(Shortage(variant_id, quantity, available))
    if shortages:
        raise OutOfStockError(shortages)
    drawn = planning.order(wanted=wanted, levels=rows)
    return [
        hold
        for variant_id in wanted
        for hold in _share_out(
            [demand for demand in demands if demand.variant_id == variant_id],
            [level for level in drawn if level.variant_id == variant_id],
        )
    ]


def _at(level: StockLevel, location: StockLocation) -> StockLevel:
    level.location = location
    return level


def _share_out(demands: Iterable[Demand], levels: Sequence[StockLevel]) -> list[Hold]:
    """Fill the demands from the levels in their order."""
    left = {level.pk: level.available for level in levels}
    holds = []
    for demand in demands:
        missing = demand.quantity
        for level_id, available in left.items():
            quantity = min(missing, available)
            if quantity > 0:
                holds.append(Hold(level_id, quantity, demand.key))
                left[level_id] -= quantity
                missing -= quantity
    return holds


def _hold(holds: Sequence[Hold]) -> list[Hold]:
    """Take the planned units; raise when somebody else has taken some of them meanwhile."""
    by_level: dict[int, int] = {}
    for hold in holds:
        by_level[hold.level_id] = by_level.get(hold.level_id, 0) + hold.quantity
    for level_id in sorted(by_level):
        quantity = by_level[level_id]
        taken = StockLevel.objects.filter(pk=level_id, on_hand__gte=F("allocated") + quantity).update(
            allocated=F("allocated") + quantity
        )
        if not taken:
            raise _RacedError
    _book(holds, kind=Kind.ALLOCATED, on_hand=0, allocated=1)
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
