"""What the tests of orders share: a visitor on the way to the till."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import translation

from cart.models import Cart
from orders.models import Order
from orders.services import receiving, shipping
from tests import make
from tests.conftest import NOW
from tests.orders.casework import LABEL


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin in English, whatever language a page before was in."""
    with translation.override("en"):
        yield


@dataclass(frozen=True)
class Shopper:
    """A visitor's browser, and the cart in it."""

    client: Client
    cart: Cart


@pytest.fixture
def shopper(client) -> Shopper:
    """A visitor with one product in the cart, in a shop that delivers to two countries."""
    make.delivery(countries=["CN", "DE"])
    make.delivery(code="express", price="20.00", free_from=None)
    cart = make.cart(make.only_variant(make.product("Teapot", price="30.00", stock=10)))
    make.carry(client, cart)
    return Shopper(client, cart)


@pytest.fixture
def paid() -> Order:
    """Three teapots at CN¥10 each, delivery CN¥8; five were there."""
    return make.paid_order(make.cart(make.only_variant(make.product("Teapot", stock=5)), quantity=3))


@pytest.fixture
def arrived(paid: Order) -> Order:
    """The same, shipped and received."""
    shipping.ship(order=paid, label=LABEL, at=NOW)
    receiving.confirm(order=paid, at=NOW)
    paid.refresh_from_db()
    return paid
