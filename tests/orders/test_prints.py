"""Paper: what to take from which shelf, and what lies in each parcel; packing begins by a press, never by a look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.services import stock
from orders.models import Order
from orders.selectors import packing
from orders.services import picking, shipping
from orders.services.cases import timers
from tests import books, make

pytestmark = pytest.mark.django_db
LABEL = shipping.Label("SF", "SF1234567890123")


@pytest.fixture
def member(client):
    """A member of the first merchant, signed in."""
    user = make.member()
    client.force_login(user)
    return user


def test_the_pick_list_adds_up_by_place_and_sku_and_names_the_orders(client, member):
    variant = make.only_variant(make.product(stock=2))
    elsewhere = variant.product.merchant.stock_locations.create(name="Elsewhere", priority=9)
    stock.open_levels(quantities={variant.pk: 3}, location=elsewhere, reason="test")
    first, second = (make.paid_order(make.cart(variant, quantity=2), at=timezone.now()) for _ in range(2))
    uncounted = make.paid_order(make.cart(make.only_variant(make.product(stock=None))), at=timezone.now())

    page = client.get(_paper("pick_list", first, second, uncounted))

    assert [(each.location, each.sku, each.quantity, each.orders) for each in page.context["picks"]] == [
        ("", uncounted.lines.get().sku, 1, [(uncounted.number, 1)]),
        ("Elsewhere", variant.sku, 2, [(second.number, 2)]),
        ("Main", variant.sku, 2, [(first.number, 2)]),
    ]


def test_looking_at_the_pick_list_marks_nothing(client, member):
    order = make.paid_order(at=timezone.now())
    before = books.copy()

    page = client.get(_paper("pick_list", order))

    assert page.status_code == 200
    assert books.copy() == before


@pytest.mark.parametrize("way", ["action", "button"])
def test_printing_begins_the_packing_once(client, member, way):
    order = make.paid_order(at=timezone.now())

    for _ in range(2):
        if way == "action":
            form = {"action": "print_pick_list", "_selected_action": [order.pk]}
            answer = client.post(reverse("merchant:orders_order_changelist"), form)
        else:
            answer = client.post(_paper("pick_list", order))

    order.refresh_from_db()
    assert (answer.status_code, answer.url) == (303, _paper("pick_list", order).replace(",", "%2C"))
    assert order.picked_at is not None
    assert order.events.filter(kind="PICKED").values_list("actor", "is_public").get() == (member.pk, False)


def test_what_is_not_to_be_packed_is_left_out_and_not_marked(now, client, member):
    unpaid, gone = make.order(at=now), make.paid_order(at=now)
    shipping.ship(order=gone, label=LABEL, at=now)
    asked = make.paid_order(at=now, user=make.user())
    make.case(asked, at=now)
    before = books.copy()

    begun = picking.begin(order_ids=[unpaid.pk, gone.pk, asked.pk], actor=None, at=now)
    page = client.get(_paper("pick_list", unpaid, gone, asked))

    assert begun == 0
    assert books.copy() == before
    assert page.context["picks"] == []
    assert [order.number for order in page.context["left_out"]] == [unpaid.number, gone.number, asked.number]


def test_a_cancellation_asked_for_before_a_pick_list_is_granted_after_half_an_hour(now):
    order = make.paid_order(at=now, user=make.user())
    make.case(order, at=now)
    picking.begin(order_ids=[order.pk], actor=None, at=now)
    half_an_hour = timedelta(seconds=settings.CANCELLATION_WAIT_SECONDS)

    early = timers.act_on_due(at=now + half_an_hour - timedelta(seconds=1))
    due = timers.act_on_due(at=now + half_an_hour)

    order.refresh_from_db()
    assert (early, due, order.status) == (0, 1, "CANCELLED")


def test_a_packing_slip_says_what_is_in_which_parcel_and_hides_the_telephone(client, member):
    order = make.paid_order(
        make.cart(make.only_variant(make.product()), quantity=3), at=timezone.now(), note="Ring twice"
    )
    line = order.lines.get()
    back = shipping.ship(order=order, label=LABEL, at=timezone.now(), quantities={line.pk: 1})
    shipping.undo(shipment=back, actor=None, at=timezone.now())
    parcel = shipping.ship(order=order, label=LABEL, at=timezone.now(), quantities={line.pk: 2})

    page = client.get(_paper("packing_slips", order))

    slip = page.context["slips"][0]
    assert [(row.line.pk, row.in_parcels, row.left) for row in slip.lines] == [(line.pk, [(parcel, 2)], 1)]
    assert (slip.barcode.text, slip.phone) == (order.number, "*******8000")
    assert "13800138000" not in page.text
    for words in ("Ring twice", "88 Wensan Road", order.merchant_name, f'aria-label="{order.number}"'):
        assert words in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize(
    ("phone", "shown"), [("13800138000", "*******8000"), ("8000", "8000"), ("", ""), ("+49 30 1234", "*******1234")]
)
def test_the_last_four_digits_of_a_telephone_are_shown(phone, shown):
    assert packing.masked(phone) == shown


@pytest.mark.parametrize("page", ["pick_list", "packing_slips"])
def test_another_merchants_order_is_on_no_paper(client, member, page):
    own, other = make.paid_order(at=timezone.now()), make.merchant()
    make.delivery(other)
    foreign = make.paid_order(make.cart(make.only_variant(make.product(merchant=other))), at=timezone.now())
    before = books.copy()

    answers = [
        client.get(_paper(page, foreign)),
        client.get(_paper(page, own, foreign)),
        client.post(_paper("pick_list", foreign)),
    ]
    action = {"action": f"print_{page}", "_selected_action": [foreign.pk]}
    client.post(reverse("merchant:orders_order_changelist"), action)

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert books.copy() == before


@pytest.mark.parametrize("given", ["", "x", "0", "1,2", "9" * 30, ",".join(map(str, range(1, 300)))])
def test_an_address_that_names_no_orders_is_not_there(client, member, given):
    assert client.get(reverse("merchant:orders_order_pick_list"), {"orders": given}).status_code == 404


@pytest.mark.parametrize("page", ["pick_list", "packing_slips"])
def test_paper_costs_the_same_for_one_order_and_for_many(client, page):
    client.force_login(make.operator())
    orders = [make.paid_order(at=timezone.now()) for _ in range(20)]
    counts = []

    for some in (orders[:1], orders):
        with CaptureQueriesContext(connection) as queries:
            client.get(_paper(page, *some, site="admin"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def _paper(page, *orders, site="merchant"):
    return f"{reverse(f'{site}:orders_order_{page}')}?orders={','.join(str(order.pk) for order in orders)}"


def test_an_order_is_on_one_pick_list_line_for_each_sku(now):
    order = make.paid_order(make.cart(make.only_variant(make.product()), make.only_variant(make.product())), at=now)

    picks = packing.picks(packing.with_contents(Order.objects.filter(pk=order.pk)))

    assert [pick.orders for pick in picks] == [[(order.number, 1)], [(order.number, 1)]]
