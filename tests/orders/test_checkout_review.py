"""Delivery, the last look, and the press of the button; with forms as they are, and as somebody would like them."""

import uuid
from decimal import Decimal

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from cart import services as carts
from catalog.models import Product, StockLevel
from catalog.services import prices
from orders.models import Checkout, DeliveryMethod, Order, Purchase
from tests import books, make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
DELIVERY, REVIEW, CART = reverse("checkout:delivery"), reverse("checkout:review"), reverse("cart:cart")
INCOMPLETE = "The form was not complete. Please check your order once more."
CHANGED = "Prices, stock or delivery have changed. Please check the new total and confirm again."


@pytest.fixture
def checkout(shopper):
    """A checkout with address and delivery; only the button is left."""
    return make.checkout(shopper.cart)


def test_a_chosen_delivery_is_kept_and_leads_to_the_review(shopper, checkout):
    response = shopper.client.post(DELIVERY, {"delivery": "express"})

    checkout.refresh_from_db()
    assert (response.status_code, response.url) == (303, REVIEW)
    assert checkout.delivery_code == "express"


@pytest.mark.parametrize("code", ["", "teleport", "\x00", "Express", "standard express"])
def test_a_delivery_that_is_not_offered_is_refused(shopper, checkout, code):
    response = shopper.client.post(DELIVERY, {"delivery": code})

    checkout.refresh_from_db()
    assert response.status_code == 422
    assert "Choose a delivery method" in response.text
    assert checkout.delivery_code == "standard"


def test_a_delivery_only_for_another_country_is_refused(shopper, checkout):
    make.delivery(code="germany", countries=["DE"])

    response = shopper.client.post(DELIVERY, {"delivery": "germany"})

    checkout.refresh_from_db()
    assert (response.status_code, checkout.delivery_code) == (422, "standard")


@pytest.mark.parametrize(("step", "page"), [("delivery", DELIVERY), ("review", REVIEW)])
def test_a_step_before_the_address_leads_to_the_address(shopper, step, page):
    response = shopper.client.get(page)

    assert (response.status_code, response.url) == (302, reverse("checkout:address"))


def test_the_review_before_the_delivery_leads_to_the_delivery(shopper, checkout):
    Checkout.objects.update(delivery_code="")

    response = shopper.client.get(REVIEW)

    assert (response.status_code, response.url) == (302, DELIVERY)


def test_the_button_places_what_was_shown_and_leads_to_the_cashier(shopper, checkout):
    response = shopper.client.post(REVIEW, make.review_form(checkout, note="Ring twice"))

    order = Order.objects.get()
    assert (response.status_code, response.url) == (303, reverse("payments:pay", args=[order.number]))
    assert (order.total, order.note, order.purchase.payment_provider) == (Decimal("38.00"), "Ring twice", "paylab")
    assert (order.email, order.city, order.user) == ("li.na@example.com", "Hangzhou", None)
    assert shopper.cart.lines.count() == 0
    assert shopper.client.cookies["cart_count"].value == "0"


@pytest.mark.parametrize("times", [1, 3])
def test_the_same_form_again_leads_to_the_first_order(shopper, checkout, times):
    form = make.review_form(checkout)
    first = shopper.client.post(REVIEW, form)
    before = books.copy()

    again = [shopper.client.post(REVIEW, form) for _ in range(times)]

    assert [(each.status_code, each.url) for each in again] == [(303, first.url)] * times
    assert books.copy() == before


def test_the_same_form_with_other_content_is_told_that_it_was_placed_before(shopper, checkout):
    old = make.review_form(checkout)
    carts.add(cart=checkout.cart, variant=make.only_variant(make.product()), quantity=1, at=NOW)
    shopper.client.post(REVIEW, make.review_form(checkout))
    before = books.copy()

    response = shopper.client.post(REVIEW, old)

    assert response.status_code == 409
    assert books.copy() == before


def _raise_price(checkout):
    prices.set_base(variant=checkout.cart.lines.get().variant, amount=Decimal("33.00"), currency="CNY")


def _lower_price(checkout):
    prices.set_base(variant=checkout.cart.lines.get().variant, amount=Decimal("27.00"), currency="CNY")


def _add_a_line(checkout):
    carts.add(cart=checkout.cart, variant=make.only_variant(make.product()), quantity=1, at=NOW)


def _add_a_unit(checkout):
    carts.add(cart=checkout.cart, variant=checkout.cart.lines.get().variant, quantity=1, at=NOW)


def _move_house(checkout):
    Checkout.objects.filter(pk=checkout.pk).update(street="1 Other Road")


def _make_delivery_dearer(checkout):
    DeliveryMethod.objects.filter(code="standard").update(price=Decimal(9))


CHANGES = (_raise_price, _lower_price, _add_a_line, _add_a_unit, _move_house, _make_delivery_dearer)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_what_changed_since_it_was_shown_is_shown_again_and_then_placed(shopper, checkout, change):
    form = make.review_form(checkout)
    change(checkout)
    before = books.copy()

    refused = shopper.client.post(REVIEW, form | {"note": "Ring <twice>"})
    after = books.copy()
    quote = refused.context["quote"]
    placed = shopper.client.post(REVIEW, form | {"quote": quote.signed_digest})

    assert refused.status_code == 422
    assert CHANGED in refused.text
    assert "Ring &lt;twice&gt;" in refused.text
    assert after == before
    assert placed.status_code == 303
    assert Purchase.objects.get().total == quote.total.amount


def _forgeries():
    other = signing.Signer(salt="another purpose")
    return {
        "no token": {"token": ""},
        "no such token": {"token": str(uuid.UUID(int=7))},
        "half a token": {"token": "1234"},
        "no digest": {"quote": ""},
        "a digest of no checkout": {"quote": "0" * 64},
        "a digest signed for something else": {"quote": other.sign(f"{uuid.UUID(int=7)}.{'0' * 64}")},
        "a very long digest": {"quote": "x" * 5000},
        "a null": {"quote": "\x00"},
        "a long note": {"note": "x" * 201},
        "a long payment method": {"payment": "x" * 21},
    }


@pytest.mark.parametrize("forged", _forgeries().values(), ids=_forgeries())
def test_a_forged_form_places_nothing_and_shows_the_order_again(shopper, checkout, forged):
    form = make.review_form(checkout)
    before = books.copy()

    response = shopper.client.post(REVIEW, form | forged)

    assert response.status_code == 422
    assert INCOMPLETE in response.text
    assert books.copy() == before
    assert shopper.cart.lines.count() == 1


def test_the_digest_of_another_checkout_places_nothing(shopper, checkout):
    cheap = make.checkout(make.cart(make.only_variant(make.product(price="0.01"))))
    before = books.copy()

    response = shopper.client.post(REVIEW, make.review_form(checkout) | {"quote": make.review_form(cheap)["quote"]})

    assert response.status_code == 422
    assert INCOMPLETE in response.text
    assert books.copy() == before


def test_prices_totals_and_owners_in_the_form_are_ignored(shopper, checkout):
    stranger = make.user()
    forged = {"total": "0.01", "price": "0.01", "items_total": "0", "currency": "JPY", "discount_total": "30"}
    forged |= {"user": str(stranger.pk), "email": stranger.email, "merchant": "7", "status": "OPEN", "paid_total": "38"}

    shopper.client.post(REVIEW, make.review_form(checkout) | forged)

    order = Order.objects.get()
    assert (order.total, order.currency, order.discount_total) == (Decimal("38.00"), "CNY", Decimal(0))
    assert (order.user, order.email) == (None, "li.na@example.com")
    assert (order.status, order.paid_total) == ("AWAITING_PAYMENT", Decimal(0))


@pytest.mark.parametrize("thief", ["another shopper", "a visitor"])
@pytest.mark.parametrize("is_placed", [False, True])
def test_a_form_of_a_shopper_is_worth_nothing_to_anybody_else(shopper, thief, is_placed):
    owner = make.user()
    checkout = make.checkout(make.cart(make.only_variant(make.product()), user=owner))
    form = make.review_form(checkout)
    if is_placed:
        client = Client()
        client.force_login(owner)
        client.post(REVIEW, form)
    before = books.copy()
    if thief == "another shopper":
        shopper.client.force_login(make.user())

    response = shopper.client.post(REVIEW, form)

    assert response.status_code == 303
    assert response.url in (CART, REVIEW)
    assert "orders" not in shopper.client.session
    assert books.copy() == before


def test_a_product_unpublished_while_in_the_cart_leaves_the_rest_to_confirm(shopper, checkout):
    _add_a_line(checkout)
    form = make.review_form(checkout)
    Product.objects.filter(title="Teapot").update(status=Product.Status.ARCHIVED)
    before = books.copy()

    response = shopper.client.post(REVIEW, form)

    assert response.status_code == 422
    assert CHANGED in response.text
    assert "Teapot" not in response.text
    assert books.copy() == before


def test_more_than_are_left_is_shown_with_the_number_left(shopper):
    variant = shopper.cart.lines.get().variant
    carts.add(cart=shopper.cart, variant=variant, quantity=4, at=NOW)
    form = make.review_form(make.checkout(shopper.cart))
    make.order(make.cart(variant, quantity=7))
    before = books.copy()

    response = shopper.client.post(REVIEW, form)

    assert response.status_code == 422
    assert CHANGED in response.text
    assert "Only 3 left" in response.text
    assert books.copy() == before
    assert shopper.cart.lines.get().quantity == 5


def test_sold_out_at_the_last_moment_leads_to_the_cart_that_says_so(shopper, checkout):
    form = make.review_form(checkout)
    make.order(make.cart(checkout.cart.lines.get().variant, quantity=10))
    before = books.copy()

    response = shopper.client.post(REVIEW, form, follow=True)

    assert response.redirect_chain == [(CART, 303)]
    assert "Sold out" in response.text
    assert books.copy() == before


def test_a_delivery_withdrawn_meanwhile_is_chosen_again(shopper, checkout):
    form = make.review_form(checkout)
    DeliveryMethod.objects.filter(code="standard").update(is_active=False)
    before = books.copy()

    response = shopper.client.post(REVIEW, form, follow=True)

    assert response.redirect_chain == [(REVIEW, 303), (DELIVERY, 302)]
    assert response.context["quote"].options[0].code == "express"
    assert books.copy() == before


def test_a_form_without_a_checkout_leads_to_the_first_step(shopper):
    response = shopper.client.post(REVIEW, {"token": "x", "quote": "y"}, follow=True)

    assert response.redirect_chain == [(REVIEW, 303), (reverse("checkout:address"), 302)]
    assert Checkout.objects.count() == 0


def test_the_button_without_a_csrf_token_places_nothing(shopper, checkout):
    client = Client(enforce_csrf_checks=True)
    make.carry(client, shopper.cart)

    response = client.post(REVIEW, make.review_form(checkout))

    assert response.status_code == 403
    assert Purchase.objects.count() == 0
    assert StockLevel.objects.get().allocated == 0


@pytest.mark.parametrize("step", ["begin", "address", "delivery", "review"])
def test_every_step_is_kept_nowhere(shopper, checkout, step):
    response = shopper.client.get(reverse(f"checkout:{step}"))

    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
