"""What a variant costs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.selectors import default_merchant
from catalog.models import Price, PriceList
from catalog.selectors import prices as selector
from catalog.selectors.prices import PriceRow
from catalog.services import prices
from core.money import Money, UnsupportedCurrencyError
from tests import make
from tests.conftest import NOW

SECOND = timedelta(seconds=1)


def row(amount: str, kind: str = "BASE", **fields) -> PriceRow:
    """Return one price of variant 1, in the shop's currency unless told."""
    values: dict[str, Any] = {"variant_id": 1, "currency": "CNY", "kind": kind, "amount": Decimal(amount)}
    return PriceRow(**values | fields)


def test_the_base_price_holds_when_there_is_no_other():
    quote = selector.resolve([row("10.00")], at=NOW)

    assert quote == selector.Quote(Money(Decimal("10.00"), "CNY"), None, None)


def test_no_price_is_no_quote():
    assert selector.resolve([], at=NOW) is None


def test_a_sale_below_the_base_shows_the_base_beside_it():
    quote = selector.resolve([row("10.00"), row("7.50", "SALE")], at=NOW)

    assert quote == selector.Quote(Money(Decimal("7.50"), "CNY"), Money(Decimal("10.00"), "CNY"), None)
    assert quote.percent_off == 25


@pytest.mark.parametrize("sale", ["10.00", "12.00"])
def test_a_sale_that_is_not_lower_is_no_reduction(sale):
    quote = selector.resolve([row("10.00"), row(sale, "SALE")], at=NOW)

    assert quote == selector.Quote(Money(Decimal("10.00"), "CNY"), None, None)
    assert quote.percent_off == 0


@pytest.mark.parametrize(
    ("at", "expected"),
    [(NOW - SECOND, "10.00"), (NOW, "7.50"), (NOW + 9 * SECOND, "7.50"), (NOW + 10 * SECOND, "10.00")],
    ids=["a second before", "at its start", "in its last second", "at its end"],
)
def test_a_window_holds_from_its_first_second_until_its_end(at, expected):
    rows = [row("10.00"), row("7.50", "SALE", starts_at=NOW, ends_at=NOW + 10 * SECOND)]

    quote = selector.resolve(rows, at=at)
    assert quote is not None
    assert quote.price == Money(Decimal(expected), "CNY")


@pytest.mark.parametrize(
    ("at", "expected"),
    [(NOW - SECOND, NOW), (NOW, NOW + 10 * SECOND), (NOW + 10 * SECOND, None)],
    ids=["before", "during", "after"],
)
def test_a_quote_says_until_when_it_holds(at, expected):
    rows = [row("10.00"), row("7.50", "SALE", starts_at=NOW, ends_at=NOW + 10 * SECOND)]

    quote = selector.resolve(rows, at=at)
    assert quote is not None
    assert quote.valid_until == expected


@pytest.mark.parametrize(("quantity", "expected"), [(1, "10.00"), (9, "10.00"), (10, "9.00"), (99, "9.00"), (100, "8")])
def test_a_ladder_gives_the_lowest_price_of_the_quantity(quantity, expected):
    rows = [row("10.00"), row("9.00", min_quantity=10), row("8", min_quantity=100)]

    quote = selector.resolve(rows, at=NOW, quantity=quantity)

    assert quote is not None
    assert quote.price == Money(Decimal(expected), "CNY")


def test_a_ladder_shows_the_price_of_one_as_the_regular_price():
    quote = selector.resolve([row("10.00"), row("9.00", min_quantity=10)], at=NOW, quantity=10)

    assert quote is not None
    assert quote.regular == Money(Decimal("10.00"), "CNY")


def test_the_shops_currency_counts_even_when_another_is_lower():
    rows = [row("10.00"), row("1.00", currency="USD"), row("0.50", "SALE", currency="USD")]

    assert selector.resolve(rows, at=NOW) == selector.Quote(Money(Decimal("10.00"), "CNY"), None, None)


def test_another_currency_counts_where_there_is_none_in_the_shops():
    rows = [row("3.00", currency="USD"), row("2.00", "SALE", currency="USD"), row("1.00", currency="EUR")]

    assert selector.resolve(rows, at=NOW) == selector.Quote(Money(Decimal("1.00"), "EUR"), None, None)


def test_a_price_planned_in_the_shops_currency_does_not_hide_todays_in_another():
    later = NOW + timedelta(days=30)

    quote = selector.resolve([row("9.00", currency="EUR"), row("70.00", starts_at=later)], at=NOW)

    assert quote == selector.Quote(Money(Decimal("9.00"), "EUR"), None, later)


def test_a_price_that_starts_later_alone_is_no_quote_yet():
    assert selector.resolve([row("10.00", starts_at=NOW + SECOND)], at=NOW) is None


@pytest.mark.django_db
def test_quotes_leave_out_variants_without_a_price():
    priced, unpriced = make.only_variant(make.product()), make.only_variant(make.product(price=None))

    found = selector.quotes(variant_ids=[priced.pk, unpriced.pk], at=NOW)

    assert found == {priced.pk: selector.Quote(Money(Decimal("10.00"), "CNY"))}


@pytest.mark.django_db
def test_quotes_in_one_currency_leave_out_the_others():
    variant = make.only_variant(make.product(price="10.00"))
    prices.set_base(variant=variant, amount=Decimal("2.00"), currency="USD")

    assert selector.quotes(variant_ids=[variant.pk], at=NOW, currency="USD")[variant.pk].price == Money(
        Decimal("2.00"), "USD"
    )
    assert selector.quotes(variant_ids=[variant.pk], at=NOW, currency="EUR") == {}


@pytest.mark.django_db
def test_quotes_ask_for_the_quantity_of_each_variant():
    variant, other = make.only_variant(make.product()), make.only_variant(make.product())
    base = PriceList.objects.get(kind="BASE")
    for each in (variant, other):
        Price.objects.create(price_list=base, variant=each, amount=Decimal(6), min_quantity=5)

    found = selector.quotes(variant_ids=[variant.pk, other.pk], at=NOW, quantities={variant.pk: 5})

    assert {key: quote.price.amount for key, quote in found.items()} == {variant.pk: 6, other.pk: 10}


@pytest.mark.django_db
def test_a_list_that_is_switched_off_counts_nowhere():
    variant = make.only_variant(make.product(price="10.00"))
    prices.set_sale(variant=variant, amount=Decimal("8.00"), currency="CNY")
    PriceList.objects.filter(kind="SALE").update(is_active=False)

    assert selector.quotes(variant_ids=[variant.pk], at=NOW)[variant.pk].price.amount == Decimal("10.00")


@pytest.mark.django_db
@pytest.mark.parametrize("variants", [1, 20])
def test_quotes_cost_one_query(variants, django_assert_num_queries):
    ids = [make.only_variant(make.product()).pk for _ in range(variants)]

    with django_assert_num_queries(1):
        selector.quotes(variant_ids=ids, at=NOW)


@pytest.mark.django_db
def test_a_base_price_set_again_is_changed_in_place():
    variant = make.only_variant(make.product(price="10.00"))

    prices.set_base(variant=variant, amount=Decimal("11.00"), currency="CNY")

    assert [price.amount for price in variant.prices.all()] == [Decimal("11.00")]


@pytest.mark.django_db
def test_a_sale_replaces_the_one_before_and_none_ends_it():
    variant = make.only_variant(make.product(price="10.00"))
    prices.set_sale(variant=variant, amount=Decimal("8.00"), currency="CNY", starts_at=NOW, ends_at=NOW + SECOND)

    prices.set_sale(variant=variant, amount=Decimal("7.00"), currency="CNY", ends_at=NOW + 2 * SECOND)

    sale = variant.prices.get(price_list__kind="SALE")
    assert (sale.amount, sale.starts_at, sale.ends_at) == (Decimal("7.00"), None, NOW + 2 * SECOND)

    prices.set_sale(variant=variant, amount=None, currency="CNY")

    assert [price.amount for price in variant.prices.all()] == [Decimal("10.00")]


@pytest.mark.django_db
def test_clearing_takes_the_prices_of_one_currency():
    variant = make.only_variant(make.product(price="10.00"))
    prices.set_sale(variant=variant, amount=Decimal("8.00"), currency="CNY")
    prices.set_base(variant=variant, amount=Decimal("2.00"), currency="USD")

    prices.clear(variant=variant, currency="CNY")

    assert [price.price_list.currency for price in variant.prices.all()] == ["USD"]


@pytest.mark.django_db
@pytest.mark.parametrize("currency", ["KWD", "cny", "¥", ""])
def test_a_currency_the_columns_cannot_hold_is_refused(currency):
    variant = make.only_variant(make.product())

    with pytest.raises(UnsupportedCurrencyError):
        prices.set_base(variant=variant, amount=Decimal(1), currency=currency)

    assert list(PriceList.objects.values_list("currency", flat=True)) == ["CNY"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("catalog_price_amount_not_negative", {"amount": Decimal("-0.01")}),
        ("catalog_price_from_one", {"min_quantity": 0}),
        ("catalog_price_window_forward", {"starts_at": NOW, "ends_at": NOW}),
        ("catalog_price_unique", {}),
    ],
)
def test_the_database_refuses_a_price_that_makes_no_sense(constraint, fields):
    variant = make.only_variant(make.product(price="10.00"))
    base = prices.base_list(default_merchant(), "CNY")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Price.objects.create(**{"price_list": base, "variant": variant, "amount": Decimal(1)} | fields)

    assert [price.amount for price in variant.prices.all()] == [Decimal("10.00")]


@pytest.mark.django_db
def test_a_merchant_has_one_base_list_for_each_currency():
    prices.base_list(default_merchant(), "CNY")

    with pytest.raises(IntegrityError, match="one_base_and_sale"), transaction.atomic():
        PriceList.objects.create(merchant=default_merchant(), name="Another", kind="BASE", currency="CNY")

    assert PriceList.objects.count() == 1
