"""Where an order goes is corrected before it leaves: by its buyer within the province, by staff anywhere."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from orders.models import Order
from orders.services import addressing, lifecycle, shipping
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import LABEL

pytestmark = pytest.mark.django_db
NEW = {**make.ADDRESS, "name": "Wang Wei", "street": "1 Nanshan Road"}
FAR = {**NEW, "province": "广东省", "city": "Guangzhou"}


@pytest.fixture
def order(client) -> Order:
    user = make.user("lina")
    client.force_login(user)
    return make.paid_order(user=user, at=timezone.now())


def address(order: Order) -> dict[str, str]:
    order.refresh_from_db()
    return {name: getattr(order, name) for name in addressing.ADDRESS}


def test_the_buyer_corrects_the_address_and_is_told(client, order):
    page = f"/orders/{order.number}/address/"
    assert "88 Wensan Road" in client.get(page).content.decode()

    answer = client.post(page, NEW, follow=True)

    assert answer.redirect_chain == [(f"/orders/{order.number}/", 303)]
    assert address(order) == NEW
    assert "Address saved" in answer.content.decode()
    event = order.events.get(kind="READDRESSED")
    assert (event.actor, event.details) == (order.user, {})
    assert len(books.mails("order_readdressed")) == 1


def test_the_same_address_is_no_change(client, order):
    client.post(f"/orders/{order.number}/address/", make.ADDRESS)

    assert (address(order), books.mails("order_readdressed")) == (make.ADDRESS, [])


@pytest.mark.parametrize("wrong", [{"street": ""}, {"phone": "12"}, {"name": ""}, {"city": ""}])
def test_a_wrong_address_is_refused_and_keeps_what_was_typed(client, order, wrong):
    before = books.copy()

    answer = client.post(f"/orders/{order.number}/address/", {**NEW, "district": "Keep this", **wrong})

    assert (answer.status_code, books.copy()) == (422, before)
    assert "Keep this" in answer.content.decode()


def test_a_buyer_sends_nothing_to_another_province(client, order):
    before = books.copy()

    answer = client.post(f"/orders/{order.number}/address/", FAR, follow=True)

    assert books.copy() == before
    assert "within its province" in answer.content.decode()


@pytest.mark.parametrize("how", ["shipped", "packed", "asked", "cancelled"])
def test_what_is_on_its_way_keeps_its_address(client, order, how):
    if how == "shipped":
        shipping.ship(order=order, label=LABEL, at=timezone.now())
    elif how == "packed":
        lifecycle.mark_picked(order=order, actor=None, at=timezone.now())
    elif how == "asked":
        make.case(order, at=timezone.now())
    else:
        Order.objects.filter(pk=order.pk).update(status="CANCELLED")
    before = books.copy()

    shown = client.get(f"/orders/{order.number}/address/", follow=True)
    answer = client.post(f"/orders/{order.number}/address/", NEW, follow=True)

    assert books.copy() == before
    for each in (shown, answer):
        assert "The address can be changed while nobody packs the order" in each.content.decode()


def test_staff_send_a_packed_order_anywhere_they_deliver(client, order):
    lifecycle.mark_picked(order=order, actor=None, at=NOW)
    client.force_login(make.member())
    page = f"/merchant/orders/order/{order.pk}/address/"
    assert "Delivery costs what was agreed" in client.get(page).content.decode()

    answer = client.post(page, FAR)

    assert (answer.status_code, address(order)) == (303, FAR)
    assert client.post(page, {**FAR, "country": "US"}).status_code == 422


def test_others_see_nothing_of_it(client, order):
    client.force_login(make.user())
    assert client.get(f"/orders/{order.number}/address/").status_code == 404
    assert client.post(f"/orders/{order.number}/address/", NEW).status_code == 404
    client.force_login(make.member(make.merchant()))
    assert client.post(f"/merchant/orders/order/{order.pk}/address/", NEW).status_code == 404
    assert address(order) == make.ADDRESS


def test_a_parcel_that_was_faster_wins(order):
    shipping.ship(order=order, label=LABEL, at=timezone.now())
    change = partial(addressing.change, order=order, address=NEW, actor=None, at=NOW)

    for is_staff in (True, False):
        with pytest.raises(addressing.CannotReaddressError):
            change(is_staff=is_staff)

    assert address(order) == make.ADDRESS
