"""Orders in the back offices: what operators and members see, ship, and may not touch."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cart import services as carts
from orders.models import Order, Shipment
from orders.services import shipping
from tests import books, make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
PARCEL = {"carrier": "SF", "tracking_number": "SF1234567890123"}


@pytest.fixture
def order():
    """A paid order of two units of one product and three of another, of the first merchant."""
    return _paid(2, 3)


@pytest.fixture
def foreign():
    """A paid order of another merchant."""
    return _paid(1, merchant=make.merchant())


@pytest.fixture
def member(client):
    """A member of the first merchant, signed in."""
    user = make.member()
    client.force_login(user)
    return user


def test_an_operator_sees_the_orders_of_all_merchants(client, order, foreign):
    client.force_login(make.operator())

    response = client.get(_list("admin"))

    assert _listed(response) == [foreign.number, order.number]


def test_a_member_sees_the_own_merchant_s_orders_only(client, member, order, foreign):
    response = client.get(_list("merchant"))

    assert _listed(response) == [order.number]
    assert foreign.number not in response.text
    assert foreign.merchant_name not in response.text


@pytest.mark.parametrize("field", ["number", "email", "tracking"])
def test_a_member_finds_nothing_of_another_merchant(client, member, order, foreign, field):
    shipping.ship(order=foreign, label=shipping.Label("SF", "SF777"), at=timezone.now())
    Order.objects.filter(pk=foreign.pk).update(email="somebody@example.com")
    words = {"number": foreign.number, "email": "somebody@example.com", "tracking": "SF777"}[field]
    operator = make.operator()

    hidden = client.get(_list("merchant"), {"q": words})
    client.force_login(operator)
    found = client.get(_list("admin"), {"q": words})

    assert _listed(hidden) == []
    assert _listed(found) == [foreign.number]


def test_an_order_with_two_parcels_is_found_once_with_its_units(client, member, order):
    for line in order.lines.all():
        quantities = {line.pk: 1}
        shipping.ship(order=order, label=shipping.Label("SF", "SF777"), at=timezone.now(), quantities=quantities)

    response = client.get(_list("merchant"), {"q": "SF777"})

    assert _listed(response) == [order.number]
    assert [row.unit_count for row in response.context["cl"].result_list] == [5]


@pytest.mark.parametrize("page", ["change", "ship", "history"])
def test_another_merchant_s_order_is_not_there(client, member, foreign, page):
    response = client.get(_page(foreign, page), follow=True)

    assert response.status_code == 404 or response.redirect_chain == [(reverse("merchant:index"), 302)]
    assert foreign.email not in response.text


def test_another_merchant_s_order_cannot_be_shipped(client, member, foreign):
    before = books.copy()

    response = client.post(_page(foreign, "ship"), _parcel(foreign))

    assert response.status_code == 404
    assert books.copy() == before


@pytest.mark.parametrize("who", ["nobody", "shopper", "former member", "staff of nothing"])
def test_who_does_not_work_for_a_merchant_ships_nothing(client, order, who):
    if who == "shopper":
        client.force_login(make.user())
    if who == "staff of nothing":
        client.force_login(make.user(is_staff=True))
    if who == "former member":
        user = make.member()
        user.memberships.all().delete()
        client.force_login(user)
    before = books.copy()

    answers = [client.post(_page(order, "ship", site), _parcel(order)) for site in ("merchant", "admin")]

    assert [answer.status_code in (302, 403, 404) for answer in answers] == [True, True]
    assert books.copy() == before


def test_a_member_ships_the_whole_order(client, member, order):
    response = client.post(_page(order, "ship"), _parcel(order))

    order.refresh_from_db()
    shipment = Shipment.objects.get()
    assert (response.status_code, response.url) == (303, _page(order, "change"))
    assert (order.fulfilment_status, shipment.shipped_by) == ("SHIPPED", member)
    assert books.mails("order_shipped") == [f"order_shipped:{shipment.pk}"]
    assert books.findings() == []


def test_the_form_offers_what_is_left(client, member, order):
    first, second = order.lines.order_by("pk")
    client.post(_page(order, "ship"), _parcel(order) | {f"line_{first.pk}": "2", f"line_{second.pk}": "1"})

    form = client.get(_page(order, "ship")).context["form"]

    assert [(line.pk, field.initial) for line, field in form.lines()] == [(second.pk, 2)]
    assert Order.objects.get(pk=order.pk).fulfilment_status == "PARTLY_SHIPPED"


@pytest.mark.parametrize(
    "typed",
    [
        {"carrier": "PIGEON"},
        {"carrier": ""},
        {"tracking_number": ""},
        {"tracking_number": "x" * 61},
        {"tracking_number": "\x00"},
        {"first": "3"},
        {"first": "-1"},
        {"first": "1.5"},
        {"first": ""},
        {"first": "9" * 30},
        {"first": "0", "second": "0"},
    ],
    ids=lambda typed: " ".join(f"{name} {value[:9]!r}" for name, value in typed.items()),
)
def test_a_wrong_parcel_is_shown_again_with_what_was_typed(client, member, order, typed):
    first, second = order.lines.order_by("pk")
    names = {"first": f"line_{first.pk}", "second": f"line_{second.pk}"}
    form = _parcel(order) | {names.get(name, name): value for name, value in typed.items()}
    before = books.copy()

    response = client.post(_page(order, "ship"), form)

    assert response.status_code == 422
    assert {field.html_name: field.value() for field in response.context["form"]} == form
    assert books.copy() == before


@pytest.mark.parametrize("state", ["shipped", "unpaid"])
def test_an_order_that_may_not_leave_is_refused_with_the_reason(client, member, state):
    order = _paid(1) if state == "shipped" else make.order(at=timezone.now())
    form = _parcel(order)
    if state == "shipped":
        client.post(_page(order, "ship"), form)
    before = books.copy()

    response = client.post(_page(order, "ship"), form)

    assert response.status_code == 422
    assert books.copy() == before


def test_an_order_that_has_left_offers_no_form_and_a_second_tab_is_told_why(client, member, order):
    page, form = _page(order, "ship"), _parcel(order)
    client.post(page, form)
    before = books.copy()

    again = client.get(page)
    late = client.post(page, form)

    assert (again.status_code, again.url) == (303, _page(order, "change"))
    assert late.status_code == 422
    assert "has left already" in late.text
    assert books.copy() == before


def test_a_tracking_number_is_kept_and_found_however_it_is_grouped(client, member, order):
    client.post(_page(order, "ship"), _parcel(order) | {"tracking_number": "sf 123-4567 890 123"})

    assert Shipment.objects.get().tracking_number == "SF1234567890123"
    for typed in ("SF1234567890123", "sf 123 456 789 0123", order.name.lower(), order.lines.all()[0].sku):
        found = client.get(_list("merchant"), {"q": typed}).context["cl"].result_list
        assert [each.number for each in found] == [order.number], typed


def test_the_order_s_page_says_what_is_in_each_parcel(client, member, order):
    client.post(_page(order, "ship"), _parcel(order))

    page = client.get(_page(order, "change")).text

    for line in order.lines.all():
        assert f"{line.title} × {line.quantity}" in page
    assert "SF · SF1234567890123" in page
    assert Shipment.objects.get().tracking_number in page
    assert "tracking_number&quot;" not in page  # the timeline's details are words, not JSON


def test_no_state_and_no_amount_is_a_field(client, member, order):
    forged = {"status": "CANCELLED", "payment_status": "REFUNDED", "total": "0.01", "paid_total": "0", "note": "x"}
    for rows in ("lines", "shipments", "cases", "edits", "repayments", "events"):
        forged |= {f"{rows}-TOTAL_FORMS": "0", f"{rows}-INITIAL_FORMS": "0"}
    before = books.copy()

    response = client.post(_page(order, "change"), forged)

    assert response.status_code == 302
    assert books.copy() == before
    assert list(client.get(_page(order, "change")).context["adminform"].form.fields) == []


@pytest.mark.parametrize("site", ["admin", "merchant"])
def test_nobody_deletes_or_adds_orders(client, order, site):
    client.force_login(make.operator())
    before = books.copy()
    delete = {"action": "delete_selected", "_selected_action": order.pk, "post": "yes"}

    answers = [
        client.post(_page(order, "delete", site), {"post": "yes"}),
        client.get(reverse(f"{site}:orders_order_add")),
    ]
    client.post(_list(site), delete)

    assert [answer.status_code for answer in answers] == [403, 403]
    assert books.copy() == before


@pytest.mark.parametrize(
    ("stage", "states"), [("to-ship", {"OPEN"}), ("to-pay", {"AWAITING_PAYMENT"}), ("closed", set())]
)
def test_the_list_is_narrowed_by_stage(client, member, order, stage, states):
    make.order(at=timezone.now())

    response = client.get(_list("merchant"), {"stage": stage})

    assert {row.status for row in response.context["cl"].result_list} == states


def test_a_merchant_alone_reads_nothing_of_merchants(client, member, order):
    response = client.get(_list("merchant"))

    assert "column-merchant" not in response.text


def _paid(*quantities, merchant=None):
    cart = make.cart()
    for quantity in quantities:
        variant = make.only_variant(make.product(merchant=merchant))
        carts.add(cart=cart, variant=variant, quantity=quantity, at=NOW)
    if merchant:
        make.delivery(merchant)
    return make.paid_order(cart, at=timezone.now())


def _list(site):
    return reverse(f"{site}:orders_order_changelist")


def _page(order, page, site="merchant"):
    return reverse(f"{site}:orders_order_{page}", args=[order.pk])


def _parcel(order):
    return PARCEL | {f"line_{line.pk}": str(line.quantity) for line in order.lines.order_by("pk")}


def _listed(response):
    return [row.number for row in response.context["cl"].result_list]
