"""What was read before somebody else's change is never written after it: neither on cards nor by an import."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from catalog.models import Product, ProductCard
from catalog.services import cards, prices, products
from tests import crowd, make
from tests.catalog import files
from tests.conftest import NOW
from tests.crowd import at_once

READING_PRICES = "FROM catalog_price price"
READING_PRODUCTS = 'FROM "catalog_variant" INNER JOIN "catalog_product"'
NO_KEY_LOCK = r" FOR NO KEY UPDATE\b.*$"
with_and_without_the_lock = pytest.mark.parametrize("is_locked", [True, False], ids=["lock", "control"])


@with_and_without_the_lock
def test_a_card_is_not_overwritten_with_a_price_that_was_read_before_it_changed(is_locked):
    product = make.product(price="10.00")
    Product.objects.update(sold=7)
    refresh = partial(cards.refresh, product_ids=[product.pk], at=NOW)

    overtake(refresh, partial(_reprice, product), after=READING_PRICES, is_locked=is_locked)

    assert ProductCard.objects.get().price == (Decimal("20.00") if is_locked else Decimal("10.00"))


@with_and_without_the_lock
def test_an_import_does_not_undo_what_the_office_writes_meanwhile(tmp_path, is_locked):
    files.load(files.write(tmp_path, files.row(1)))
    load = partial(files.load, files.write(tmp_path, files.row(1, price=30, description=None)))

    overtake(load, _describe, after=READING_PRODUCTS, is_locked=is_locked)

    product = Product.objects.get()
    assert product.description == ("Written in the office." if is_locked else "Boils water.")
    assert ProductCard.objects.get().price == Decimal("30.00")


def overtake(slow: Callable[[], object], fast: Callable[[], object], *, after: str, is_locked: bool) -> None:
    """Do the slow act and, once it has read what `after` is in, the fast one.

    The slow act goes on when the fast one is done, or after a moment when a lock makes that one wait.
    """
    has_read, is_done = Event(), Event()

    def pause(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        answer = run(sql if is_locked else re.sub(NO_KEY_LOCK, "", sql), *rest)
        if after in sql and not has_read.is_set():
            has_read.set()
            is_done.wait(crowd.APART_SECONDS if is_locked else crowd.PATIENCE_SECONDS)
        return answer

    def do_slowly() -> None:
        with connection.execute_wrapper(pause):
            slow()

    def do_fast() -> None:
        assert has_read.wait(crowd.PATIENCE_SECONDS)
        fast()
        is_done.set()

    at_once(do_slowly, do_fast)


@transaction.atomic
def _reprice(product: Product) -> None:
    prices.set_base(variant=make.only_variant(product), amount=Decimal("20.00"), currency="CNY")
    products.changed(product=product, at=NOW)


def _describe() -> None:
    Product.objects.update(description_en="Written in the office.")  # type: ignore[misc]  # made by modeltranslation
