"""Delivery before there is an address: the cart's estimate and the promise on a product's page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Variant
from orders.models import DeliveryMethod, FreightRule
from tests import make

pytestmark = pytest.mark.django_db
PAGE = reverse("cart:cart")


@pytest.fixture
def shop(client):
    """A visitor with two cups, in a shop whose price depends on the province."""
    rules = [
        make.freight_rule("浙江省", first="6.00", further="1.00", free_from_amount=Decimal(88)),
        make.freight_rule(first="12.00", further="4.00", free_from_amount=Decimal(88)),
        make.no_freight("新疆维吾尔自治区"),
    ]
    make.delivery(template=make.freight(None, *rules))
    cart = make.cart(make.only_variant(make.product()), quantity=2)
    make.carry(client, cart)
    return cart


def told(page):
    delivery = page.context["delivery"]
    return (str(delivery.option.price.amount) if delivery.option else None, delivery.destination.province)


def test_before_a_province_is_known_the_price_is_that_of_everywhere_else(client, shop):
    page = client.get(PAGE)

    assert told(page) == ("16.00", "")
    assert "Delivery, estimated" in page.text
    assert '<option value="浙江省">Zhejiang</option>' in page.text
    assert "Add CN¥68.00 more for free delivery." in page.text


def test_everybody_can_choose_a_province(client, shop):
    page = client.get(PAGE, {"province": "浙江省"})

    assert told(page) == ("7.00", "浙江省")
    assert "Delivery to Zhejiang, estimated" in page.text
    assert "2 pieces to Zhejiang: CN¥6.00 up to 1 piece, CN¥1.00 for each further 1 piece" in page.text
    assert '<option value="浙江省" selected>Zhejiang</option>' in page.text


@pytest.mark.parametrize("typed", ["", "Atlantis", "浙江", "\x00", "CN", "<b>"])
def test_a_province_that_is_none_is_as_if_none_were_chosen(client, shop, typed):
    page = client.get(PAGE, {"province": typed})

    assert (page.status_code, told(page)) == (200, ("16.00", ""))
    assert '<b>"' not in page.text


def test_an_excluded_province_is_told_before_the_checkout(client, shop):
    page = client.get(PAGE, {"province": "新疆维吾尔自治区"})

    assert told(page) == (None, "新疆维吾尔自治区")
    assert "We do not deliver to this region yet: Xinjiang" in page.text
    assert "<dd>Not delivered</dd>" in page.text
    assert "Total, without delivery" in page.text


def test_a_change_of_the_cart_keeps_the_province(client, shop):
    query = "?province=%E6%B5%99%E6%B1%9F%E7%9C%81"
    line = shop.lines.get()

    page = client.get(PAGE + query)
    answer = client.post(PAGE + query, {f"q-{line.pk}": "3", "line": line.pk})

    assert f'action="{PAGE}{query}"' in page.text
    assert (answer.status_code, answer["Location"]) == (303, PAGE + query)
    assert told(client.get(answer["Location"])) == ("8.00", "浙江省")


def test_a_members_estimate_is_for_the_default_address_until_a_province_is_chosen(client, shop):
    user = make.verified_user()
    make.address(user)
    make.address(user, province="新疆维吾尔自治区")
    make.cart(make.only_variant(make.product()), user=user)
    client.force_login(user)

    assert told(client.get(PAGE)) == ("6.00", "浙江省")
    assert told(client.get(PAGE, {"province": "广东省"})) == ("12.00", "广东省")


def test_a_member_without_an_address_is_estimated_like_everybody(client, shop):
    user = make.verified_user()
    make.cart(make.only_variant(make.product()), user=user)
    client.force_login(user)

    assert told(client.get(PAGE)) == ("12.00", "")


def test_what_only_goes_to_named_provinces_is_estimated_once_one_is_chosen(client, shop):
    FreightRule.objects.filter(regions=[]).delete()

    before, after = client.get(PAGE), client.get(PAGE, {"province": "浙江省"})

    assert [told(before), told(after)] == [(None, ""), ("7.00", "浙江省")]
    assert "At checkout" in before.text
    assert "We do not deliver" not in before.text


def test_missing_pieces_are_told_and_that_there_are_enough(client):
    make.delivery(template=make.freight(None, make.freight_rule(free_from_pieces=3)))
    cart = make.cart(make.only_variant(make.product()), quantity=2)
    make.carry(client, cart)

    few = client.get(PAGE).text
    cart.lines.update(quantity=3)
    enough = client.get(PAGE).text

    assert "Add 1 more piece for free delivery." in few
    assert "Your order qualifies for free delivery." in enough


def test_where_no_price_depends_on_a_province_none_is_asked_for(client):
    make.delivery()
    make.carry(client, make.cart(make.only_variant(make.product())))

    page = client.get(PAGE)

    assert page.context["delivery"].is_by_province is False
    assert 'name="province"' not in page.text


@pytest.mark.parametrize("lines", [1, 20])
@pytest.mark.parametrize("is_member", [False, True])
def test_an_estimate_by_template_costs_no_query_more(client, lines, is_member, shop, django_assert_num_queries):
    user = make.user() if is_member else None
    cart = make.cart(*(make.only_variant(make.product()) for _ in range(lines)), user=user)
    if user:
        make.address(user)
        client.force_login(user)
    else:
        make.carry(client, cart)
    client.get(PAGE)

    with django_assert_num_queries(8 if is_member else 6):
        client.get(PAGE)


def test_a_products_page_says_from_which_price_the_first_piece_travels(client, shop):
    page = client.get(make.product().get_absolute_url()).text

    assert "Free over CN¥88.00, otherwise from CN¥6.00." in page


def test_a_heavy_product_is_promised_for_what_it_weighs(client):
    template = make.freight(
        None, make.freight_rule("浙江省", first="6.00", first_units=1000, additional_units=1000), basis="WEIGHT"
    )
    make.delivery(template=template)
    light, heavy = make.product(), make.product()
    Variant.objects.filter(product=heavy).update(weight_grams=3500)

    pages = [client.get(each.get_absolute_url()).text for each in (light, heavy)]

    assert ["From CN¥6.00, by destination and quantity." in page for page in pages] == [True, False]
    assert "From CN¥12.00, by destination and quantity." in pages[1]


def test_the_first_way_that_goes_to_the_shops_country_is_promised(client):
    abroad_only = make.freight(None, make.freight_rule("DE"), make.no_freight())
    make.delivery(code="nowhere", template=abroad_only, countries=["CN", "DE"], position=0)
    make.delivery(code="home", price=Decimal(5), position=1)

    page = client.get(make.product().get_absolute_url()).text

    assert "Free over CN¥88.00, otherwise CN¥5.00." in page


def test_without_a_template_the_promise_is_as_before(client):
    make.delivery()
    DeliveryMethod.objects.update(free_from=None)

    page = client.get(make.product().get_absolute_url()).text

    assert "<span>CN¥8.00</span>" in page
