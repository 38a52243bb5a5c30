"""Who may open an order: its owner, the browser that placed it, the holder of the mailed link; nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Product
from core import numbers
from orders.models import Order
from orders.services import lifecycle, mails, shipping
from payments.services import expiry
from tests import books, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """A visitor's order, placed just now."""
    return make.order(make.cart(make.only_variant(make.product("Teapot", price="30.00"))), at=timezone.now())


@pytest.fixture
def owned():
    """An order of a shopper with an account."""
    return make.order(at=timezone.now(), user=make.user())


def test_the_owner_opens_the_order(client, owned):
    client.force_login(owned.user)

    response = client.get(owned.get_absolute_url())

    assert response.status_code == 200
    assert response.context["order"] == owned


@pytest.mark.parametrize("page", ["order", "thanks"])
def test_a_stranger_and_a_visitor_get_the_same_answer_as_for_an_order_that_is_not_there(client, owned, page):
    stranger = Client()
    stranger.force_login(make.user())
    unknown = next(number for number in _valid_numbers() if number != owned.number)

    answers = [
        each.get(reverse(f"orders:{page}", args=[number]))
        for each in (client, stranger)
        for number in (owned.number, unknown)
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.text.replace(unknown, owned.number) for answer in answers[:2]}) == 1
    assert "We can’t find this order" in answers[0].text
    assert "no longer sold" not in answers[0].text


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e5", "9" * 40, "１２３４５６７８９０１２", "123456789012345"])
def test_what_is_no_number_is_404(client, number):
    assert client.get(reverse("orders:order", args=[number])).status_code == 404


def test_the_browser_that_placed_it_opens_it_until_its_leave_is_over(shopper, settings):
    checkout = make.checkout(shopper.cart)
    shopper.client.post(reverse("checkout:review"), make.review_form(checkout))
    order = Order.objects.get()

    now = shopper.client.get(order.get_absolute_url())
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.ORDER_GRANT_SECONDS + 1), tick=False):
        later = shopper.client.get(order.get_absolute_url())

    assert (now.status_code, later.status_code) == (200, 404)


def test_the_mailed_link_opens_the_order_until_it_is_too_old(client, order, settings):
    link = mails.link(order).removeprefix(settings.SITE_URL)

    now = client.get(link)
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.ORDER_LINK_SECONDS + 60), tick=False):
        later = client.get(link)

    assert (now.status_code, later.status_code) == (200, 404)
    assert "Teapot" in now.text


@pytest.mark.parametrize("forgery", ["other order", "tampered", "other purpose", "empty", "null", "long", "unsigned"])
def test_a_forged_link_opens_nothing(client, order, forgery):
    token = mails.token(order.number)
    forged = {
        "other order": mails.token(make.order().number),
        "tampered": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "other purpose": signing.TimestampSigner(salt="password").sign(order.number).removeprefix(f"{order.number}:"),
        "empty": "",
        "null": "\x00",
        "long": "x" * 5000,
        "unsigned": order.number,
    }[forgery]

    response = client.get(order.get_absolute_url(), {"t": forged})

    assert response.status_code == 404


def test_a_mailed_link_shows_the_order_but_does_not_pay_for_it(client, order):
    token = mails.token(order.number)

    answer = client.get(reverse("payments:pay", args=[order.number]), {"t": token})
    post = client.post(f"{reverse('payments:pay', args=[order.number])}?t={token}")

    assert (answer.status_code, post.status_code) == (404, 404)
    assert order.purchase.payments.count() == 0


def test_an_order_keeps_what_was_bought_whatever_becomes_of_the_product(client, owned):
    title = owned.lines.get().title
    Product.objects.update(title="Renamed", status=Product.Status.ARCHIVED)
    client.force_login(owned.user)

    page = client.get(owned.get_absolute_url())

    assert title in page.text
    assert "Renamed" not in page.text
    assert "CN¥10.00" in page.text.replace("<wbr>", "")


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("unpaid", "Waiting for payment"),
        ("under review", "We are checking your payment"),
        ("paid", "We are packing your order"),
        ("shipped", "On its way to you"),
        ("expired", "Cancelled"),
    ],
)
def test_the_page_says_where_the_order_stands(client, state, headline):
    order = _in_state(state)
    client.force_login(order.user)

    response = client.get(order.get_absolute_url())

    assert f"<h1>{headline}</h1>" in response.text
    assert ("Pay now" in response.text) == (state == "unpaid")
    assert ("SF100" in response.text) == (state == "shipped")
    assert "PAYMENT_REVIEW" not in response.text
    assert "Payment needs review" not in response.text


def test_the_page_of_an_overdue_order_says_so_before_anybody_has_swept_it(client, owned):
    client.force_login(owned.user)
    before = books.copy()

    with time_machine.travel(owned.pay_by, tick=False):
        response = client.get(owned.get_absolute_url())

    assert "<h1>Cancelled</h1>" in response.text
    assert "The order was not paid in time." in response.text
    assert "Pay now" not in response.text
    assert books.copy() == before


def test_the_cashier_expires_an_overdue_order_at_once(client, owned):
    client.force_login(owned.user)

    with time_machine.travel(owned.pay_by, tick=False):
        response = client.get(reverse("payments:pay", args=[owned.number]))

    owned.refresh_from_db()
    assert (response.status_code, response.url) == (302, owned.get_absolute_url())
    assert (owned.status, owned.cancel_reason) == ("CANCELLED", "UNPAID")
    assert books.findings() == []


def test_the_sweep_expires_what_is_overdue_and_nothing_else(owned):
    other = make.order(at=timezone.now() + timedelta(minutes=5))

    counts = [expiry.expire_overdue(at=owned.pay_by) for _ in range(2)]

    assert counts == [1, 0]
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["CANCELLED", "AWAITING_PAYMENT"]
    assert books.mails() == [f"order_cancelled:{owned.number}"]
    other.refresh_from_db()
    assert other.status == "AWAITING_PAYMENT"
    assert books.findings() == []


def test_thanks_of_a_cancelled_order_leads_to_the_order(client, owned):
    lifecycle.expire(purchase_id=owned.purchase_id, at=owned.pay_by)
    client.force_login(owned.user)

    response = client.get(reverse("orders:thanks", args=[owned.number]))

    assert (response.status_code, response.url) == (302, owned.get_absolute_url())


@pytest.mark.parametrize("page", ["order", "thanks"])
def test_pages_of_an_order_are_kept_nowhere(client, owned, page):
    client.force_login(owned.user)

    response = client.get(reverse(f"orders:{page}", args=[owned.number]))

    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}


def _in_state(state):
    maker = make.paid_order if state in ("paid", "shipped") else make.order
    order = maker(at=timezone.now(), user=make.user())
    if state == "shipped":
        shipping.ship(order=order, label=shipping.Label("SF", "SF100"), at=timezone.now())
    if state == "under review":
        lifecycle.hold_for_review(purchase_id=order.purchase_id, details={"received": "1"}, at=timezone.now())
    if state == "expired":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    return order


def _valid_numbers():
    return (numbers.conceal(number, key="another key of at least some length") for number in range(1000, 1100))
