"""Listings as a shopper asks for them by address: what is shown, filtered, and refused."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.selectors import default_merchant
from catalog.filters import listing_filter
from catalog.models import Category, Product
from catalog.services import cards, prices, products
from tests import make
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = reverse("catalog:products")


def titles(client, **query):
    """Return the titles a listing shows, in its order."""
    response = client.get(PAGE, query)
    assert response.status_code == 200, query
    return [card.titles["en"] for card in response.context["cards"]]


def counted(response, code):
    """Return how many products each box of a group says it has."""
    return {
        value.code: value.count for group in response.context["groups"] if group.code == code for value in group.values
    }


def shelf():
    """Four products: two colours in two sizes, as variants; materials as facts."""
    kind = make.product_type(make.attribute("colour", "ink", "chalk", "moss"), make.attribute("size", "s", "m"))
    make.attribute("material", "clay", "glass", is_variant_making=False)
    made = {}
    for title, material, variants in (
        ("Cup", "clay", [("ink", "s", 5), ("chalk", "m", 5)]),
        ("Jug", "clay", [("moss", "s", 5)]),
        ("Vase", "glass", [("ink", "m", 0), ("chalk", "s", 5)]),
    ):
        made[title] = products.create(
            merchant=default_merchant(),
            product_type=kind,
            category=make.category(),
            titles={"en": title},
            attributes={"material": material},
            status=Product.Status.PUBLISHED,
            publish_at=NOW - timedelta(days=1),
        )
        for colour, size, stock in variants:
            make.variant(made[title], colour=colour, size=size, stock=stock)
    return made


def test_only_what_is_published_now_is_listed(client):
    shown = make.product("Shown")
    hidden: dict[str, dict[str, Any]] = {
        "Draft": {"status": Product.Status.DRAFT},
        "Archived": {"status": Product.Status.ARCHIVED},
        "Tomorrow": {"publish_at": NOW + timedelta(seconds=1)},
        "Yesterday": {"unpublish_at": NOW},
    }
    for title, columns in hidden.items():
        product = make.product(title)
        Product.objects.filter(pk=product.pk).update(**columns)
        cards.refresh(product_ids=[product.pk], at=NOW)

    assert titles(client) == [shown.title]


def test_values_of_one_group_widen_and_groups_narrow(client):
    shelf()

    assert set(titles(client, colour=["moss", "chalk"])) == {"Cup", "Jug", "Vase"}
    assert set(titles(client, colour=["moss", "chalk"], material="clay")) == {"Cup", "Jug"}
    assert titles(client, colour="moss", material="glass") == []


def test_options_must_meet_in_one_variant(client):
    shelf()

    assert titles(client, colour="ink", size="s") == ["Cup"]
    assert titles(client, colour="ink", size="m") == ["Vase"]
    assert set(titles(client, colour=["ink", "chalk"], size="s")) == {"Cup", "Vase"}


def test_in_stock_asks_for_the_very_variant(client):
    shelf()

    assert titles(client, colour="ink", stock="in") == ["Cup"]
    assert titles(client, colour="ink", size="m", stock="in") == []


def test_sold_out_products_are_listed_last_and_left_out_on_request(client):
    make.product("Gone", stock=0, sold_before=500)
    make.product("There")

    assert titles(client) == ["There", "Gone"]
    assert titles(client, stock="in") == ["There"]


def test_reduced_products_can_be_asked_for(client):
    reduced = make.product("Reduced", price="20.00")
    make.product("Plain")
    prices.set_sale(variant=make.only_variant(reduced), amount=Decimal(15), currency="CNY")
    cards.refresh(product_ids=[reduced.pk], at=NOW)

    assert titles(client, stock="sale") == ["Reduced"]
    assert titles(client, stock=["sale", "in"]) == ["Reduced"]


def test_price_bounds_include_their_ends(client):
    for amount in ("9.99", "10.00", "20.00", "20.01"):
        make.product(amount, price=amount)
    make.product("free of a price", price=None)

    assert titles(client, price_min="10", price_max="20", sort="price-up") == ["10.00", "20.00"]
    assert titles(client, price_min="20.01") == ["20.01"]
    assert titles(client, price_max="9.99") == ["9.99"]


def test_a_price_bound_in_the_shops_currency_finds_no_price_in_another(client):
    euro = make.product("Euro", price=None)
    prices.set_base(variant=make.only_variant(euro), amount=Decimal(15), currency="EUR")
    cards.refresh(product_ids=[euro.pk], at=NOW)
    make.product("Yuan", price="15.00")

    assert titles(client, price_min="1") == ["Yuan"]
    assert set(titles(client)) == {"Yuan", "Euro"}


@pytest.mark.parametrize("typed", ["abc", "-1", "1e400", "NaN", "Infinity", "1.234", "9" * 40, "1\x00", "½"])
def test_a_wrong_price_bound_is_told_and_filters_nothing(client, typed):
    make.product("Cup", price="5.00")

    response = client.get(PAGE, {"price_max": typed})

    assert response.status_code == 200
    assert response.context["form"].errors["price_max"]
    assert 'aria-invalid="true"' in response.text
    assert (response.context["bounds"], response.context["pick_count"]) == ({}, 0)
    assert [card.titles["en"] for card in response.context["cards"]] == ["Cup"]


def test_counts_say_what_ticking_a_further_box_would_leave(client):
    shelf()

    response = client.get(PAGE, {"colour": "chalk", "material": "clay"})

    assert counted(response, "colour") == {"chalk": 1, "ink": 1, "moss": 1}
    assert counted(response, "material") == {"clay": 1, "glass": 1}
    assert counted(response, "size") == {"s": 1, "m": 1}
    assert response.context["total"] == 1


def test_each_category_offers_its_own_brands(client):
    for category, brands in ((make.category("Pots"), "AB"), (make.category("Lamps"), "CD")):
        for name in brands:
            make.product(category=category, brand=make.brand(name))

    found = {slug: counted(client.get(reverse("catalog:category", args=[slug])), "brand") for slug in ("pots", "lamps")}

    assert found == {"pots": {"a": 1, "b": 1}, "lamps": {"c": 1, "d": 1}}


def test_a_category_lists_what_is_below_it(client):
    kitchen = make.category("Kitchen")
    pots = make.category("Pots", parent=kitchen)
    make.product("Pot", category=pots)
    make.product("Knife", category=kitchen)
    make.product("Lamp")

    found = {
        slug: {card.titles["en"] for card in client.get(reverse("catalog:category", args=[slug])).context["cards"]}
        for slug in ("kitchen", "pots")
    }

    assert found == {"kitchen": {"Pot", "Knife"}, "pots": {"Pot"}}


@pytest.mark.parametrize("slug", ["none", "hidden"])
def test_a_category_that_is_not_there_is_404(client, slug):
    make.category("Hidden")
    Category.objects.update(is_visible=False)

    assert client.get(reverse("catalog:category", args=[slug])).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "\x00"},
        {"colour": ""},
        {"colour=ink": "x"},
        {"nothing": "of ours"},
        {"stock": "out"},
        {"sort": "cheapest"},
        {"sort": ""},
        {"is_published": "false"},
        {"product__merchant": "1"},
    ],
)
def test_words_that_name_no_filter_change_nothing(client, query):
    shelf()

    assert set(titles(client, **query)) == {"Cup", "Jug", "Vase"}


@pytest.mark.parametrize("value", ["' OR 1=1 --", "%_", "ink" * 3000, "\U0001f600", "colour=ink", "INK", "１"])
@pytest.mark.parametrize("code", ["colour", "material", "brand"])
def test_a_value_that_is_none_of_a_filters_finds_nothing(client, code, value):
    shelf()

    assert titles(client, **{code: value}) == []


def test_many_values_are_cut_to_what_a_page_could_offer(client):
    shelf()
    words = [f"word-{number}" for number in range(500)]

    assert titles(client, colour=[*words, "ink"]) == []
    assert set(titles(client, colour=["ink", *words])) == {"Cup", "Vase"}


def test_options_ticked_by_the_dozen_ask_for_a_thousand_combinations_at_most(client):
    codes = ["colour", "size", "cut", "fit"]
    for code in codes:
        make.attribute(code, "a", "b")
    form = listing_filter(QueryDict("&".join(f"{code}={number}" for code in codes for number in range(30))))

    ((_, words),) = form.picks(None).conditions()

    assert len(words) == 1000
    assert client.get(PAGE, {code: ["a", "b"] for code in codes}).status_code == 200


def test_a_filter_of_a_listing_is_kept_when_it_is_sorted(client):
    shelf()

    response = client.get(PAGE, {"colour": "ink", "price_min": "5"})

    assert '<input type="hidden" name="colour" value="ink">' in response.text
    assert '<input type="hidden" name="price_min" value="5">' in response.text


def test_what_stands_in_the_address_is_escaped(client):
    response = client.get(PAGE, {"price_min": '"><script>alert(1)</script>'})

    assert "<script>alert" not in response.text
    assert "&quot;&gt;&lt;script&gt;" in response.text
