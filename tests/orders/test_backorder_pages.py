"""What is sold before it is there: told to the buyer wherever it matters, and entered in the office."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from catalog.models import ExpectedDelivery, ProductCard, StockMovement
from catalog.services import cards
from notifications.models import Message
from notifications.selectors import rendering
from orders.models import Backorder
from orders.services import placing
from tests import make
from tests.catalog import office
from tests.conftest import NOW
from tests.orders.queueing import DAY, bought, expect, late, level, line, receive

pytestmark = pytest.mark.django_db


def test_the_day_is_said_on_every_page_and_in_the_mail(client):
    teapot = late()
    expect(teapot, 5)
    with time_machine.travel(NOW, tick=False):
        product = client.get(teapot.product.get_absolute_url()).text
        cart = make.cart(teapot, quantity=2)
        make.carry(client, cart)
        in_cart = client.get(reverse("cart:cart")).text
        make.checkout(cart)
        review = client.get(reverse("checkout:review")).text
    order = make.paid_order(cart, user=make.user())
    client.force_login(order.user)

    page = client.get(order.get_absolute_url()).text
    mail = rendering.mail(Message.objects.get(kind="order_confirmed"))

    for text in (product, in_cart, review):
        assert "Ships from 3 December 2026" in text
    assert "Expected by 3 December 2026" in page
    assert "2 of them ship from 3 December 2026" in mail.body
    receive(teapot, 2)
    page = client.get(order.get_absolute_url()).text
    assert "Ready to ship" in page
    assert "Expected by" not in page


def test_without_a_known_day_pages_say_so(client):
    teapot = late(there=1)
    with time_machine.travel(NOW, tick=False):
        assert "Only 1 left" in client.get(teapot.product.get_absolute_url()).text
        make.carry(client, make.cart(teapot, quantity=2))
        assert "1 of them ship as soon as they are in stock again" in client.get(reverse("cart:cart")).text
        assert "Ships as soon as it is in stock again" in client.get(late().product.get_absolute_url()).text


def test_a_pre_order_has_its_own_button_and_day(client):
    teapot = late(policy="PREORDER", preorder_on=DAY)
    expect(teapot, 5, DAY - timedelta(days=3))

    with time_machine.travel(NOW, tick=False):
        page = client.get(teapot.product.get_absolute_url()).text

    assert "Pre-order: ships from 3 December 2026" in page
    assert page.count(">Pre-order</button>") == 2
    assert Backorder.objects.get(line__order=bought(teapot)).promised_on == DAY


def test_what_may_wait_is_offered_and_what_may_not_any_more_is_sold_out(client):
    teapot = late(limit=1)
    offered = ProductCard.objects.filter(product=teapot.product, is_available=True)
    assert offered.exists()

    bought(teapot)
    cards.refresh_availability(variant_ids=[teapot.pk])

    assert not offered.exists()
    with time_machine.travel(NOW, tick=False):
        assert "This product is sold out at the moment." in client.get(teapot.product.get_absolute_url()).text


def test_the_office_sets_the_policy_and_the_limit(client):
    client.force_login(make.operator())
    teapot = make.only_variant(make.product(stock=1))
    desk = reverse("admin:catalog_product_change", args=[teapot.product_id])
    prefix = "variants-0-"

    wrong = office.saved(client, desk, **{f"{prefix}stock_policy": "PREORDER", f"{prefix}backorder_limit": "4"})
    assert wrong.status_code == 200
    assert level(teapot) == (1, 0, 0, 0)

    office.saved(client, desk, **{f"{prefix}stock_policy": "BACKORDER", f"{prefix}backorder_limit": "4"})
    assert level(teapot) == (1, 0, 0, 4)
    office.saved(client, desk, **{f"{prefix}stock_policy": "DENY"})
    assert level(teapot) == (1, 0, 0, 0)


def test_a_member_enters_a_delivery_and_puts_it_on_the_shelf_once(client):
    client.force_login(make.member())
    teapot = late()
    order = bought(teapot, 2)
    form = {"sku": teapot.sku, "units": "5", "expected_on": "2026-12-03"}
    assert client.post(reverse("merchant:catalog_expecteddelivery_add"), form).status_code == 302
    delivery = ExpectedDelivery.objects.get()
    action = {"action": "receive", "_selected_action": [delivery.pk]}

    for _ in range(2):
        client.post(reverse("merchant:catalog_expecteddelivery_changelist"), action)

    assert level(teapot) == (5, 2, 0, 5)
    assert line(order).ready_quantity == 2
    assert StockMovement.objects.filter(key=f"expected:{delivery.pk}").count() == 1
    change = reverse("merchant:catalog_expecteddelivery_change", args=[delivery.pk])
    assert client.post(change, form).status_code == 403


def test_a_member_enters_no_delivery_for_others(client):
    client.force_login(make.member(make.merchant("other")))
    teapot = late()
    form = {"sku": teapot.sku, "units": "5", "expected_on": "2026-12-03"}

    answer = client.post(reverse("merchant:catalog_expecteddelivery_add"), form)

    assert "There is no variant with this SKU." in answer.text
    assert not ExpectedDelivery.objects.exists()


@pytest.mark.parametrize("lines", [1, 5])
def test_placing_what_is_not_there_costs_a_query_more(lines, django_assert_num_queries):
    agreement = make.agreement(make.checkout(make.cart(*(late() for _ in range(lines)))))

    with django_assert_num_queries(21 + lines):
        placing.place(agreement=agreement, at=NOW)
