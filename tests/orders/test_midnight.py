"""A sale that begins and ends at midnight where the shop is: the same price on page, cart, till and order."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from cart.models import Cart
from catalog.services import cards, prices
from orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db
CART, REVIEW = reverse("cart:cart"), reverse("checkout:review")
SECOND = timedelta(seconds=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINS, ENDS = datetime(2026, 11, 11, tzinfo=SHANGHAI), datetime(2026, 11, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "price"),
    [
        (BEGINS - SECOND, "30.00"),
        (BEGINS, "20.00"),
        (ENDS - SECOND, "20.00"),
        (ENDS, "30.00"),
        (ENDS + SECOND, "30.00"),
    ],
    ids=["a second before", "at midnight", "in the last second", "at its end", "a second after"],
)
def test_a_sale_of_one_day_holds_from_midnight_to_midnight_everywhere(client, settings, at, price):
    settings.TIME_ZONE = "Asia/Shanghai"
    product = make.product("Teapot", price="30.00", at=BEGINS - timedelta(days=9))
    variant = make.only_variant(product)
    prices.set_sale(variant=variant, amount=Decimal("20.00"), currency="CNY", starts_at=BEGINS, ends_at=ENDS)

    with time_machine.travel(at, tick=False):
        cards.refresh_due(at=at)
        client.post(reverse("cart:items"), {"sku": variant.sku, "quantity": "1"})
        checkout = make.checkout(Cart.objects.get())
        shown = [_price(client.get(page).text) for page in (product.get_absolute_url(), CART, REVIEW)]
        client.post(REVIEW, make.review_form(checkout, at=at))

    order = Order.objects.get()
    assert shown == [price] * 3
    assert (order.lines.get().unit_price, order.items_total) == (Decimal(price), Decimal(price))


def _price(page: str) -> str:
    """Return the price that a page shows beside the teapot, and not the one it strikes."""
    words = re.sub(r"<del.*?</del>|<[^>]*>", "", page, flags=re.DOTALL)
    return str(re.findall(r"CN¥(20\.00|30\.00)", words)[0])
