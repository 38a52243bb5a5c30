"""Staff press twice at once: one order, and the second press finds it."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.utils import timezone

from catalog.models import StockLevel
from orders.models import Order
from orders.services import telephone
from tests import books, make
from tests.crowd import Crossing, at_once

pytestmark = pytest.mark.django_db(transaction=True)
AFTER_LOOKING = 'FROM "orders_purchase"'


@pytest.mark.parametrize("there", [2, 10])
def test_one_form_pressed_twice_at_once_is_one_order(there):
    make.delivery()
    cup = make.only_variant(make.product("Cup", stock=there))
    wish = telephone.Wish(uuid.uuid4(), {cup: 2}, "li.na@example.com", make.ADDRESS, "en")
    now, staff = timezone.now(), make.user()
    seen = telephone.look(wish=wish, at=now).digest
    place = partial(telephone.place, wish=wish, seen_digest=seen, actor=staff, at=now)

    first, second = at_once(place, place, crossing=Crossing(AFTER_LOOKING))

    assert first == second
    order = Order.objects.get()
    assert StockLevel.objects.get().allocated == 2
    assert books.mails() == [f"order_to_pay:{order.number}"]
    assert books.findings() == []
