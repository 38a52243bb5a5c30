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
from orders.models import Order, OrderEvent, OrderLine, Purchase
from orders.selectors import own
from orders.selectors.own import Tab
from orders.services import hiding, lifecycle, receiving, shipping
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
    assert {tab: count for tab, count in own.counts(user=buyer).items() if count} == {Tab.TO_PAY: 1, Tab.TO_SHIP: 1}
    assert shown(client) == ["Mug", "Teapot"]
    assert shown(client, "?status=to-pay") == ["Teapot"]
    assert shown(client, "?status=to-ship") == ["Mug"]
    assert shown(client, "?status=to-receive") == []
    assert shown(client, "?status=to-review") == []
    assert client.get(PAGE + "?status=other").status_code == 404


def test_what_was_received_waits_for_a_review(client, buyer):
    order = Order.objects.get(lines__title="Mug")
    shipping.ship(order=order, label=shipping.Label("SF", "SF1"), at=timezone.now())
    receiving.confirm(order=order, at=timezone.now())

    assert own.counts(user=buyer)[Tab.TO_REVIEW] == 1
    assert shown(client, "?status=to-review") == ["Mug"]


def test_an_order_whose_money_went_back_is_under_returns(client, buyer):
    order = Order.objects.get(lines__title="Teapot")
    money, moment = order.purchase.money, timezone.now()
    lifecycle.note_refund(
        purchase_id=order.purchase_id, amount=money, number="R1", kind=OrderEvent.Kind.REFUNDED, at=moment
    )

    assert own.counts(user=buyer)[Tab.RETURNS] == 1
    assert shown(client, "?status=returns") == ["Teapot"]


def test_an_order_that_is_over_can_be_hidden_and_shown_again(client, buyer):
    Order.objects.filter(lines__title="Mug").update(status="CANCELLED")
    path = f"{PAGE}{Order.objects.get(lines__title='Mug').number}/hide/"

    hidden = client.post(path, headers={"referer": f"http://testserver{PAGE}?q=u"})
    without, apart = shown(client), shown(client, "?status=hidden")
    client.post(path)
    counted = own.counts(user=buyer)
    client.post(path, {"show": "1"})

    assert (hidden.status_code, hidden.url) == (303, f"{PAGE}?q=u")
    assert (without, apart, counted[Tab.HIDDEN]) == (["Teapot"], ["Mug"], 1)
    assert shown(client) == ["Mug", "Teapot"]
    assert client.get(f"/orders/{path.split('/')[3]}/").status_code == 200


def test_a_hidden_order_that_is_paid_late_is_seen_again(client, buyer):
    Order.objects.filter(lines__title="Mug").update(status="CANCELLED")
    hiding.hide(user=buyer, order=Order.objects.get(lines__title="Mug"))

    Order.objects.filter(lines__title="Mug").update(status="OPEN")

    assert shown(client) == ["Mug", "Teapot"]
    assert own.counts(user=buyer)[Tab.HIDDEN] == 0


def test_an_open_order_and_a_strangers_cannot_be_hidden(client, buyer):
    Order.objects.filter(lines__title="Secret").update(status="CANCELLED")
    numbers = {title: Order.objects.get(lines__title=title).number for title in ("Teapot", "Secret")}

    own_one = client.post(f"{PAGE}{numbers['Teapot']}/hide/", follow=True)
    other = client.post(f"{PAGE}{numbers['Secret']}/hide/")

    assert "An order can be hidden once it is completed or cancelled." in own_one.text
    assert other.status_code == 404
    assert not Order.objects.filter(is_hidden=True).exists()


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
    assert own.counts(user=user)[Tab.TO_PAY] == orders
