"""A product's page saved while something else happens to the product at the same moment."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from catalog.services import products
from tests import make
from tests.catalog import office
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PATIENCE_SECONDS = 20


@pytest.fixture
def page():
    """Return a browser with a product's page open, its address and its fields."""
    client = Client()
    client.force_login(make.operator())
    address = reverse("admin:catalog_product_change", args=[make.product("Teapot").pk])
    return client, address, office.fields(client.get(address))


def save(page, title):
    client, address, fields = page
    return client.post(address, fields | {"title_en": title}).status_code


def while_held(act, meanwhile):
    """Hold the product's row, start the act, do something else once the act waits, and let it go on."""
    answers = []

    def run():
        try:
            answers.append(act())
        finally:
            connection.close()

    waiting = threading.Thread(target=run)
    with transaction.atomic():
        Product.objects.select_for_update().get()
        waiting.start()
        wait_until_somebody_waits_for_a_lock()
        meanwhile()
    waiting.join(PATIENCE_SECONDS)
    return answers


def wait_until_somebody_waits_for_a_lock():
    pause = threading.Event()
    with connection.cursor() as cursor:
        for _ in range(PATIENCE_SECONDS * 100):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            pause.wait(0.01)
    raise AssertionError("nobody waits for a lock")


def test_of_two_who_save_at_the_same_moment_the_second_is_told(page):
    answers = while_held(lambda: save(page, "Jug"), lambda: products.changed(product=Product.objects.get(), at=NOW))

    assert answers == [200]
    assert Product.objects.get().title == "Teapot"


def test_units_sold_while_the_page_is_saved_are_counted(page):
    pk = Product.objects.get().pk

    answers = while_held(lambda: save(page, "Jug"), lambda: products.count_sales(quantities={pk: 3}, at=NOW))

    found = Product.objects.get()
    assert answers == [302]
    assert (found.title, found.sold) == ("Jug", 3)


def test_a_whole_row_written_back_would_lose_the_sales():
    product = make.product("Teapot")
    products.count_sales(quantities={product.pk: 3}, at=NOW)

    product.save()

    assert Product.objects.get().sold == 0
