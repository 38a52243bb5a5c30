"""What pages and acts on the way to an order cost in queries: the same for one line and for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from orders.services import placing, shipping
from tests import make

pytestmark = pytest.mark.django_db
LINES = pytest.mark.parametrize("lines", [1, 20])


@LINES
@pytest.mark.parametrize(("step", "queries"), [("address", 7), ("delivery", 7), ("review", 7)])
def test_a_step_of_the_checkout_costs_the_same_for_one_line_and_for_many(client, lines, step, queries):
    checkout = _checkout(lines)
    make.carry(client, checkout.cart)
    page = reverse(f"checkout:{step}")
    client.get(page)

    assert _count(lambda: client.get(page)) == queries


@LINES
def test_placing_costs_one_guarded_update_for_each_product_and_nothing_else_more(lines):
    agreement = make.agreement(_checkout(lines))

    count = _count(lambda: placing.place(agreement=agreement, at=timezone.now()))

    assert count == 19 + lines


def test_the_button_costs_thirty_queries_at_most_for_five_lines(client):
    checkout = _checkout(5)
    make.carry(client, checkout.cart)
    form = make.review_form(checkout)

    assert _count(lambda: client.post(reverse("checkout:review"), form)) <= 30


@LINES
@pytest.mark.parametrize(("page", "queries"), [("order", 10), ("thanks", 4)])
def test_a_page_of_an_order_costs_the_same_for_one_line_and_for_many(client, lines, page, queries):
    order = _order(lines)
    client.force_login(order.user)
    _ship(order)
    address = reverse(f"orders:{page}", args=[order.number])
    client.get(address)

    assert _count(lambda: client.get(address)) == queries


@pytest.mark.parametrize("orders", [1, 20])
def test_the_list_in_the_back_office_costs_the_same_for_one_order_and_for_many(client, orders):
    client.force_login(make.operator())
    for _ in range(orders):
        _ship(make.paid_order(at=timezone.now()))
    page = reverse("admin:orders_order_changelist")
    client.get(page)

    assert _count(lambda: client.get(page)) == 10


@LINES
def test_an_order_in_the_back_office_costs_the_same_for_one_line_and_for_many(client, lines):
    client.force_login(make.operator())
    order = _order(lines)
    page = reverse("admin:orders_order_change", args=[order.pk])
    client.get(page)

    assert _count(lambda: client.get(page)) == 12


def _count(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def _checkout(lines):
    return make.checkout(make.cart(*(make.only_variant(make.product()) for _ in range(lines))))


def _order(lines):
    cart = make.cart(*(make.only_variant(make.product()) for _ in range(lines)))
    return make.paid_order(cart, at=timezone.now(), user=make.user())


def _ship(order):
    for line in order.lines.order_by("pk")[:2]:
        shipping.ship(order=order, label=shipping.Label("SF", "SF1"), at=timezone.now(), quantities={line.pk: 1})
