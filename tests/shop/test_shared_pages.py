"""Pages that everybody shares: nothing personal is ever in them, and none of them grows old."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.services import cards, prices
from core import shared
from tests import make
from tests.conftest import NOW

VISITS = ["/", "/products/", "/zh-hans/products/"]


@pytest.fixture
def product(transactional_db, django_db_serialized_rollback):
    """A product that is on every listing; really committed, as pages are told on commit."""
    return make.product("Teapot", price="30.00")


def body(client: Client, path: str, **headers: str) -> bytes:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content


def is_kept_nowhere(response) -> bool:
    return set(response["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize("path", VISITS)
def test_the_second_visitor_costs_no_query(product, path, django_assert_num_queries):
    first = body(Client(), path)

    with django_assert_num_queries(0):
        second = body(Client(), path)

    assert second == first


@pytest.mark.parametrize("path", VISITS)
def test_a_kept_page_says_nothing_of_the_visitor_it_was_made_for(product, path):
    shopper, variant = Client(), make.only_variant(product)
    user = make.user("rosalind", name="Rosalind Secret")
    shopper.force_login(user)
    make.carry(shopper, make.cart(variant, quantity=7))
    shopper.cookies["cart_count"] = "7"

    made_for_shopper = body(shopper, path)
    seen_by_stranger = body(Client(), path)

    assert made_for_shopper == seen_by_stranger
    for word in (b"rosalind", b"Secret", b"csrfmiddlewaretoken", shopper.cookies["cart"].value.encode()):
        assert word.lower() not in seen_by_stranger.lower()


def test_a_visitor_with_news_gets_a_page_of_her_own_which_nobody_else_gets(product):
    stranger = body(Client(), "/products/")
    cache.clear()
    shopper = Client()
    shopper.post("/cart/items/", {"sku": make.only_variant(product).sku, "quantity": "1"})
    assert shopper.cookies["messages"].value

    own = shopper.get("/products/")

    assert own.content != stranger
    assert "ETag" not in own
    assert is_kept_nowhere(own)
    assert body(Client(), "/products/") == stranger


def test_a_page_that_is_not_kept_here_is_kept_nowhere(product, settings):
    long = Client().get("/products/", {"stock": "x" * 300})
    settings.SHARED_PAGE_SECONDS = 0
    never = Client().get("/products/")

    assert (is_kept_nowhere(long), is_kept_nowhere(never)) == (True, True)


def test_a_kept_page_is_not_given_to_a_visitor_with_news(product):
    kept = body(Client(), "/products/")
    shopper = Client()
    shopper.post("/cart/items/", {"sku": make.only_variant(product).sku, "quantity": "1"})

    assert shopper.get("/products/").content != kept


def test_a_page_that_sets_a_cookie_is_not_kept(product, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.shop.test_shared_pages.set_a_cookie"]

    response = Client().get("/products/")

    assert response.cookies["who"].value == "me"
    assert "ETag" not in response
    assert is_kept_nowhere(response)
    assert cache.get(shared.key_of(response.wsgi_request)) is None


def set_a_cookie(get_response):
    """A middleware that knows the visitor."""

    def answer(request):
        response = get_response(request)
        response.set_cookie("who", "me")
        return response

    return answer


def test_each_language_theme_and_query_is_kept_apart(product):
    dark = Client()
    dark.cookies["theme"] = "dark"

    pages = [
        body(Client(), "/products/"),
        body(Client(), "/zh-hans/products/"),
        body(dark, "/products/"),
        body(Client(), "/products/?sort=newest"),
    ]

    assert len(set(pages)) == 4
    assert [body(Client(), "/products/"), body(dark, "/products/")] == [pages[0], pages[2]]


def test_a_changed_price_is_on_the_next_page(product):
    before = body(Client(), "/products/")

    prices.set_base(variant=make.only_variant(product), amount=Decimal("31.50"), currency="CNY")
    cards.refresh(product_ids=[product.pk], at=NOW)
    after = body(Client(), "/products/")

    assert (b">30<" in before, b">31<" in after, b">31<" in before) == (True, True, False)


def test_a_browser_that_has_the_page_is_told_so(product):
    first = Client().get("/products/")

    again = Client().get("/products/", headers={"If-None-Match": first["ETag"]})
    other = Client().get("/products/", headers={"If-None-Match": '"something else"'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (other.status_code, other.content) == (200, first.content)
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_the_page_is_sent_compressed_to_those_who_can_read_it(product):
    plain = Client().get("/products/")
    small = Client().get("/products/", headers={"Accept-Encoding": "gzip, br"})

    assert small["Content-Encoding"] == "br"
    assert len(small.content) < len(plain.content) / 3
    assert (small["Vary"], plain["Vary"]) == ("Accept-Encoding", "Accept-Encoding")
    assert small["ETag"] == plain["ETag"]


def test_errors_are_not_kept(product):
    assert Client().get("/products/nothing/").status_code == 404

    made = make.product("Nothing", slug="nothing")

    assert made.slug == "nothing"
    assert Client().get("/products/nothing/").status_code == 200


def test_without_cache_the_shop_is_as_right_as_with_it(product, no_cache):
    first, second = body(Client(), "/products/"), body(Client(), "/products/")

    assert first == second
    assert b"Teapot" in first
