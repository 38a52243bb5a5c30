"""The product page: which variant it shows, and who may see it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Merchant
from accounts.selectors import default_merchant
from catalog.models import Product, Variant
from catalog.services import cards, prices, products
from tests import make
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def teapot():
    """A teapot in three colours; chalk is sold out, moss is not offered."""
    kind = make.product_type(make.attribute("colour", "ink", "chalk", "moss", "sand"), make.attribute("size", "s", "m"))
    made = products.create(
        merchant=default_merchant(),
        product_type=kind,
        category=make.category("Pots"),
        titles={"en": "Teapot"},
        description="Holds <b>tea</b>",
        status=Product.Status.PUBLISHED,
        publish_at=NOW - timedelta(days=1),
    )
    make.variant(made, price="12.00", colour="chalk", size="s", stock=0)
    make.variant(made, price="14.00", colour="ink", size="s", stock=3)
    make.variant(made, price="16.00", colour="ink", size="m", stock=None)
    make.variant(made, price="1.00", colour="moss", size="s")
    Variant.objects.filter(options__colour="moss").update(is_active=False)
    return made


def page(client, product, **query):
    response = client.get(product.get_absolute_url(), query)
    assert response.status_code == 200
    return response


def words(response):
    """Return the page's text without its tags."""
    return re.sub(r"<[^>]+>", "", response.text)


def chosen(response):
    return response.context["page"].chosen.variant.options


def test_without_a_choice_the_first_variant_that_can_be_bought_is_shown(client, teapot):
    response = page(client, teapot)

    assert chosen(response) == {"colour": "ink", "size": "s"}
    assert "CN¥14.00" in words(response)
    assert "Only 3 left" in response.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"colour": "ink", "size": "m"}, {"colour": "ink", "size": "m"}),
        ({"size": "m"}, {"colour": "ink", "size": "m"}),
        ({"colour": "chalk"}, {"colour": "chalk", "size": "s"}),
        ({"colour": "chalk", "size": "m"}, {"colour": "ink", "size": "m"}),
        ({"colour": "moss"}, {"colour": "ink", "size": "s"}),
        ({"colour": "\x00", "size": "' OR 1=1"}, {"colour": "ink", "size": "s"}),
        ({"colour": "ink" * 5000}, {"colour": "ink", "size": "s"}),
        ({"title": "Teapot", "pk": "1"}, {"colour": "ink", "size": "s"}),
        ({"sku": "none of ours"}, {"colour": "ink", "size": "s"}),
        ({"sku": "\x00"}, {"colour": "ink", "size": "s"}),
    ],
)
def test_options_in_the_address_choose_the_nearest_variant(client, teapot, query, expected):
    assert chosen(page(client, teapot, **query)) == expected


def test_a_sku_in_the_address_chooses_its_variant_before_any_option(client, teapot):
    wanted = Variant.objects.get(product=teapot, options__size="m")

    assert chosen(page(client, teapot, sku=wanted.sku, size="s", colour="chalk")) == wanted.options


def test_a_sku_that_is_not_offered_or_another_products_is_not_shown(client, teapot):
    moss = Variant.objects.get(options__colour="moss")
    other = make.only_variant(make.product(price="77.00"))

    for sku in (moss.sku, other.sku):
        response = page(client, teapot, sku=sku)

        assert chosen(response) == {"colour": "ink", "size": "s"}
        assert "77.00" not in response.text


def test_pills_are_only_what_is_offered_and_say_what_is_sold_out(client, teapot):
    groups = {group.code: group for group in page(client, teapot).context["page"].options}

    assert [(value.code, value.is_chosen, value.is_available) for value in groups["colour"].values] == [
        ("ink", True, True),
        ("chalk", False, False),
    ]
    assert [value.code for value in groups["size"].values] == ["s", "m"]
    assert groups["colour"].chosen_label == "Ink"


def test_a_sold_out_variant_cannot_be_put_into_the_cart(client, teapot):
    response = page(client, teapot, colour="chalk", size="s")

    assert "This combination is sold out. Please choose another one." in response.text
    assert 'name="quantity"' not in response.text
    assert "Buy now" not in response.text


def test_a_product_without_stock_says_so_and_sells_nothing(client):
    response = page(client, make.product(stock=0))

    assert "This product is sold out at the moment." in response.text
    assert "Buy now" not in response.text


def test_delivery_is_promised_only_for_what_can_be_bought(client):
    make.delivery()

    kept, gone = (page(client, make.product(stock=stock)) for stock in (3, 0))

    assert "Delivered" in kept.text
    assert "Delivered" not in gone.text


def test_the_bar_of_a_phone_sells_only_what_the_chosen_variant_has(client, teapot):
    sold, out = (page(client, teapot, colour=colour).text for colour in ("ink", "chalk"))

    assert '<div class="buybar" id="buybar">' in sold
    assert '<div class="buybar" id="buybar" hidden>' in out
    assert 'form="buy"' not in out


def test_a_product_without_a_price_or_without_variants_is_not_for_sale(client):
    bare = make.product("Bare")
    Variant.objects.filter(product=bare).update(is_active=False)

    for product in (make.product(price=None), bare):
        response = page(client, product)

        assert "Not for sale" in response.text
        assert "Buy now" not in response.text


def test_a_reduced_price_is_shown_beside_the_regular_one(client):
    product = make.product(price="20.00")
    prices.set_sale(variant=make.only_variant(product), amount=Decimal(15), currency="CNY")

    response = page(client, product)

    assert "Sale price CN¥15.00Regular price CN¥20.00" in words(response)
    assert "Save CN¥5.00" in response.text
    assert "−25%" in response.text


def test_texts_of_a_product_are_escaped(client, teapot):
    Product.objects.filter(pk=teapot.pk).update(title_en="</title><script>x</script>")  # type: ignore[misc]  # made by modeltranslation

    response = page(client, teapot)

    assert "<script>x" not in response.text
    assert "<b>tea" not in response.text
    assert "Holds &lt;b&gt;tea&lt;/b&gt;" in response.text


HIDDEN = [
    {"status": Product.Status.DRAFT},
    {"status": Product.Status.ARCHIVED},
    {"publish_at": NOW + timedelta(seconds=1)},
    {"unpublish_at": NOW},
]


@pytest.mark.parametrize("columns", HIDDEN)
def test_a_product_that_is_not_published_is_404_and_shows_others_instead(client, teapot, columns):
    similar = make.product("Kettle", category=teapot.category)
    Product.objects.filter(pk=teapot.pk).update(**columns)
    cards.refresh(product_ids=[teapot.pk], at=NOW)

    response = client.get(teapot.get_absolute_url())

    assert response.status_code == 404
    assert "This product is no longer sold" in response.text
    assert "Teapot" not in response.text
    assert [card.pk for card in response.context["cards"]] == [similar.pk]


@pytest.mark.parametrize("slug", ["none", "teapo", "0", "9" * 300])
def test_a_product_that_never_was_is_404(client, teapot, slug):
    assert client.get(reverse("catalog:product", args=[slug])).status_code == 404


def test_a_draft_is_shown_to_its_merchant_and_to_operators_alone(client, teapot):
    Product.objects.filter(pk=teapot.pk).update(status=Product.Status.DRAFT)
    address = f"{teapot.get_absolute_url()}?preview=1"
    allowed = (make.member(teapot.merchant), make.operator())
    refused = (make.user(), make.user(is_staff=True), make.member(make.merchant()))

    assert client.get(address).status_code == 404
    for person, status in [*((each, 200) for each in allowed), *((each, 404) for each in refused)]:
        client.force_login(person)
        response = client.get(address)

        assert response.status_code == status
        assert status == 404 or set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
        assert ("Teapot" in response.text) == (status == 200)


def test_a_member_of_a_closed_merchant_sees_no_drafts(client, teapot):
    client.force_login(make.member(teapot.merchant))
    Product.objects.filter(pk=teapot.pk).update(status=Product.Status.DRAFT)
    Merchant.objects.filter(pk=teapot.merchant_id).update(is_active=False)

    assert client.get(f"{teapot.get_absolute_url()}?preview=1").status_code == 404


def test_a_preview_is_never_kept_for_others(client, teapot):
    client.force_login(make.operator())
    Product.objects.filter(pk=teapot.pk).update(status=Product.Status.DRAFT)
    client.get(f"{teapot.get_absolute_url()}?preview=1")
    client.logout()

    assert client.get(f"{teapot.get_absolute_url()}?preview=1").status_code == 404


def test_who_sells_is_told_only_once_there_are_two_merchants(client, teapot):
    alone = page(client, teapot)
    theirs = make.product(merchant=make.merchant("second-shop"))
    cache.clear()  # the answer is kept for a minute

    together = page(client, theirs)

    assert "Sold by" not in alone.text
    assert "Sold by second-shop" in together.text


@pytest.mark.parametrize(("reduced", "percent"), [("87.40", 12), ("87.01", 12), ("87.00", 13)])
def test_a_listing_and_the_products_page_promise_the_same_percent_and_never_too_much(client, reduced, percent):
    product = make.product(price="100.00")
    prices.set_sale(variant=make.only_variant(product), amount=Decimal(reduced), currency="CNY")
    cards.refresh(product_ids=[product.pk], at=NOW)

    pages = [client.get(address).text for address in ("/products/", product.get_absolute_url())]

    assert [re.findall(r"−(\d+)%", page) for page in pages] == [[str(percent)]] * 2
