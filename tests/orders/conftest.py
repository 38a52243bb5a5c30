"""What the tests of orders share: a visitor on the way to the till."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import translation

from cart.models import Cart
from tests import make


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
