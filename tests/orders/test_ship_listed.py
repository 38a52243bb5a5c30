"""Tracking numbers typed into the list of what is to leave: one press ships the orders that got one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order, Shipment
from tests import books, make

pytestmark = pytest.mark.django_db
LIST = "/merchant/orders/order/?stage=to-ship"
PRESS = "/merchant/orders/order/ship-listed/"


@pytest.fixture
def member(client: Client) -> Client:
    client.force_login(make.member())
    return client


@pytest.fixture
def waiting() -> list[Order]:
    return [make.paid_order(at=timezone.now()) for _ in range(3)]


def fields(**numbers: str) -> dict[str, str]:
    return {"carrier": "SF", **numbers}


def test_the_list_of_what_is_to_leave_has_a_field_for_each_order_and_others_have_none(member, waiting):
    page = member.get(LIST).content.decode()
    other = member.get("/merchant/orders/order/").content.decode()

    assert [f'name="track-{order.number}"' in page for order in waiting] == [True] * 3
    assert "Ship those with a number" in page
    assert "track-" not in other
    assert "Ship those with a number" not in other


def test_one_press_ships_the_orders_that_got_a_number(member, waiting):
    first, second, third = (order.number for order in waiting)
    typed = fields(
        **{f"track-{first}": "SF1234567890123", f"track-{second}": " sf 1234 5678 90124 ", f"track-{third}": ""}
    )

    answer = member.post(PRESS, typed, follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    assert "2 orders shipped" in answer.content.decode()
    assert list(Order.objects.order_by("pk").values_list("fulfilment_status", flat=True)) == [
        "SHIPPED",
        "SHIPPED",
        "NONE",
    ]
    assert sorted(Shipment.objects.values_list("tracking_number", flat=True)) == ["SF1234567890123", "SF1234567890124"]


def test_a_wrong_number_is_told_and_the_others_leave(member, waiting):
    good, bad = waiting[0].number, waiting[1].number

    answer = member.post(PRESS, fields(**{f"track-{good}": "SF1234567890123", f"track-{bad}": "12"}))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "No tracking number of this carrier" in text
    assert "1 order shipped" in text
    assert Shipment.objects.get().order.number == good


def test_pressed_twice_every_order_leaves_once(member, waiting):
    typed = fields(**{f"track-{waiting[0].number}": "SF1234567890123"})

    answers = [member.post(PRESS, typed).status_code for _ in range(2)]

    assert (answers, Shipment.objects.count()) == ([302, 302], 1)


def test_nothing_typed_ships_nothing(member, waiting):
    before = books.copy()

    answer = member.post(PRESS, fields(**{f"track-{waiting[0].number}": " "}), follow=True)

    assert books.copy() == before
    assert "No tracking number was entered." in answer.content.decode()


def test_orders_of_another_merchant_stay(client, waiting):
    client.force_login(make.member(make.merchant()))
    before = books.copy()

    answer = client.post(PRESS, fields(**{f"track-{waiting[0].number}": "SF1234567890123"}))

    assert (answer.status_code, books.copy()) == (422, before)
    assert "You have no order with this number" in answer.content.decode()


@pytest.mark.parametrize("orders", [1, 15])
def test_the_list_with_fields_costs_the_same_for_one_order_and_for_many(member, orders, django_assert_num_queries):
    for _ in range(orders):
        make.paid_order(at=timezone.now())
    member.get(LIST)

    with django_assert_num_queries(8):
        member.get(LIST)
