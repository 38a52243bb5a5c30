"""Goods that are sold before they are there, and what has become of them."""

from datetime import date

from catalog.models import ExpectedDelivery, StockLevel, StockLocation, Variant
from catalog.services import cards, deliveries, stock, waiting
from orders.models import Backorder, Order, OrderLine
from tests import make
from tests.conftest import NOW

DAY = date(2026, 12, 3)


def late(there: int = 0, limit: int = 5, policy: str = "BACKORDER", **fields) -> Variant:
    """Return a variant of which more may be sold than is there."""
    found = make.only_variant(make.product("Teapot", stock=there))
    Variant.objects.filter(pk=found.pk).update(stock_policy=policy, backorder_limit=limit, **fields)
    waiting.set_ceilings(variant_ids=[found.pk])
    cards.refresh(product_ids=[found.product_id], at=NOW)
    return make.only_variant(found.product)


def bought(of: Variant, quantity: int = 1) -> Order:
    return make.paid_order(make.cart(of, quantity=quantity))


def receive(of: Variant, units: int, key: str = "delivery") -> None:
    place = StockLocation.objects.get(name="Main")
    stock.adjust(variant=of, location=place, change=units, key=key, reason="test")


def expect(of: Variant, units: int, day: date = DAY) -> ExpectedDelivery:
    place = StockLocation.objects.get()
    found = ExpectedDelivery(variant=of, location=place, units=units, expected_on=day)
    deliveries.save(delivery=found)
    return found


def level(of: Variant) -> tuple[int, int, int, int]:
    """Return what is on hand, held, waited for, and how many may wait."""
    row = StockLevel.objects.get(variant=of)
    return row.on_hand, row.allocated, row.backordered, row.backorder_ceiling


def line(of: Order) -> OrderLine:
    return OrderLine.objects.get(order=of)


def queue() -> list[tuple[str, int, str]]:
    """Return each back-order: its order's number, its units, what became of it."""
    rows = Backorder.objects.select_related("line__order").order_by("pk")
    state = {(False, False): "waits", (True, False): "filled", (False, True): "given up"}
    return [
        (row.line.order.number, row.units, state[row.filled_at is not None, row.given_up_at is not None])
        for row in rows
    ]
