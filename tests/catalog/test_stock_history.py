"""Why there are so many: every movement with the balance after it, and the order it was for."""

import re

import pytest
from django.urls import reverse

from catalog.models import StockLevel, StockLocation
from catalog.selectors import ledger
from catalog.services import stock
from orders.models import Order
from orders.services import cancelling, shipping
from tests import make
from tests.conftest import NOW
from tests.orders.casework import LABEL

pytestmark = pytest.mark.django_db


def page(level: StockLevel, site: str = "admin") -> str:
    return reverse(f"{site}:catalog_stocklevel_history", args=[level.pk])


def rows(response) -> list[list[str]]:
    """Return the table without its moments."""
    body = response.text.split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall("<td[^>]*>(.*?)</td>", row) for row in body.split("</tr>")]
    return [[re.sub("<[^>]*>", "", cell) for cell in row[1:]] for row in cells if row]


def test_each_movement_has_its_order_its_reason_and_the_balance_after_it(client):
    operator = make.operator()
    client.force_login(operator)
    teapot = make.only_variant(make.product("Teapot", stock=10))
    level = StockLevel.objects.get(variant=teapot)
    sent, dropped = (make.paid_order(make.cart(teapot, quantity=units)) for units in (2, 3))
    shipping.ship(order=sent, label=LABEL, at=NOW)
    cancelling.cancel_paid(order=dropped, reason=Order.CancelReason.SHOP, at=NOW)
    place = StockLocation.objects.get()
    stock.adjust(variant=teapot, location=place, change=-1, key="count", reason="Broken", actor=operator)

    shown = client.get(page(level))

    assert rows(shown) == [
        ["Counted", "", "Broken", operator.username, "7 (-1)", "0", "7"],
        ["Released by an order", dropped.number, "", "", "8", "0 (-3)", "8"],
        ["Shipped", sent.number, "", "", "8 (-2)", "3 (-2)", "5"],
        ["Allocated to an order", dropped.number, "", "", "10", "5 (+3)", "5"],
        ["Allocated to an order", sent.number, "", "", "10", "2 (+2)", "8"],
        ["Received", "", "test", "", "10 (+10)", "0", "10"],
    ]
    assert reverse("admin:orders_order_change", args=[sent.pk]) in shown.text
    assert "<b>7</b> on hand, 0 of them held by orders: 7 can be sold." in shown.text


def test_an_exchange_and_a_return_name_their_order(client):
    client.force_login(make.operator())
    order = make.completed_order(make.cart(make.only_variant(make.product(stock=5))))
    level = StockLevel.objects.get()
    case = make.case(order, kind="RETURN")
    returned = stock.Returned(level.variant_id, 1, f"case-{case.number}-1")
    stock.take_back(returned=[returned], merchant=order.merchant, actor=None, reason=str(case))

    assert rows(client.get(page(level)))[0] == ["Returned", order.number, str(case), "", "5 (+1)", "0", "5"]


def test_a_long_history_comes_in_pages_whose_balances_follow_one_another(client):
    client.force_login(make.operator())
    teapot, place = make.only_variant(make.product(stock=1)), StockLocation.objects.get()
    for number in range(60):
        stock.adjust(variant=teapot, location=place, change=1, key=f"key-{number}", reason="test")
    level = StockLevel.objects.get()

    first, second = (client.get(f"{page(level)}{query}") for query in ("", "?p=2"))

    assert [row[4] for row in rows(first)] == [f"{61 - number} (+1)" for number in range(50)]
    assert [row[4] for row in rows(second)] == [f"{11 - number} (+1)" for number in range(11)]
    assert "Page 2 of 2" in second.text


@pytest.mark.parametrize("orders", [1, 20])
def test_the_history_costs_the_same_for_one_movement_and_for_many(client, orders, django_assert_num_queries):
    client.force_login(make.operator())
    teapot = make.only_variant(make.product(stock=50))
    for _ in range(orders):
        shipping.ship(order=make.paid_order(make.cart(teapot)), label=LABEL, at=NOW)
    address = page(StockLevel.objects.get())
    client.get(address)

    with django_assert_num_queries(12):
        client.get(address)


def test_a_level_of_another_merchant_is_not_there(client):
    client.force_login(make.member(make.merchant("other")))
    make.product(stock=1)

    assert client.get(page(StockLevel.objects.get(), "merchant")).status_code == 404


def test_a_member_follows_the_way_from_the_list_and_from_the_products_page(client):
    client.force_login(make.member())
    product = make.product(stock=3)
    history = page(StockLevel.objects.get(), "merchant")

    for desk in (
        reverse("merchant:catalog_stocklevel_changelist"),
        reverse("merchant:catalog_product_change", args=[product.pk]),
    ):
        assert f'<a href="{history}">Why?</a>' in client.get(desk).text
    assert client.get(history).status_code == 200


def test_nothing_has_no_entries():
    assert ledger.entries([]) == []
