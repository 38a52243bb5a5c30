"""A unit is sold once, however many want it."""

from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from catalog.models import StockLevel, StockMovement, Variant
from catalog.services import stock, waiting
from orders.models import Order, OrderLine, Purchase
from orders.services import cancelling, placing
from tests import books, crowd, make
from tests.crowd import Crossing, at_once, caught, in_lanes
from tests.races.queues import line_up, press

REFUSALS = (stock.OutOfStockError, placing.PlacingError)
AFTER_READING_STOCK = "ORDER BY level.id"
WITHOUT_THE_GUARD = (r'"catalog_stocklevel"."on_hand" >= \(', "0 <= (")
WITH_A_VALUE_WRITTEN_BACK = (r'SET "allocated" = \("catalog_stocklevel"."allocated" \+ %s\)', 'SET "allocated" = %s')


def test_two_hundred_buyers_of_fifty_units_get_exactly_fifty():
    variant = make.only_variant(make.product(stock=50))
    presses = line_up(variant, quantities=[1] * 200)

    results = in_lanes([caught(each, *REFUSALS) for each in presses], lanes=20)

    assert len([each for each in results if isinstance(each, Purchase)]) == 50
    assert Order.objects.count() == 50
    assert _levels(variant) == [(50, 50)]
    assert books.findings() == []


def test_nobody_is_refused_while_there_are_enough():
    variant = make.only_variant(make.product(stock=20))
    wanted = [1, 2, 3] * 15
    presses = line_up(variant, quantities=wanted)

    results = in_lanes([caught(each, *REFUSALS) for each in presses], lanes=15)

    assert len(results) == 45
    assert sum(OrderLine.objects.values_list("quantity", flat=True)) == 20
    assert _levels(variant) == [(20, 20)]
    assert books.findings() == []


def test_twenty_buyers_of_the_last_unit_are_one_order_and_nineteen_refusals():
    variant = make.only_variant(make.product(stock=1))
    presses = line_up(variant, quantities=[1] * 20)

    results = at_once(*(caught(each, *REFUSALS) for each in presses))

    assert len([each for each in results if isinstance(each, Purchase)]) == 1
    assert len([each for each in results if isinstance(each, REFUSALS)]) == 19
    assert (Purchase.objects.count(), Order.objects.count(), OrderLine.objects.count()) == (1, 1, 1)
    assert _levels(variant) == [(1, 1)]
    assert books.findings() == []


def test_two_who_see_the_last_unit_at_once_do_not_both_get_it():
    variant = make.only_variant(make.product(stock=1))
    crossing = Crossing(AFTER_READING_STOCK)

    results = at_once(*_presses(variant), crossing=crossing)

    assert sorted(type(each).__name__ for each in results) == ["OutOfStockError", "Purchase"]
    assert _levels(variant) == [(1, 1)]
    assert books.findings() == []


def test_control_without_the_guard_only_the_constraint_saves_the_last_unit():
    variant = make.only_variant(make.product(stock=1))
    crossing = Crossing(AFTER_READING_STOCK, without=[WITHOUT_THE_GUARD])

    results = at_once(*_presses(variant), crossing=crossing)

    assert sorted(type(each).__name__ for each in results) == ["IntegrityError", "Purchase"]
    assert "catalog_stocklevel_not_oversold" in str(next(each for each in results if isinstance(each, Exception)))
    assert _levels(variant) == [(1, 1)]


def test_control_without_guard_and_constraint_the_last_unit_is_sold_twice():
    variant = make.only_variant(make.product(stock=1))
    crossing = Crossing(AFTER_READING_STOCK, without=[WITHOUT_THE_GUARD])
    repair = "UPDATE catalog_stocklevel SET allocated = on_hand"

    with crowd.without_constraint("catalog_stocklevel", "catalog_stocklevel_not_oversold", repair=repair):
        results = at_once(*_presses(variant), crossing=crossing)
        sold = _levels(variant)

    assert [type(each) for each in results] == [Purchase, Purchase]
    assert sold == [(1, 2)]


def test_control_a_value_written_back_promises_one_unit_to_two_under_every_constraint():
    variant = make.only_variant(make.product(stock=1))
    crossing = Crossing(AFTER_READING_STOCK, without=[WITHOUT_THE_GUARD, WITH_A_VALUE_WRITTEN_BACK])

    results = at_once(*_presses(variant), crossing=crossing)

    assert [type(each) for each in results] == [Purchase, Purchase]
    assert _levels(variant) == [(1, 1)]
    assert "allocated stock is what order lines hold" in [statement for statement, _rows in books.findings()]


def test_who_is_overtaken_takes_what_another_location_has():
    variant = make.only_variant(make.product(stock=1))
    elsewhere = variant.product.merchant.stock_locations.create(name="Elsewhere", priority=9)
    stock.open_levels(quantities={variant.pk: 1}, location=elsewhere, reason="test")

    results = at_once(*_presses(variant), crossing=Crossing(AFTER_READING_STOCK))

    assert [type(each) for each in results] == [Purchase, Purchase]
    assert _levels(variant) == [(1, 1), (1, 1)]
    assert books.findings() == []


def test_two_lines_of_one_variant_are_held_together_or_not_at_all():
    variant = make.only_variant(make.product(stock=25))
    acts = [caught(partial(_hold_two_lines, variant, f"buyer-{number}"), *REFUSALS) for number in range(10)]

    results = at_once(*acts)

    assert len([each for each in results if isinstance(each, list)]) == 5
    shortages = [each.shortages for each in results if isinstance(each, stock.OutOfStockError)]
    assert shortages == [[stock.Shortage(variant.pk, 5, 0)]] * 5
    assert _levels(variant) == [(25, 25)]


def test_control_lines_held_one_by_one_leave_two_buyers_with_half_an_order_each():
    variant = make.only_variant(make.product(stock=5))
    meeting = Barrier(2)
    acts = [caught(partial(_hold_line_by_line, variant, f"buyer-{number}", meeting), *REFUSALS) for number in range(2)]

    results = at_once(*acts)

    assert [type(each) for each in results] == [stock.OutOfStockError] * 2
    assert _levels(variant) == [(5, 4)]


def test_two_carts_with_the_same_products_in_opposite_order_do_not_deadlock():
    presses = _crossed_carts()

    results = at_once(*presses, crossing=Crossing('UPDATE "catalog_stocklevel"', are_kept_apart=True))

    assert [type(each) for each in results] == [Purchase, Purchase]
    assert sorted(StockLevel.objects.values_list("on_hand", "allocated")) == [(9, 2), (9, 2)]
    assert books.findings() == []


def test_control_levels_locked_in_the_order_of_the_lines_deadlock(monkeypatch):
    presses = _crossed_carts()
    monkeypatch.setattr(stock, "sorted", list, raising=False)

    results = at_once(*presses, crossing=Crossing('UPDATE "catalog_stocklevel"'))

    assert sorted(type(each).__name__ for each in results) == ["OperationalError", "Purchase"]
    assert "deadlock detected" in str(next(each for each in results if isinstance(each, Exception)))


def test_many_carts_with_the_same_products_in_any_order_all_go_through():
    variants = [make.only_variant(make.product(stock=99)) for _ in range(4)]
    orders = [variants[turn % 4 :] + variants[: turn % 4] for turn in range(12)]
    agreements = [make.agreement(make.checkout(make.cart(*each))) for each in orders]

    results = at_once(*(press(each) for each in agreements))

    assert [type(each) for each in results] == [Purchase] * 12
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(99, 12)] * 4
    assert books.findings() == []


def test_two_corrections_at_once_add_up():
    variant = make.only_variant(make.product(stock=10))

    at_once(partial(_adjust, variant, 10), partial(_adjust, variant, -3))

    assert _levels(variant) == [(17, 0)]
    assert sorted(_movements(variant)) == [-3, 10, 10]
    assert books.findings() == []


def test_a_correction_does_not_take_what_an_order_holds_meanwhile():
    variant = make.only_variant(make.product(stock=1))
    (buy,) = line_up(variant, quantities=[1])
    acts = [caught(buy, *REFUSALS), caught(partial(_adjust, variant, -1), stock.NotEnoughError)]

    results = at_once(*acts)

    assert len([each for each in results if isinstance(each, Exception)]) == 1
    assert _levels(variant) in ([(1, 1)], [(0, 0)])
    assert books.findings() == []


def _presses(variant):
    return [caught(each, *REFUSALS, IntegrityError, OperationalError) for each in line_up(variant, quantities=[1, 1])]


def _crossed_carts():
    first, second = make.only_variant(make.product(stock=9)), make.only_variant(make.product(stock=9))
    carts = [make.cart(first, second), make.cart(second, first)]
    return [caught(press(make.agreement(make.checkout(cart))), OperationalError) for cart in carts]


def _hold_two_lines(variant, buyer):
    demands = [stock.Demand(variant.pk, quantity, f"{buyer}-line-{quantity}") for quantity in (2, 3)]
    return stock.allocate(demands=demands)


def _hold_line_by_line(variant, buyer, meeting):
    for quantity in (2, 3):
        stock.allocate(demands=[stock.Demand(variant.pk, quantity, f"{buyer}-line-{quantity}")])
        meeting.wait(crowd.PATIENCE_SECONDS)


def _adjust(variant, change):
    location = stock.main_location(variant.product.merchant)
    stock.adjust(variant=variant, location=location, change=change, key=f"count {change}", reason="count")


def _levels(variant):
    levels = StockLevel.objects.filter(variant=variant).order_by("pk")
    return list(levels.values_list("on_hand", "allocated"))


def _movements(variant):
    return list(StockMovement.objects.filter(level__variant=variant).values_list("on_hand_change", flat=True))


WITHOUT_THE_QUEUES_GUARD = (r'"catalog_stocklevel"."backorder_ceiling" >= \(', "0 <= (")


def _of_the_queue() -> Variant:
    """Return a variant that is not there, and of which one unit may be sold all the same."""
    variant = make.only_variant(make.product(stock=0))
    Variant.objects.filter(pk=variant.pk).update(stock_policy="BACKORDER", backorder_limit=1)
    waiting.set_ceilings(variant_ids=[variant.pk])
    return make.only_variant(variant.product)


def _waiting(variant: Variant) -> list[tuple[int, int]]:
    return list(StockLevel.objects.filter(variant=variant).values_list("backordered", "backorder_ceiling"))


def test_twenty_buyers_of_the_last_place_in_the_queue_are_one_order_and_nineteen_refusals():
    variant = _of_the_queue()
    presses = line_up(variant, quantities=[1] * 20)

    results = at_once(*(caught(each, *REFUSALS) for each in presses))

    assert len([each for each in results if isinstance(each, Purchase)]) == 1
    assert len([each for each in results if isinstance(each, REFUSALS)]) == 19
    assert _waiting(variant) == [(1, 1)]
    assert books.findings() == []


@pytest.mark.parametrize("without", [crowd.ROW_LOCK, WITHOUT_THE_QUEUES_GUARD])
def test_the_lock_or_the_guard_alone_keeps_the_last_place_for_one(without):
    variant = _of_the_queue()
    crossing = Crossing(AFTER_READING_STOCK, are_kept_apart=True, without=[without])

    results = at_once(*_presses(variant), crossing=crossing)

    assert sorted(type(each).__name__ for each in results) == ["OutOfStockError", "Purchase"]
    assert _waiting(variant) == [(1, 1)]
    assert books.findings() == []


def test_control_without_lock_and_guard_only_the_constraint_keeps_the_limit():
    variant = _of_the_queue()
    crossing = Crossing(AFTER_READING_STOCK, without=[crowd.ROW_LOCK, WITHOUT_THE_QUEUES_GUARD])

    results = at_once(*_presses(variant), crossing=crossing)

    assert sorted(type(each).__name__ for each in results) == ["IntegrityError", "Purchase"]
    assert "backordered_within_ceiling" in str(next(each for each in results if isinstance(each, Exception)))
    assert _waiting(variant) == [(1, 1)]


def test_two_deliveries_at_once_fill_each_place_in_the_queue_once():
    variant = _of_the_queue()
    Variant.objects.filter(pk=variant.pk).update(backorder_limit=3)
    waiting.set_ceilings(variant_ids=[variant.pk])
    order = make.paid_order(make.cart(variant, quantity=3))
    place = variant.product.merchant.stock_locations.get()
    acts = [
        partial(stock.adjust, variant=variant, location=place, change=2, key=key, reason="test") for key in ("a", "b")
    ]

    at_once(*acts)

    assert _levels(variant) == [(4, 3)]
    assert order.lines.get().waiting_quantity == 0
    assert books.findings() == []


def test_a_delivery_and_a_cancellation_at_once_leave_nothing_held_for_nobody():
    variant = _of_the_queue()
    order = make.order(make.cart(variant))
    place = variant.product.merchant.stock_locations.get()
    reason = Order.CancelReason.BUYER

    at_once(
        partial(stock.adjust, variant=variant, location=place, change=1, key="a", reason="test"),
        partial(cancelling.cancel_unpaid, purchase_id=order.purchase_id, reason=reason, at=timezone.now()),
    )

    assert _levels(variant) == [(1, 0)]
    assert books.findings() == []
