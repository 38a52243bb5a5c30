"""Freight templates on the way to an order: price by province, excluded places, what changes meanwhile."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cart import services as carts
from catalog.models import Variant
from orders.models import Checkout, DeliveryMethod, FreightRule, FreightTemplate, Order, Purchase
from orders.services import placing
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ADDRESS, DELIVERY, REVIEW = (reverse(f"checkout:{step}") for step in ("address", "delivery", "review"))
FORM = make.ADDRESS | {"email": "li.na@example.com"}
XINJIANG, GUANGDONG = {"province": "新疆维吾尔自治区"}, {"province": "广东省"}
REFUSED = "We do not deliver to this region yet"


def priced_by_place() -> FreightTemplate:
    """A template by weight: near, elsewhere in China, to Germany; never to Xinjiang."""
    kilo = {"first_units": 1000, "additional_units": 1000}
    return make.freight(
        None,
        make.freight_rule("浙江省", first="6.00", further="1.00", **kilo),
        make.freight_rule("CN", first="12.00", further="4.00", **kilo),
        make.freight_rule("DE", first="90.00", further="30.00", **kilo),
        make.no_freight("新疆维吾尔自治区"),
        basis="WEIGHT",
        unknown_weight_grams=500,
    )


@pytest.fixture
def shop(client):
    """A visitor with two teapots of 800 g and a cup of unknown weight, in a shop that weighs its parcels: 2.1 kg."""
    make.delivery(template=priced_by_place(), countries=["CN", "DE", "FR"])
    make.delivery(code="express", price=Decimal(20), free_from=None)
    teapot, cup = (make.only_variant(make.product(title)) for title in ("Teapot", "Cup"))
    Variant.objects.filter(pk=teapot.pk).update(weight_grams=800)
    cart = make.cart(teapot, quantity=2)
    carts.add(cart=cart, variant=cup, quantity=1, at=NOW)
    make.carry(client, cart)
    return cart


def go(client, **fields):
    return client.post(ADDRESS, FORM | fields)


def placed(client, cart):
    form = make.review_form(Checkout.objects.get(cart=cart), at=timezone.now())
    return client.post(REVIEW, form)


def prices(page):
    return [(option.code, str(option.price.amount)) for option in page.context["quote"].options]


@pytest.mark.parametrize(
    ("address", "price", "brief"),
    [
        ({}, "8.00", "2.1 kg to Zhejiang: CN¥6.00 up to 1 kg, CN¥1.00 for each further 1 kg"),
        (GUANGDONG, "20.00", "2.1 kg to Guangdong: CN¥12.00 up to 1 kg, CN¥4.00 for each further 1 kg"),
    ],
    ids=["near", "far"],
)
def test_the_province_makes_the_price_on_every_page_and_in_the_order(client, shop, address, price, brief):
    go(client, **address)

    page = client.get(DELIVERY)
    client.post(DELIVERY, {"delivery": "standard"})
    review = client.get(REVIEW)
    placed(client, shop)

    assert prices(page) == [("standard", price), ("express", "20.00")]
    assert brief in page.text
    total = Decimal(price) + 30
    assert f"Place order and pay CN¥{total}" in review.text
    order = Order.objects.get()
    assert (order.delivery_total, order.total) == (Decimal(price), total)


def test_abroad_has_its_own_price_and_only_the_way_that_goes_there(client, shop):
    go(client, country="DE", province="", phone="+49 30 901820", postcode="10115", district="")

    assert prices(client.get(DELIVERY)) == [("standard", "150.00")]


def test_a_country_without_a_rule_is_not_offered(client, shop):
    form = client.get(ADDRESS).context["form"]

    assert {code for code, _name in form.fields["country"].choices} == {"CN", "DE"}


def test_an_excluded_province_is_refused_and_what_was_typed_kept(client, shop):
    DeliveryMethod.objects.filter(code="express").delete()
    before = list(Checkout.objects.values())

    answer = go(client, **XINJIANG, street="1 Far Road")

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"province": [REFUSED]}
    assert 'value="1 Far Road"' in answer.text
    assert '<option value="新疆维吾尔自治区" selected>' in answer.text
    assert list(Checkout.objects.values()) == before


def test_where_one_way_is_excluded_the_other_is_left(client, shop):
    answer = go(client, **XINJIANG)

    assert answer.status_code == 303
    assert prices(client.get(DELIVERY)) == [("express", "20.00")]


def test_a_refused_address_names_the_goods_that_cannot_go_there(client):
    other = make.merchant("other")
    make.delivery()
    make.delivery(other, template=make.freight(other, make.freight_rule(), make.no_freight("新疆维吾尔自治区")))
    sold = [make.product("Teapot"), make.product("Heavy stove", merchant=other)]
    make.carry(client, make.cart(*map(make.only_variant, sold)))

    answer = go(client, **XINJIANG)

    assert answer.context["form"].errors == {"province": [f"{REFUSED}: Heavy stove"]}


def test_every_sellers_lines_are_one_parcel(client):
    other = make.merchant("other")
    make.delivery(template=make.freight())
    make.delivery(other, template=make.freight(other, make.freight_rule(first="5.00", further="1.00")))
    sold = [make.product(), make.product(), make.product(merchant=other), make.product(merchant=other)]
    cart = make.cart(*map(make.only_variant, sold))
    make.carry(client, cart)
    go(client)

    page = client.get(DELIVERY)
    client.post(DELIVERY, {"delivery": "standard"})
    placed(client, cart)

    assert prices(page) == [("standard", "16.00")]
    assert sorted(Order.objects.values_list("delivery_total", flat=True)) == [Decimal(6), Decimal(10)]


@pytest.mark.parametrize(("quantity", "price"), [(2, "10.00"), (3, "0")])
def test_enough_pieces_travel_free(client, quantity, price):
    make.delivery(template=make.freight(None, make.freight_rule(free_from_pieces=3)))
    make.carry(client, make.cart(make.only_variant(make.product()), quantity=quantity))
    go(client)

    assert prices(client.get(DELIVERY)) == [("standard", price)]


def test_a_template_that_is_changed_meanwhile_is_asked_about_again_and_nothing_is_placed(client, shop):
    go(client)
    client.post(DELIVERY, {"delivery": "standard"})
    form = make.review_form(Checkout.objects.get(), at=timezone.now())
    FreightRule.objects.filter(regions=["浙江省"]).update(first_price=Decimal("7.00"))

    answer = client.post(REVIEW, form)

    assert answer.status_code == 422
    assert "Prices, stock or delivery have changed." in answer.text
    assert "Place order and pay CN¥39.00" in answer.text
    assert not Purchase.objects.exists()


def test_a_province_that_is_excluded_meanwhile_leads_back_and_nothing_is_placed(client, shop):
    DeliveryMethod.objects.filter(code="express").delete()
    go(client)
    client.post(DELIVERY, {"delivery": "standard"})
    form = make.review_form(Checkout.objects.get(), at=timezone.now())
    FreightRule.objects.filter(is_excluded=True).update(regions=["江苏省"])
    FreightRule.objects.filter(regions=["浙江省"]).delete()
    FreightRule.objects.filter(is_excluded=True).update(regions=["浙江省"])

    answer = client.post(REVIEW, form, follow=True)

    assert answer.redirect_chain[-1] == (DELIVERY, 302)
    assert REFUSED in answer.text
    assert not Purchase.objects.exists()


def test_a_saved_address_in_an_excluded_province_is_shown_with_the_reason(client):
    user = make.verified_user()
    client.force_login(user)
    make.delivery(template=priced_by_place())
    make.carry(client, make.cart(make.only_variant(make.product()), user=user))
    far, near = make.address(user, **XINJIANG), make.address(user)

    page = client.get(ADDRESS)

    assert [(card.address, card.is_reached) for card in page.context["cards"]] == [(far, False), (near, True)]
    assert page.text.count(REFUSED) == 1


def test_without_a_template_the_price_is_the_methods_own(client, shop):
    DeliveryMethod.objects.filter(code="standard").update(template=None)
    go(client, **XINJIANG)

    page = client.get(DELIVERY)

    assert prices(page) == [("standard", "8.00"), ("express", "20.00")]
    assert " kg" not in page.text


@pytest.mark.parametrize("lines", [1, 20])
@pytest.mark.parametrize("step", [ADDRESS, DELIVERY, REVIEW])
def test_a_step_costs_as_many_queries_with_a_template_as_without(client, lines, step, django_assert_num_queries):
    make.delivery(template=priced_by_place())
    checkout = make.checkout(make.cart(*(make.only_variant(make.product()) for _ in range(lines))))
    make.carry(client, checkout.cart)
    client.get(step)

    with django_assert_num_queries(7):
        client.get(step)


def test_placing_costs_as_many_queries_with_a_template_as_without():
    make.delivery(template=priced_by_place())
    agreement = make.agreement(make.checkout(make.cart(*(make.only_variant(make.product()) for _ in range(5)))))

    with CaptureQueriesContext(connection) as queries:
        placing.place(agreement=agreement, at=timezone.now())

    kept = [query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(kept) == 19 + 5
