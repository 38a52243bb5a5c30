"""Allocating, releasing, shipping and counting stock."""

import pytest
from django.db import IntegrityError, transaction

from accounts.selectors import default_merchant
from catalog.models import StockLevel, StockLocation, StockMovement, Variant
from catalog.selectors import stock as selector
from catalog.services import stock
from catalog.services.stock import Demand, Hold, Shortage
from tests import make

pytestmark = pytest.mark.django_db


def variant(units: int | None = 10) -> Variant:
    return make.only_variant(make.product(stock=units))


def location(name: str, **fields) -> StockLocation:
    return StockLocation.objects.create(merchant=default_merchant(), name=name, **fields)


def level(of: Variant) -> StockLevel:
    return StockLevel.objects.get(variant=of)


def units(of: Variant) -> tuple[int, int]:
    """Return what is on hand and what is allocated."""
    found = level(of)
    return found.on_hand, found.allocated


def entries(of: Variant) -> list[tuple[str, int, int, str]]:
    """Return the variant's ledger after the opening entry: kind, changes and key."""
    rows = StockMovement.objects.filter(level__variant=of).exclude(key__startswith="open:").order_by("pk")
    return list(rows.values_list("kind", "on_hand_change", "allocated_change", "key"))


def test_allocating_holds_units_and_writes_the_ledger():
    teapot = variant(5)

    holds = stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])

    pk = level(teapot).pk
    assert holds == [Hold(pk, 2, "line-1")]
    assert units(teapot) == (5, 2)
    assert entries(teapot) == [("ALLOCATED", 0, 2, f"allocated:line-1:{pk}")]


def test_two_demands_of_one_variant_are_summed_before_anything_is_decided():
    teapot = variant(3)

    with pytest.raises(stock.OutOfStockError) as caught:
        stock.allocate(demands=[Demand(teapot.pk, 2, "line-1"), Demand(teapot.pk, 2, "line-2")])

    assert caught.value.shortages == [Shortage(teapot.pk, 4, 3)]
    assert units(teapot) == (3, 0)
    assert entries(teapot) == []


def test_two_demands_of_one_variant_get_an_entry_each():
    teapot = variant(4)

    stock.allocate(demands=[Demand(teapot.pk, 1, "line-1"), Demand(teapot.pk, 3, "line-2")])

    pk = level(teapot).pk
    assert units(teapot) == (4, 4)
    assert entries(teapot) == [
        ("ALLOCATED", 0, 1, f"allocated:line-1:{pk}"),
        ("ALLOCATED", 0, 3, f"allocated:line-2:{pk}"),
    ]


def test_out_of_stock_names_every_shortage_and_takes_nothing():
    plenty, scarce, gone = variant(9), variant(1), variant(0)

    with pytest.raises(stock.OutOfStockError) as caught:
        stock.allocate(demands=[Demand(plenty.pk, 1, "a"), Demand(scarce.pk, 2, "b"), Demand(gone.pk, 1, "c")])

    assert caught.value.shortages == [Shortage(scarce.pk, 2, 1), Shortage(gone.pk, 1, 0)]
    assert [units(each) for each in (plenty, scarce, gone)] == [(9, 0), (1, 0), (0, 0)]
    assert not StockMovement.objects.filter(kind="ALLOCATED").exists()


def test_a_variant_without_a_level_is_out_of_stock():
    uncounted = variant(None)

    with pytest.raises(stock.OutOfStockError) as caught:
        stock.allocate(demands=[Demand(uncounted.pk, 1, "line-1")])

    assert caught.value.shortages == [Shortage(uncounted.pk, 1, 0)]


def test_no_demands_hold_nothing():
    assert stock.allocate(demands=[]) == []


def test_one_location_that_has_everything_is_preferred():
    teapot = variant(2)
    far = location("Far", priority=5)
    stock.open_levels(quantities={teapot.pk: 3}, location=far, reason="test")

    holds = stock.allocate(demands=[Demand(teapot.pk, 3, "line-1")])

    assert holds == [Hold(far.levels.get().pk, 3, "line-1")]


def test_of_several_locations_that_have_everything_the_first_ships():
    teapot = variant(None)
    plenty, first = location("Plenty", priority=5), location("First", priority=1)
    stock.open_levels(quantities={teapot.pk: 90}, location=plenty, reason="test")
    stock.open_levels(quantities={teapot.pk: 3}, location=first, reason="test")

    holds = stock.allocate(demands=[Demand(teapot.pk, 3, "line-1")])

    assert holds == [Hold(first.levels.get().pk, 3, "line-1")]


def test_as_few_locations_as_possible_share_a_demand():
    teapot = variant(None)
    small, large, other = location("Small"), location("Large", priority=1), location("Other", priority=2)
    for place, quantity in ((small, 1), (large, 3), (other, 3)):
        stock.open_levels(quantities={teapot.pk: quantity}, location=place, reason="test")

    holds = stock.allocate(demands=[Demand(teapot.pk, 6, "line-1")])

    assert holds == [Hold(large.levels.get().pk, 3, "line-1"), Hold(other.levels.get().pk, 3, "line-1")]


def test_a_location_that_is_closed_has_nothing_to_sell():
    teapot = variant(5)
    StockLocation.objects.update(is_active=False)

    with pytest.raises(stock.OutOfStockError):
        stock.allocate(demands=[Demand(teapot.pk, 1, "line-1")])

    assert selector.availability([teapot.pk]) == {}
    assert units(teapot) == (5, 0)


def test_availability_adds_up_the_open_locations():
    teapot, uncounted = variant(5), variant(None)
    stock.open_levels(quantities={teapot.pk: 3}, location=location("Far"), reason="test")
    stock.allocate(demands=[Demand(teapot.pk, 4, "line-1")])

    assert selector.availability([teapot.pk, uncounted.pk]) == {teapot.pk: 4}


def test_releasing_gives_units_back():
    teapot = variant(5)
    [hold] = stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])

    stock.release(holds=[Hold(hold.level_id, 2, "allocation-1")])

    assert units(teapot) == (5, 0)
    assert entries(teapot)[1:] == [("RELEASED", 0, -2, f"released:allocation-1:{hold.level_id}")]


def test_shipping_takes_units_out_of_the_house_and_names_who_did_it():
    teapot, worker = variant(5), make.member()
    holds = stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])

    stock.ship(holds=holds, actor=worker)

    assert units(teapot) == (3, 0)
    assert entries(teapot)[1:] == [("SHIPPED", -2, -2, f"shipped:line-1:{level(teapot).pk}")]
    assert StockMovement.objects.get(kind="SHIPPED").actor == worker


@pytest.mark.parametrize(
    "act", [lambda holds: stock.release(holds=holds), lambda holds: stock.ship(holds=holds, actor=None)]
)
def test_a_hold_is_given_back_or_shipped_once(act):
    teapot = variant(5)
    holds = stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])
    stock.allocate(demands=[Demand(teapot.pk, 2, "line-2")])
    act(holds)
    before, ledger = units(teapot), entries(teapot)

    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        act(holds)

    assert (units(teapot), entries(teapot)) == (before, ledger)


def test_a_demand_is_held_once():
    teapot = variant(5)
    stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])

    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])

    assert units(teapot) == (5, 2)


def test_more_than_is_held_cannot_be_released():
    teapot = variant(5)
    [hold] = stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])

    with pytest.raises(IntegrityError, match="catalog_stocklevel_allocated_not_negative"), transaction.atomic():
        stock.release(holds=[Hold(hold.level_id, 3, "line-1")])

    assert units(teapot) == (5, 2)


@pytest.mark.parametrize(("change", "kind"), [(10, "RECEIVED"), (-3, "ADJUSTED")])
def test_adjusting_books_the_difference_with_actor_and_reason(change, kind):
    teapot, worker = variant(5), make.member()

    found = stock.adjust(
        variant=teapot, location=level(teapot).location, change=change, key="count-1", reason="Counted", actor=worker
    )

    assert found.on_hand == 5 + change
    assert units(teapot) == (5 + change, 0)
    entry = StockMovement.objects.get(key="count-1")
    assert (entry.kind, entry.on_hand_change, entry.reason, entry.actor) == (kind, change, "Counted", worker)


def test_adjusting_makes_the_level_of_a_new_location():
    teapot, far = variant(5), location("Far")

    stock.adjust(variant=teapot, location=far, change=2, key="count-1", reason="Opened")

    assert [(each.variant, each.on_hand) for each in far.levels.all()] == [(teapot, 2)]


def test_adjusting_below_what_orders_hold_is_refused():
    teapot = variant(5)
    stock.allocate(demands=[Demand(teapot.pk, 3, "line-1")])
    ledger = entries(teapot)

    with pytest.raises(stock.NotEnoughError) as caught:
        stock.adjust(variant=teapot, location=level(teapot).location, change=-3, key="count-1", reason="Lost")

    assert (caught.value.level.available, caught.value.change) == (2, -3)
    assert (units(teapot), entries(teapot)) == ((5, 3), ledger)


def test_a_count_is_booked_once():
    teapot = variant(5)
    place = level(teapot).location
    stock.adjust(variant=teapot, location=place, change=1, key="count-1", reason="Found")

    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        stock.adjust(variant=teapot, location=place, change=1, key="count-1", reason="Found")

    assert units(teapot) == (6, 0)


def test_first_stock_is_entered_once():
    teapot, cup = variant(None), variant(None)
    place = stock.main_location(default_merchant())

    stock.open_levels(quantities={teapot.pk: 4, cup.pk: 0}, location=place, reason="import")
    stock.open_levels(quantities={teapot.pk: 9}, location=place, reason="import")

    assert (units(teapot), units(cup)) == ((4, 0), (0, 0))
    rows = StockMovement.objects.order_by("level_id").values_list("kind", "on_hand_change", "key", "reason")
    assert list(rows) == [
        ("RECEIVED", 4, f"open:{level(teapot).pk}", "import"),
        ("RECEIVED", 0, f"open:{level(cup).pk}", "import"),
    ]


@pytest.mark.parametrize(("count", "expected"), [(8, (8, 2)), (5, (5, 2)), (3, (3, 2)), (0, (2, 2))])
def test_bringing_to_a_count_keeps_what_orders_hold(count, expected):
    teapot = variant(5)
    stock.allocate(demands=[Demand(teapot.pk, 2, "line-1")])

    stock.bring_to(variant=teapot, location=level(teapot).location, on_hand=count, key="file-1", reason="import")

    assert units(teapot) == expected
    assert StockMovement.objects.filter(key="file-1").count() == (count != 5)


def test_bringing_to_a_count_twice_changes_nothing():
    teapot = variant(5)
    place = level(teapot).location
    stock.bring_to(variant=teapot, location=place, on_hand=8, key="file-1", reason="import")
    stock.allocate(demands=[Demand(teapot.pk, 1, "line-1")])
    stock.ship(holds=[Hold(level(teapot).pk, 1, "line-1")], actor=None)

    stock.bring_to(variant=teapot, location=place, on_hand=8, key="file-1", reason="import")

    assert units(teapot) == (7, 0)


def test_the_main_location_is_the_first_that_is_open():
    closed = location("Closed", priority=0, is_active=False)
    location("Second", priority=2)
    first = location("First", priority=1)

    assert stock.main_location(default_merchant()) == first
    assert stock.main_location(closed.merchant) == first


def test_a_merchant_without_a_location_gets_one():
    merchant = make.merchant("oak")

    found = stock.main_location(merchant)

    assert (found.merchant, found.name) == (merchant, "Main")
    assert stock.main_location(merchant) == found
