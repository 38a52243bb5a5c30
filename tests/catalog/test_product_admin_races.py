"""A product's page saved while something else happens to the product at the same moment."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product, StockLevel, Variant
from catalog.services import products, stock
from tests import make
from tests.catalog import office
from tests.conftest import NOW
from tests.crowd import while_held

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def page():
    """Return a browser with a product's page open, its address and its fields."""
    client = Client()
    client.force_login(make.operator())
    address = reverse("admin:catalog_product_change", args=[make.product("Teapot").pk])
    return client, address, office.fields(client.get(address))


def save(page, title, **changes):
    client, address, fields = page
    return client.post(address, fields | {"title_en": title} | changes).status_code


def test_of_two_who_save_at_the_same_moment_the_second_is_told(page):
    answer = while_held(
        Product.objects.all(),
        lambda: save(page, "Jug"),
        lambda: products.changed(product=Product.objects.get(), at=NOW),
    )

    assert answer == 200
    assert Product.objects.get().title == "Teapot"


def test_units_sold_while_the_page_is_saved_are_counted(page):
    pk = Product.objects.get().pk

    answer = while_held(
        Product.objects.all(),
        lambda: save(page, "Jug"),
        lambda: products.count_sales(quantities={pk: 3}, at=NOW),
    )

    found = Product.objects.get()
    assert answer == 302
    assert (found.title, found.sold) == ("Jug", 3)


def test_stock_that_is_ordered_between_the_check_and_the_save_is_told(page):
    variant = Variant.objects.get()
    demand = stock.Demand(variant.pk, 8, "order")

    answer = while_held(
        Variant.objects.all(),
        lambda: save(page, "Jug", **{"variants-0-stock": "5", "variants-0-price": "3.00"}),
        lambda: stock.allocate(demands=[demand]),
    )

    client, address, _ = page
    assert answer == 303
    assert "Nothing was saved: orders hold 8 units by now" in client.get(address).text
    assert Product.objects.get().title == "Teapot"
    assert [str(price.amount) for price in variant.prices.all()] == ["10.00"]
    assert StockLevel.objects.values_list("on_hand", "allocated").get() == (10, 8)


def test_a_whole_row_written_back_would_lose_the_sales():
    product = make.product("Teapot")
    products.count_sales(quantities={product.pk: 3}, at=NOW)

    product.save()

    assert Product.objects.get().sold == 0
