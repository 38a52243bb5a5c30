"""What pages cost in queries: the same for one row and for many, and none when they are kept."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.selectors import default_merchant
from catalog.models import Picture, ProductPicture
from catalog.services import cards
from core import shared
from tests import make
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop(request):
    """A shop with so many products, all in one category, with facts, variants and a picture each."""
    colour, size = make.attribute("colour", "ink", "chalk"), make.attribute("size", "s", "m")
    make.attribute("material", "clay", is_variant_making=False)
    kind, pots = make.product_type(colour, size), make.category("Pots", parent=make.category("Kitchen"))
    made = []
    for number in range(request.param):
        facts = {"material": "clay"}
        brand = make.brand(f"Brand {number}")
        product = make.product(f"Pot {number}", product_type=kind, category=pots, attributes=facts, brand=brand)
        make.variant(product, colour="ink", size="s")
        make.variant(product, colour="chalk", size="m")
        picture = Picture.objects.create(merchant=default_merchant(), name=f"{number:024x}", width=800, height=800)
        ProductPicture.objects.create(product=product, picture=picture)
        made.append(product.pk)
    cards.refresh(product_ids=made, at=NOW)
    make.delivery()
    return made


ADDRESSES = {
    "home": reverse("home"),
    "listing": reverse("catalog:products"),
    "category": reverse("catalog:category", args=["pots"]),
    "picked": f"{reverse('catalog:products')}?colour=ink&size=s&brand=brand-0&stock=in&price_max=99&sort=price-up",
    "product": reverse("catalog:product", args=["pot-0"]),
    "chosen": f"{reverse('catalog:product', args=['pot-0'])}?colour=chalk",
}


def cost(client, page):
    """Return how many queries a page costs now."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(ADDRESSES[page]).status_code == 200
    return len(queries)


@pytest.mark.parametrize("shop", [1, 48], indirect=True)
def test_pages_nobody_has_asked_for_cost_the_same_for_one_and_for_many(client, shop):
    other = make.product().get_absolute_url()
    found = {}
    for page in ADDRESSES:
        cache.clear()
        client.get(other)  # what all pages share is kept for a minute
        found[page] = cost(client, page)

    assert found == {"home": 4, "listing": 4, "category": 6, "picked": 5, "product": 7, "chosen": 7}


@pytest.mark.parametrize("shop", [1, 48], indirect=True)
def test_with_an_empty_cache_pages_cost_the_same_for_one_and_for_many(client, shop):
    found = {}
    for page in ADDRESSES:
        cache.clear()
        found[page] = cost(client, page)

    assert found == {"home": 7, "listing": 7, "category": 9, "picked": 8, "product": 12, "chosen": 12}


@pytest.mark.parametrize("shop", [1, 48], indirect=True)
def test_pages_that_were_outdated_cost_less_and_kept_ones_nothing(client, shop):
    for page in ADDRESSES:
        cost(client, page)
    cache.set(shared.VERSION_KEY, "later")

    outdated = {page: cost(client, page) for page in ADDRESSES}
    kept = {page: cost(client, page) for page in ADDRESSES}

    assert outdated == {"home": 4, "listing": 1, "category": 2, "picked": 2, "product": 6, "chosen": 6}
    assert kept == dict.fromkeys(ADDRESSES, 0)


@pytest.mark.parametrize("shop", [48], indirect=True)
def test_the_number_of_boxes_ticked_costs_no_query(client, shop, django_assert_num_queries):
    client.get(reverse("orders:lookup"))
    brands = "&".join(f"brand=brand-{number}" for number in range(20))

    with django_assert_num_queries(5):
        response = client.get(f"{ADDRESSES['listing']}?{brands}&material=clay&colour=ink&colour=chalk&size=s&size=m")

    assert response.context["total"] == 20


@pytest.mark.parametrize("shop", [1], indirect=True)
def test_without_kept_pages_the_shop_is_the_same(client, shop, settings):
    kept = {page: main_of(client.get(address)) for page, address in ADDRESSES.items()}
    settings.SHARED_PAGE_SECONDS = 0
    cache.clear()

    made = {page: main_of(client.get(address)) for page, address in ADDRESSES.items()}

    assert made == kept


def main_of(response):
    """Return the page without its frame, where the cart's number is."""
    return response.text.partition("<main")[2].partition("</main>")[0]
