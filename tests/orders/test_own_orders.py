"""A buyer's account: tabs with counts, search, pages by key, and nobody else's orders."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import User
from orders.models import Order, OrderLine, Purchase
from orders.selectors import own
from orders.selectors.stages import Stage
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/account/orders/"


@pytest.fixture
def buyer(client: Client) -> User:
    """A buyer who is signed in, with an order to pay and one to ship; a stranger has one too."""
    found = make.verified_user("lina")
    client.force_login(found)
    for title in ("Teapot", "Mug"):
        make.order(make.cart(make.only_variant(make.product(title))), user=found, at=timezone.now())
    Order.objects.filter(lines__title="Mug").update(status="OPEN", payment_status="PAID", paid_at=timezone.now())
    make.order(make.cart(make.only_variant(make.product("Secret"))))
    return found


def shown(client: Client, query: str = "") -> list[str]:
    """Return the titles of the lines on the page, in order."""
    return re.findall(r'class="name small">([^<]*)<', client.get(PAGE + query).text)


def copy(order: Order, *, times: int) -> None:
    """Make an order that many times again, lines included."""
    bought, sold, line = (_columns(each) for each in (order.purchase, order, order.lines.get()))
    purchases = Purchase.objects.bulk_create(Purchase(**bought | {"checkout_token": uuid4()}) for _ in range(times))
    numbered = [sold | {"number": f"{i:012}", "purchase_id": each.pk} for i, each in enumerate(purchases)]
    orders = Order.objects.bulk_create(Order(**columns) for columns in numbered)
    OrderLine.objects.bulk_create(OrderLine(**line | {"order_id": each.pk}) for each in orders)


def _columns(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def test_tabs_count_and_narrow(client, buyer):
    assert own.counts(user=buyer) == {Stage.TO_PAY: 1, Stage.TO_SHIP: 1, Stage.TO_RECEIVE: 0}
    assert shown(client) == ["Mug", "Teapot"]
    assert shown(client, "?status=to-pay") == ["Teapot"]
    assert shown(client, "?status=to-ship") == ["Mug"]
    assert shown(client, "?status=to-receive") == []
    assert client.get(PAGE + "?status=other").status_code == 404


@pytest.mark.parametrize(("words", "found"), [("mug", ["Mug"]), ("secret", []), ("  teapot ", ["Teapot"]), ("%", [])])
def test_own_orders_are_found_by_words(client, buyer, words, found):
    assert shown(client, f"?q={words.replace('%', '%25')}") == found


def test_an_order_is_found_by_its_number(client, buyer):
    order = Order.objects.get(lines__title="Teapot")

    assert shown(client, f"?q={order.number}") == ["Teapot"]


def test_pages_go_on_by_key(buyer):
    first = own.page(user=buyer, size=1)
    second = own.page(user=buyer, before=first.next_before, size=1)

    assert [[line.title for line in order.lines.all()] for page in (first, second) for order in page.orders] == [
        ["Mug"],
        ["Teapot"],
    ]
    assert second.next_before is None


def test_who_is_not_signed_in_is_led_to_the_login_and_back(client):
    answer = client.get(PAGE)

    assert (answer.status_code, answer.url) == (302, f"/account/login/?next={PAGE}")


@pytest.mark.parametrize("orders", [1, 1000])
def test_the_pages_cost_the_same_for_one_order_and_for_many(client, django_assert_max_num_queries, orders):
    user = make.verified_user()
    client.force_login(user)
    copy(make.order(make.cart(make.only_variant(make.product())), user=user, at=timezone.now()), times=orders - 1)
    client.get(PAGE)

    with django_assert_max_num_queries(8) as listed:
        client.get(PAGE)
    with django_assert_max_num_queries(8) as looked:
        client.get("/account/")

    assert (len(listed), len(looked)) == (4, 4)
    assert own.counts(user=user)[Stage.TO_PAY] == orders
