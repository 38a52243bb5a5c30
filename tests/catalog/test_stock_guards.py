"""What the database refuses whoever asks: overselling, and changes to the ledger."""

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import StockLevel, StockMovement
from catalog.services import products
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("assignment", "constraint"),
    [
        ("allocated = on_hand + 1", "catalog_stocklevel_not_oversold"),
        ("allocated = -1", "catalog_stocklevel_allocated_not_negative"),
        ("on_hand = -1, allocated = -1", "catalog_stocklevel_(on_hand|allocated)_not_negative"),
        ("on_hand = 0", "catalog_stocklevel_not_oversold"),
    ],
)
def test_a_level_that_would_be_wrong_is_refused(assignment, constraint):
    make.order(make.cart(make.only_variant(make.product(stock=5)), quantity=2))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_stocklevel SET {assignment}")  # noqa: S608  our own words

    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(5, 2)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalog_stockmovement SET on_hand_change = 7",
        "UPDATE catalog_stockmovement SET reason = 'corrected'",
        "DELETE FROM catalog_stockmovement",
    ],
)
def test_the_ledger_cannot_be_changed(statement):
    make.product(stock=5)
    before = list(StockMovement.objects.values())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(StockMovement.objects.values()) == before


def test_deleting_a_product_takes_its_ledger_along_and_no_other():
    product, other = make.product(stock=5), make.product(stock=3)

    products.delete(product=product)

    assert list(StockMovement.objects.values_list("level__variant__product", "on_hand_change")) == [(other.pk, 3)]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_deleting_a_product_opens_the_ledger_for_its_own_transaction_only():
    product, other = make.product(stock=5), make.product(stock=3)
    products.delete(product=product)

    with pytest.raises(IntegrityError, match="append-only"):
        StockMovement.objects.all().delete()

    assert [row.level.variant.product_id for row in StockMovement.objects.all()] == [other.pk]


def test_a_level_with_a_ledger_cannot_be_deleted():
    make.product(stock=5)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM catalog_stocklevel")

    assert StockLevel.objects.count() == 1
