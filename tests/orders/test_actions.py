"""What a buyer does with an order on its pages: asked first, done once, refused to everybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cart.models import CartLine
from catalog.models import Variant
from orders.models import Order
from orders.selectors import actions
from orders.services import lifecycle, mails, receiving, shipping
from tests import books, make

pytestmark = pytest.mark.django_db
ACTIONS = ["cancel", "received", "extend", "reorder"]


@pytest.fixture
def buyer(client):
    user = make.user("lina")
    client.force_login(user)
    return user


def _order(buyer, state: str) -> Order:
    order = make.order(user=buyer, at=timezone.now())
    if state == "cancelled":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    if state in ("paid", "shipped", "completed"):
        make.payment(order.purchase, status="SUCCEEDED")
        lifecycle.receive_payment(purchase_id=order.purchase_id, at=timezone.now())
    if state in ("shipped", "completed"):
        shipping.ship(order=order, label=shipping.Label("SF", "SF1"), at=timezone.now())
    if state == "completed":
        receiving.confirm(order=order, at=timezone.now())
    order.refresh_from_db()
    return order


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("unpaid", ["Pay now", "Cancel order"]),
        ("paid", ["Change address", "Remind us", "Cancel and refund"]),
        ("shipped", ["Confirm receipt", "Track", "Extend receipt", "Return or refund"]),
        ("completed", ["Buy again", "Return or refund"]),
        ("cancelled", ["Buy again"]),
    ],
)
def test_a_buyer_is_offered_what_can_be_done_now(client, buyer, state, labels):
    order = _order(buyer, state)

    page = client.get(order.get_absolute_url())
    shown = client.get("/account/orders/")

    assert [str(offer.label) for offer in page.context["offers"]] == labels
    assert [str(offer.label) for offer in shown.context["orders"][0]["offers"]] == labels
    for label in labels:
        assert label in page.content.decode()


def test_an_overdue_order_is_neither_paid_nor_cancelled(buyer):
    order = _order(buyer, "unpaid")

    offers = actions.offers(order, at=order.pay_by + timedelta(seconds=1))

    assert [offer.action for offer in offers] == ["orders:reorder"]


@pytest.mark.parametrize("action", ["cancel", "received", "extend"])
def test_looking_at_the_question_changes_nothing(client, buyer, action):
    order = _order(buyer, "unpaid" if action == "cancel" else "shipped")
    before = books.copy()

    response = client.get(f"/orders/{order.number}/{action}/")

    assert response.status_code == 200
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private" or (
        "no-store" in response["Cache-Control"]
    )
    assert books.copy() == before


@pytest.mark.parametrize(
    ("action", "state", "message", "after"),
    [
        ("cancel", "unpaid", "Order cancelled", ("CANCELLED", "NONE")),
        ("received", "shipped", "Thank you, receipt confirmed", ("COMPLETED", "RECEIVED")),
        ("extend", "shipped", "You have until", ("OPEN", "SHIPPED")),
    ],
)
def test_the_button_does_it_and_says_so(client, buyer, action, state, message, after):
    order = _order(buyer, state)

    response = client.post(f"/orders/{order.number}/{action}/", follow=True)

    order.refresh_from_db()
    assert response.redirect_chain == [(order.get_absolute_url(), 303)]
    assert (order.status, order.fulfilment_status) == after
    assert message in response.content.decode()
    assert order.events.filter(actor=buyer).count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("cancel", "shipped"),
        ("cancel", "cancelled"),
        ("received", "paid"),
        ("received", "completed"),
        ("extend", "paid"),
    ],
)
def test_what_comes_too_late_changes_nothing_and_leads_back_to_the_order(client, buyer, action, state, method):
    order = _order(buyer, state)
    before = books.copy()

    response = getattr(client, method)(f"/orders/{order.number}/{action}/")

    assert response.status_code == (302 if method == "get" else 303)
    assert response["Location"] == order.get_absolute_url()
    assert books.copy() == before


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ["a visitor", "another user", "the holder of a mailed link"])
def test_an_order_of_somebody_else_is_404_and_stays_as_it_is(client, buyer, action, who):
    order = _order(buyer, "shipped" if action in ("received", "extend") else "unpaid")
    stranger, query = Client(), ""
    if who == "another user":
        stranger.force_login(make.user())
    elif who == "the holder of a mailed link":
        query = f"?t={mails.token(order.number)}"
    before = books.copy()

    response = stranger.post(f"/orders/{order.number}/{action}/{query}")

    assert response.status_code == 404
    assert books.copy() == before


def test_a_form_without_its_token_is_refused(buyer):
    order = _order(buyer, "unpaid")
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(buyer)
    before = books.copy()

    response = careful.post(f"/orders/{order.number}/cancel/")

    assert response.status_code == 403
    assert books.copy() == before


def test_orders_placed_together_are_named_before_they_are_cancelled(client, buyer):
    other = make.merchant("other")
    make.delivery()
    make.delivery(other)
    variants = [make.only_variant(make.product()), make.only_variant(make.product(merchant=other))]
    first, second = make.purchase(make.cart(*variants), user=buyer, at=timezone.now()).orders.order_by("pk")

    page = client.get(f"/orders/{first.number}/cancel/").content.decode()

    assert second.number in page


def test_the_same_can_be_bought_again_as_far_as_it_is_there(client, buyer):
    pot = make.only_variant(make.product("Teapot", stock=5))
    cup = make.only_variant(make.product("Cup", stock=5))
    bowl = make.only_variant(make.product("Bowl", stock=3))
    cart = make.cart(pot, cup, bowl, quantity=2)
    order = make.order(cart, user=buyer, at=timezone.now())
    Variant.objects.filter(pk=cup.pk).update(is_active=False)

    response = client.post(f"/orders/{order.number}/reorder/", follow=True)

    assert response.redirect_chain == [("/cart/", 303)]
    found = CartLine.objects.filter(cart__user=buyer).order_by("pk").values_list("variant", "quantity")
    assert list(found) == [(pot.pk, 2), (bowl.pk, 1)]
    assert "No longer available, or fewer than you bought: Cup, Bowl" in response.content.decode()
    assert client.cookies["cart_count"].value == "3"


def test_a_guest_whose_browser_placed_the_order_can_cancel_and_buy_again(shopper):
    checkout = make.checkout(shopper.cart)
    shopper.client.post("/checkout/review/", make.review_form(checkout, at=timezone.now()))
    order = Order.objects.get()

    shopper.client.post(f"/orders/{order.number}/cancel/")
    shopper.client.post(f"/orders/{order.number}/reorder/")

    order.refresh_from_db()
    assert (order.status, order.cancel_reason) == ("CANCELLED", "BUYER")
    assert CartLine.objects.filter(cart__user=None).values_list("quantity", flat=True).get() == 1
