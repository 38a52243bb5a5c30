"""The till while something else happens to the shopper: another tab, a session that is over, an account that waits."""

from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse

from cart import services as carts
from cart.models import Cart
from orders.models import Order
from tests import books, make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
REVIEW, CART = reverse("checkout:review"), reverse("cart:cart")
LOGIN = {"login": "lina", "password": "correct horse"}


def test_what_another_tab_took_out_is_not_ordered_by_the_first(shopper):
    cup = make.only_variant(make.product("Cup", price="5.00"))
    carts.add(cart=shopper.cart, variant=cup, quantity=1, at=NOW)
    form = make.review_form(make.checkout(shopper.cart))
    line = shopper.cart.lines.get(variant=cup)
    shopper.client.post(reverse("cart:remove", args=[line.pk]))
    before = books.copy()

    asked = shopper.client.post(REVIEW, form)
    after = books.copy()
    placed = shopper.client.post(REVIEW, form | {"quote": asked.context["quote"].signed_digest})

    assert asked.status_code == 422
    assert "Please check the new total and confirm again." in asked.text
    assert "Cup" not in asked.text
    assert after == before
    assert placed.status_code == 303
    assert list(Order.objects.get().lines.values_list("title", "quantity")) == [("Teapot", 1)]


def test_a_form_whose_cart_another_tab_emptied_places_nothing_and_says_so(shopper):
    form = make.review_form(make.checkout(shopper.cart))
    shopper.client.post(reverse("cart:remove", args=[shopper.cart.lines.get().pk]))
    before = books.copy()

    answer = shopper.client.post(REVIEW, form, follow=True)

    assert answer.redirect_chain == [(CART, 303)]
    assert "There is nothing to buy in your cart." in answer.text
    assert books.copy() == before


def test_after_a_logout_the_next_visitor_sees_nothing_of_the_cart(client):
    user = make.verified_user("lina")
    client.post("/account/login/", LOGIN)
    make.cart(make.only_variant(make.product("Teapot")), user=user)
    own = client.get(CART)

    client.post("/account/logout/")
    page, till = client.get(CART), client.get(REVIEW, follow=True)

    assert "Teapot" in own.text
    assert {each.value for each in client.cookies.values() if each.key in ("cart", "cart_count", "sessionid")} == {""}
    assert "Teapot" not in page.text
    assert "Your cart is empty" in page.text
    assert till.redirect_chain == [(CART, 303)]
    assert "Teapot" not in till.text


@pytest.mark.parametrize("step", ["checkout:address", "checkout:delivery", "checkout:review"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_signed_out_at_the_till_signs_in_and_goes_on(client, step, method):
    user = make.verified_user("lina")
    client.post("/account/login/", LOGIN)
    client.post(reverse("cart:items"), {"sku": make.only_variant(make.product("Teapot")).sku, "quantity": "1"})
    form = make.review_form(make.checkout(Cart.objects.get()))
    Session.objects.all().delete()
    cache.clear()
    before = books.copy()

    refused = getattr(client, method)(reverse(step), form)
    told = client.get(refused.url)
    after = books.copy()
    back = client.post(refused.url, LOGIN | {"next": reverse(step)})
    placed = client.post(REVIEW, form)

    assert (refused.status_code, refused.url) == (303, f"/account/login/?next={quote(reverse(step), safe='')}")
    assert "You are no longer signed in. Sign in to go on with your cart." in told.text
    assert "Teapot" not in told.text
    assert after == before
    assert (back.status_code, back.url) == (302, reverse(step))
    assert placed.status_code == 303
    assert list(Order.objects.values_list("user", "lines__title")) == [(user.pk, "Teapot")]


@pytest.mark.parametrize("count", ["0", "3", "<b>", ""])
def test_a_visitor_without_a_cart_is_led_to_no_login_unless_there_was_one(client, count):
    client.cookies["cart_count"] = count

    answer = client.get(REVIEW)

    is_led = answer.url.startswith("/account/login/")
    assert is_led == (count == "3")


def test_who_has_not_confirmed_an_account_is_told_so_and_buys_as_a_visitor(shopper):
    checkout = make.checkout(shopper.cart)
    typed = {"email": "li.na@example.com", "username": "lina", "password1": LOGIN["password"], "terms": "on"}
    told = shopper.client.post("/account/signup/", typed, follow=True)

    placed = shopper.client.post(REVIEW, make.review_form(checkout))

    assert "Open it to activate your account" in told.text
    assert placed.status_code == 303
    assert Order.objects.get().user is None
