"""One total on every page, delivery in it as far as known, and each seller's parcel named."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.selectors.languages import localized
from notifications.models import Message
from orders import tasks
from orders.models import Checkout, DeliveryMethod, Order
from tests import make

pytestmark = pytest.mark.django_db
CART, ADDRESS, DELIVERY = reverse("cart:cart"), reverse("checkout:address"), reverse("checkout:delivery")


@pytest.fixture
def two_sellers(client):
    """A visitor's cart with goods of two sellers, CN¥69 each; each sends for CN¥8, free from CN¥88."""
    other = make.merchant("workshop")
    make.delivery()
    make.delivery(other)
    cart = make.cart(
        make.only_variant(make.product("Mug", price="69.00")),
        make.only_variant(make.product("Towels", price="69.00", merchant=other)),
    )
    make.carry(client, cart)
    return cart


def test_the_cart_has_one_total(client, two_sellers):
    page = _text(client.get(CART))

    assert page.count("CN¥154.00") == 2  # the summary's and the bar's
    assert page.count("CN¥138.00") == 1  # the goods


def test_the_cart_names_each_sellers_parcel_and_what_is_missing_for_free_delivery(client, two_sellers):
    page = _text(client.get(CART))

    assert "Parcel from workshop</dt><dd>CN¥8.00" in page
    assert "Add CN¥19.00 more from workshop for free delivery of its parcel." in page
    assert "2 shops each send a parcel of their own." in page


def test_one_seller_alone_is_not_named(client):
    make.delivery()
    make.carry(client, make.cart(make.only_variant(make.product(price="10.00"))))

    page = _text(client.get(CART))

    assert "Parcel from" not in page
    assert "Add CN¥78.00 more for free delivery." in page


def test_a_total_without_delivery_says_so(client):
    make.carry(client, make.cart(make.only_variant(make.product(price="10.00"))))

    assert _text(client.get(CART)).count("Total, without delivery") == 2


def test_the_checkout_expects_the_first_delivery_until_one_is_chosen(client, two_sellers):
    page = _text(client.get(ADDRESS))

    assert "Delivery, estimated</dt><dd>CN¥16.00" in page
    assert "Parcel from workshop</dt><dd>CN¥8.00" in page
    assert "CN¥154.00" in page


def test_a_delivery_that_is_looked_at_is_in_the_total_and_kept_nowhere(shopper):
    checkout = make.checkout(shopper.cart)

    page = _text(shopper.client.get(DELIVERY, {"delivery": "express"}))

    assert "Delivery</dt><dd>CN¥20.00" in page
    assert "CN¥50.00" in page
    assert Checkout.objects.get(pk=checkout.pk).delivery_code == "standard"


def test_thanks_say_what_delivery_costs_and_what_all_orders_cost(client, two_sellers):
    order = _placed(client, two_sellers)

    page = _text(client.get(reverse("orders:thanks", args=[order.number])))

    assert page.count("Delivery</dt><dd>CN¥8.00") == 2
    assert "Total of all orders</dt><dd>" in page
    assert "CN¥154.00" in page


def test_an_unpaid_order_and_its_cashier_name_the_other_orders_of_the_payment(client, two_sellers):
    order = _placed(client, two_sellers)
    other = Order.objects.exclude(pk=order.pk).get()

    page = _text(client.get(order.get_absolute_url()))
    cashier = _text(client.get(reverse("payments:pay", args=[order.number])))

    assert "One payment of CN¥154.00 covers this order and:" in page
    assert f'href="{other.get_absolute_url()}"' in page
    assert {f'href="{each.get_absolute_url()}"' in cashier for each in (order, other)} == {True}


def test_a_guest_who_finds_one_order_may_open_the_others_of_the_payment(client, two_sellers):
    order = _placed(client, two_sellers)
    other = Order.objects.exclude(pk=order.pk).get()
    client.cookies.clear()

    client.post(reverse("orders:lookup"), {"number": order.number, "email": order.email})
    tasks.answer_lookups()
    client.post(reverse("orders:lookup_code"), {"code": Message.objects.get().context["code"]})

    assert client.get(other.get_absolute_url()).status_code == 200


def test_delivery_is_named_in_the_readers_language_while_the_method_exists(client):
    order = make.order(at=timezone.now(), user=make.user())
    DeliveryMethod.objects.update(**localized("name", {"zh-hans": "标准快递", "en": "Renamed"}))
    client.force_login(order.user)

    page = order.get_absolute_url()
    chinese = client.get(f"/zh-hans{page}").text
    english = client.get(page).text
    DeliveryMethod.objects.all().delete()
    copy = client.get(f"/zh-hans{page}").text

    assert "标准快递" in chinese
    assert "Standard, expected" in english
    assert "Standard" in copy


def test_going_back_after_placing_leads_to_the_unpaid_order(shopper):
    order = _placed(shopper.client, shopper.cart)

    back = shopper.client.get(reverse("checkout:review"), follow=True)

    assert back.redirect_chain == [(order.get_absolute_url(), 303)]
    assert "Your order is placed and waits for payment." in back.text
    assert "Pay now" in back.text


@pytest.mark.parametrize("step", ["checkout:address", "checkout:delivery", "checkout:review"])
def test_each_step_can_be_read_in_the_other_language(shopper, step):
    make.checkout(shopper.cart)

    page = shopper.client.get(reverse(step)).text

    assert f'<a href="/zh-hans{reverse(step)}" lang="zh-Hans" hreflang="zh-Hans">简体中文</a>' in page


def _placed(client, cart) -> Order:
    client.post(reverse("checkout:review"), make.review_form(make.checkout(cart)))
    return Order.objects.order_by("pk")[0]


def _text(response) -> str:
    """Return a page without the marks inside its prices."""
    return re.sub(r"</?(?:span|ins|wbr)[^>]*>", "", response.text)
