"""Cards follow the stock of each variant, at once or by the sweep, and are left alone while they are right."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Price, PriceList, Product, ProductCard, StockLocation, StockMovement, Variant
from catalog.services import cards, stock
from catalog.services.stock import Demand, Hold
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def card(of: Product) -> ProductCard:
    return ProductCard.objects.get(product=of)


def available(of: Product) -> bool:
    return card(of).is_available


def sell_one(product: Product) -> None:
    stock.allocate(demands=[Demand(make.only_variant(product).pk, 1, "line-1")])


def test_the_last_unit_sold_makes_a_product_unavailable_and_a_release_brings_it_back(
    django_capture_on_commit_callbacks,
):
    product = make.product(stock=2)
    variant = make.only_variant(product)
    with django_capture_on_commit_callbacks(execute=True):
        stock.allocate(demands=[Demand(variant.pk, 1, "line-1")])
    assert available(product)

    with django_capture_on_commit_callbacks(execute=True):
        [hold] = stock.allocate(demands=[Demand(variant.pk, 1, "line-2")])

    assert not available(product)
    with django_capture_on_commit_callbacks(execute=True):
        stock.release(holds=[Hold(hold.level_id, 1, "allocation-1")])
    assert available(product)


def test_a_count_makes_a_product_available_again(django_capture_on_commit_callbacks):
    product = make.product(stock=0)
    variant = make.only_variant(product)

    with django_capture_on_commit_callbacks(execute=True):
        stock.adjust(variant=variant, location=variant.stock_levels.get().location, change=3, key="a", reason="test")

    assert available(product)


def test_other_products_keep_their_cards_when_one_sells_out(django_capture_on_commit_callbacks):
    product, other = make.product(stock=1), make.product(stock=1)
    Product.objects.filter(pk=other.pk).update(title_en="Not refreshed")  # type: ignore[misc]  # made by modeltranslation

    with django_capture_on_commit_callbacks(execute=True):
        stock.allocate(demands=[Demand(make.only_variant(product).pk, 1, "line-1")])

    assert not available(product)
    assert card(other).titles != {"en": "Not refreshed"}


def test_an_uncounted_variant_keeps_a_product_available(django_capture_on_commit_callbacks):
    product = make.product(stock=1)
    make.variant(product, stock=None, colour="ink")

    with django_capture_on_commit_callbacks(execute=True):
        stock.allocate(demands=[Demand(make.only_variant(product).pk, 1, "line-1")])

    assert available(product)


def test_one_of_several_variants_that_sells_out_takes_its_price_and_its_place_in_filters_along(
    django_capture_on_commit_callbacks,
):
    product = make.product(price="20.00")
    small = make.variant(product, price="10.00", stock=1, size="s")
    assert (card(product).price, "+size=s" in card(product).combinations) == (Decimal("10.00"), True)

    with django_capture_on_commit_callbacks(execute=True):
        [hold] = stock.allocate(demands=[Demand(small.pk, 1, "line-1")])

    assert (card(product).price, "+size=s" in card(product).combinations) == (Decimal("20.00"), False)
    with django_capture_on_commit_callbacks(execute=True):
        stock.release(holds=[Hold(hold.level_id, 1, "allocation-1")])
    assert (card(product).price, "+size=s" in card(product).combinations) == (Decimal("10.00"), True)


def test_nothing_is_derived_while_availability_stays(django_assert_num_queries):
    variant = make.only_variant(make.product(stock=9))
    stock.allocate(demands=[Demand(variant.pk, 1, "line-1")])

    with django_assert_num_queries(1):
        cards.refresh_availability(variant_ids=[variant.pk])


def unlisted(_: Product) -> None:
    PriceList.objects.update(is_active=False)


def priced_later(_: Product) -> None:
    Price.objects.update(starts_at=timezone.now() + DAY)


def priced_before(_: Product) -> None:
    Price.objects.update(ends_at=timezone.now() - DAY)


def priced_by_the_dozen(_: Product) -> None:
    Price.objects.update(min_quantity=12)


def withdrawn(_: Product) -> None:
    Variant.objects.update(is_active=False)


def closed(_: Product) -> None:
    StockLocation.objects.update(is_active=False)


def uncounted(_: Product) -> None:
    Variant.objects.update(stock_policy=Variant.StockPolicy.UNCOUNTED)


@pytest.mark.parametrize(
    ("change", "is_available"),
    [
        (unlisted, False),
        (priced_later, False),
        (priced_before, False),
        (priced_by_the_dozen, False),
        (withdrawn, False),
        (closed, False),
        (uncounted, True),
        (sell_one, True),
    ],
)
def test_what_a_card_says_is_what_the_sweep_asks_for(change, is_available, django_assert_num_queries):
    product = make.product(stock=9)
    change(product)
    cards.refresh(product_ids=[product.pk], at=timezone.now())
    variant = make.only_variant(product)

    with django_assert_num_queries(1):
        cards.refresh_availability(variant_ids=[variant.pk])

    assert available(product) is is_available


def test_a_sweep_that_finds_every_card_right_leaves_kept_pages_alone(django_capture_on_commit_callbacks):
    product = make.product(stock=9)
    unlisted(product)

    with django_capture_on_commit_callbacks(execute=True) as first:
        cards.refresh_due(at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True) as second:
        cards.refresh_due(at=timezone.now())

    assert (len(first), second) == (1, [])


def test_cards_that_are_right_are_not_written_again():
    right, wrong = make.product(), make.product()
    Product.objects.filter(pk=wrong.pk).update(title_en="Kettle")  # type: ignore[misc]  # made by modeltranslation

    with CaptureQueriesContext(connection) as queries:
        cards.refresh(product_ids=[right.pk, wrong.pk], at=NOW)

    [written] = [query["sql"] for query in queries if query["sql"].startswith("INSERT")]
    assert ("Kettle" in written, right.slug in written) == (True, False)


def test_a_card_that_cannot_be_written_is_no_harm_to_the_order_and_to_what_waits_behind_it(
    django_capture_on_commit_callbacks,
):
    product = make.product(stock=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE catalog_productcard ADD CONSTRAINT broken CHECK (is_available)")
    done: list[str] = []

    with django_capture_on_commit_callbacks(execute=True):
        stock.allocate(demands=[Demand(make.only_variant(product).pk, 1, "line-1")])
        transaction.on_commit(partial(done.append, "behind"))

    assert done == ["behind"]
    assert make.only_variant(product).stock_levels.get().allocated == 1
    assert available(product)


def test_the_sweep_finds_a_change_of_stock_whose_wake_up_was_lost():
    product = make.product(stock=1)
    stock.allocate(demands=[Demand(make.only_variant(product).pk, 1, "line-1")])
    assert available(product)

    cards.refresh_due(at=timezone.now())

    assert not available(product)


def test_the_sweep_leaves_older_changes_alone(django_assert_num_queries):
    make.product(stock=1)
    later = StockMovement.objects.latest("created_at").created_at + cards.RECENT + timedelta(seconds=1)

    with django_assert_num_queries(3):
        cards.refresh_due(at=later)
