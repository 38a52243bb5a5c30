"""Orders of a listing, and its pages: nothing twice, nothing left out, whatever happens between two pages."""

import base64
import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from catalog.models import Product, ProductCard
from catalog.selectors import listings
from catalog.services import cards, prices
from tests import make
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = reverse("catalog:products")
SORTS = [*listings.Sort]


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    """Let a page hold three products, through the one number that says so."""
    monkeypatch.setattr(listings, "PAGE_SIZE", 3)
    monkeypatch.setattr(listings.cards, "__kwdefaults__", (listings.cards.__kwdefaults__ or {}) | {"size": 3})


def shelf(count, **fields):
    """Return products with equal prices and sales, made in one moment: only the last column tells them apart."""
    category, kind = make.category(), make.product_type()
    return [make.product(category=category, product_type=kind, **fields) for _ in range(count)]


def shown(response):
    return [card.pk for card in response.context["cards"]]


def next_address(response):
    found = f"?page={response.context['next_page']}&after={response.context['next_cursor']}"
    return found if response.context["next_page"] else ""


def walk(client, sort, *, between=None):
    """Return the ids of all pages as one who follows "load more" sees them."""
    pages, address = [], f"{PAGE}?sort={sort}"
    while address:
        response = client.get(address)
        pages.append(shown(response))
        if between:
            between(len(pages))
        more = next_address(response)
        address = f"{PAGE}{more}&sort={sort}" if more else ""
    return pages


@pytest.mark.parametrize("sort", SORTS)
def test_ties_are_broken_the_same_way_every_time(client, sort):
    products = shelf(8)

    newest_first = [product.pk for product in reversed(products)]

    assert walk(client, sort) == [newest_first[:3], newest_first[3:6], newest_first[6:]]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("relevance", ["b", "c", "a", "gone"]),
        ("best-selling", ["b", "c", "a", "gone"]),
        ("newest", ["c", "a", "b", "gone"]),
        ("price-up", ["a", "b", "c", "gone"]),
        ("price-down", ["c", "b", "a", "gone"]),
    ],
)
def test_each_order_puts_first_what_it_says_and_the_sold_out_last(client, sort, expected):
    for title, price, sold, days, stock in (
        ("a", "1.00", 0, 2, 5),
        ("b", "2.00", 9, 3, 5),
        ("c", "3.00", 4, 1, 5),
        ("gone", "2.50", 5, 2, 0),
    ):
        product = make.product(title, price=price, sold_before=sold, stock=stock)
        Product.objects.filter(pk=product.pk).update(publish_at=NOW - timedelta(days=days))
        cards.refresh(product_ids=[product.pk], at=NOW)

    titles = [title for page in walk(client, sort) for title in names(page)]

    assert titles == expected


@pytest.mark.parametrize("sort", ["price-up", "price-down"])
def test_prices_in_another_currency_come_after_those_in_the_shops(client, sort):
    euro, yuan = make.product(price=None), make.product(price="100.00")
    prices.set_base(variant=make.only_variant(euro), amount=Decimal(15), currency="EUR")
    cards.refresh(product_ids=[euro.pk], at=NOW)

    assert walk(client, sort) == [[yuan.pk, euro.pk]]


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_put_before_the_place_reached_moves_nothing(client, sort):
    products = shelf(7)
    seen_once = {product.pk for product in products}

    def put_a_better_one_in(page):
        if page == 1:
            better = {"price-up": "1.00", "price-down": "99.00"}.get(sort, "10.00")
            make.product(price=better, sold_before=500, at=NOW + timedelta(days=10))

    pages = walk(client, sort, between=put_a_better_one_in)

    assert [pk for page in pages for pk in page] == [product.pk for product in reversed(products)]
    assert len(seen_once) == 7


def test_by_page_number_alone_a_product_would_be_seen_twice(client):
    products = shelf(6)
    first = shown(client.get(PAGE))
    make.product(sold_before=500)

    second = shown(client.get(PAGE, {"page": 2}))

    assert set(first) & set(second) == {products[3].pk}


@pytest.mark.parametrize("sort", SORTS)
def test_a_product_that_vanishes_between_pages_leaves_no_gap(client, sort):
    products = shelf(7)
    ids = [product.pk for product in reversed(products)]

    def take_one_of_the_first_away(page):
        if page == 1:
            ProductCard.objects.filter(pk=ids[0]).update(is_published=False)

    pages = walk(client, sort, between=take_one_of_the_first_away)

    assert pages == [ids[:3], ids[3:6], ids[6:]]


def test_the_last_product_seen_may_go_without_losing_the_place(client):
    ids = [product.pk for product in reversed(shelf(6))]

    def take_the_last_one_away(page):
        if page == 1:
            ProductCard.objects.filter(pk=ids[2]).delete()

    assert walk(client, "relevance", between=take_the_last_one_away) == [ids[:3], ids[3:]]


def test_pages_can_be_gone_through_backwards_by_number(client):
    ids = [product.pk for product in reversed(shelf(7))]

    backwards = [shown(client.get(PAGE, {"page": page})) for page in (3, 2, 1)]

    assert backwards == [ids[6:], ids[3:6], ids[:3]]


def test_the_pager_leads_to_every_page_and_says_how_far_one_is(client):
    shelf(7)

    response = client.get(f"{PAGE}?page=2")

    assert "You have seen 6 of 7 products" in response.text
    assert response.context["pages"] == [1, 2, 3]
    link = response.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query) == {"page": ["3"], "after": [response.context["next_cursor"]]}


def test_a_full_last_page_offers_no_further_one(client):
    shelf(6)

    response = client.get(PAGE, {"page": 2})

    assert (response.context["next_page"], response.context["next_cursor"]) == (None, "")
    assert "Load more" not in response.text


@pytest.mark.parametrize(
    "page", ["0", "-1", "abc", "1e5", "１", "1.0", "", " 1", "51", "9" * 30, "3", "\x00", f"{1:09}{'0' * 5000}"]
)
def test_a_page_that_is_not_there_is_404(client, page):
    shelf(4)

    assert client.get(PAGE, {"page": page}).status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        ["True", "0"],
        ["True", "0", "1", "2"],
        ["maybe", "0", "1"],
        ["True", "1; DROP TABLE catalog_productcard", "1"],
        ["True", "0", "9" * 30],
        ["True", "0", 2**63],
        [True, 0, None],
        {"is_available": True},
        "True",
        7,
        None,
    ],
)
def test_a_place_that_was_made_up_is_404(client, values):
    shelf(7)
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()

    assert client.get(PAGE, {"page": 2, "after": cursor}).status_code == 404


@pytest.mark.parametrize("after", ["x", "%%%", "\x00", "ä", "W10", "é" * 200, "A" * 1001])
def test_a_place_that_cannot_be_read_is_404(client, after):
    shelf(7)

    assert client.get(PAGE, {"page": 2, "after": after}).status_code == 404


@pytest.mark.parametrize(
    "moment",
    [
        "9999-99-99 99:99:99+00:00",
        "2026-06-31 09:30:00+00:00",
        "0000-01-01 00:00:00+00:00",
        f"2026-11-21 09:30:00.{'1' * 50}+00:00",
    ],
)
def test_a_place_at_a_moment_that_never_was_is_404(client, moment):
    shelf(7)
    cursor = base64.urlsafe_b64encode(json.dumps(["True", moment, "1"]).encode()).decode()

    assert client.get(PAGE, {"page": 2, "after": cursor, "sort": "newest"}).status_code == 404


def test_a_place_that_is_too_deep_to_read_is_404(client):
    shelf(7)
    cursor = base64.urlsafe_b64encode(b"[" * 2900).decode()

    assert client.get(PAGE, {"page": 2, "after": cursor}).status_code == 404


def test_a_place_in_another_order_is_404_or_a_page(client):
    shelf(7)
    cursor = client.get(PAGE, {"sort": "price-up"}).context["next_cursor"]

    answers = {sort: client.get(PAGE, {"page": 2, "after": cursor, "sort": sort}).status_code for sort in SORTS}

    assert answers == {"relevance": 404, "best-selling": 404, "newest": 404, "price-up": 200, "price-down": 200}


def names(ids):
    titles = dict(ProductCard.objects.values_list("pk", "titles__en"))
    return [titles[pk] for pk in ids]
