"""Amounts of money: exact, of one currency, rounded half up, written as readers expect."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.apps import apps
from django.db.models import DecimalField, Field, FloatField
from hypothesis import given
from hypothesis import strategies as st

from core import money
from core.money import MixedCurrenciesError, Money, UnsupportedCurrencyError

CENTS = st.integers(-(10**10), 10**10)
CURRENCIES = st.sampled_from(["CNY", "USD", "JPY"])
WEIGHTS = st.lists(
    st.one_of(st.integers(0, 10**6), st.decimals(0, 10**6, places=3, allow_nan=False)), min_size=1, max_size=12
)
# Source: ISO 4217, list one, column "minor unit", as far as it is not 2.
NO_DECIMALS = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
]  # fmt: skip
MORE_DECIMALS = ["BHD", "CLF", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "UYW"]


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def test_sums_are_exact():
    total = Money.total([yuan("0.10")] * 3, "CNY")

    assert total == yuan("0.30")
    assert total - yuan("0.30") == Money.zero("CNY")
    assert yuan("19.99") * 3 == yuan("59.97")
    assert yuan("9.99") < yuan("10.00")
    assert not Money.zero("CNY")
    assert yuan("-0.01")


def test_the_sum_of_nothing_is_nothing():
    assert Money.total([], "JPY") == Money(Decimal(0), "JPY")


@pytest.mark.parametrize(
    "act",
    [
        lambda one, other: one + other,
        lambda one, other: one - other,
        lambda one, other: one < other,
        lambda one, other: one > other,
        max,
        lambda one, other: Money.total([one, other], "CNY"),
    ],
)
def test_two_currencies_never_meet(act):
    with pytest.raises(MixedCurrenciesError):
        act(yuan("1"), Money(Decimal(1), "USD"))


def test_equal_amounts_of_two_currencies_differ():
    assert yuan("1") != Money(Decimal(1), "USD")


def test_floats_have_no_place_here():
    with pytest.raises(TypeError):
        yuan("1") * 1.5  # type: ignore[operator]  # that is the point


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "CNY", "0.01"),
        ("0.015", "CNY", "0.02"),
        ("2.665", "CNY", "2.67"),
        ("2.6649", "CNY", "2.66"),
        ("-0.005", "CNY", "-0.01"),
        ("0.5", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("2.5", "JPY", "3"),
        ("-2.5", "JPY", "-3"),
    ],
)
def test_halves_round_away_from_zero(amount, currency, rounded):
    assert Money(Decimal(amount), currency).rounded() == Money(Decimal(rounded), currency)


@given(CENTS, CURRENCIES, WEIGHTS)
def test_shares_add_up_and_each_is_within_a_unit_of_its_exact_part(cents, currency, weights):
    step = money.unit(currency)
    amount = Money(cents * step, currency)

    shares = amount.split(weights)

    assert Money.total(shares, currency) == amount
    assert all(share == share.rounded() for share in shares)
    whole = sum(map(Fraction, weights))
    if whole:
        exact = [Fraction(amount.amount) * Fraction(weight) / whole for weight in weights]
        distances = [abs(Fraction(share.amount) - part) for share, part in zip(shares, exact, strict=True)]
        assert max(distances) < Fraction(step)


@given(CENTS, WEIGHTS)
def test_a_negative_amount_is_split_like_the_positive_one(cents, weights):
    amount = Money(Decimal(cents).scaleb(-2), "CNY")

    assert [share * -1 for share in amount.split(weights)] == (amount * -1).split(weights)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        ("1.00", [1, 1, 1], ["0.34", "0.33", "0.33"]),
        ("-1.00", [1, 1, 1], ["-0.34", "-0.33", "-0.33"]),
        ("0.01", [1, 2], ["0.00", "0.01"]),
        ("0.02", [4, 1, 1], ["0.02", "0", "0"]),
        ("1.00", [1, 4, 10], ["0.07", "0.27", "0.66"]),
        ("1.00", [1, 1, 4], ["0.17", "0.17", "0.66"]),
        ("10.00", [0, 3, 0], ["0", "10.00", "0"]),
        ("5.00", [0, 0], ["5.00", "0"]),
        ("0.00", [1, 2, 3], ["0", "0", "0"]),
    ],
)
def test_the_largest_remainder_gets_the_unit_and_the_earlier_one_of_equals(amount, weights, shares):
    assert yuan(amount).split(weights) == [yuan(share) for share in shares]


@pytest.mark.parametrize("weights", [[], [1, -1], [Decimal("-0.1")]])
def test_weights_that_make_no_sense_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        yuan("1").split(weights)


def test_an_amount_finer_than_its_currency_is_not_split():
    with pytest.raises(ValueError, match=r"0\.005"):
        yuan("0.005").split([1, 1])


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        ("268", "CNY", "CN¥268.00", "¥268.00"),
        ("1234567.8", "CNY", "CN¥1,234,567.80", "¥1,234,567.80"),
        ("19.99", "USD", "$19.99", "US$19.99"),
        ("1980", "JPY", "¥1,980", "JP¥1,980"),
        ("-8.5", "CNY", "−CN¥8.50", "−¥8.50"),
        ("0", "CNY", "CN¥0.00", "¥0.00"),
        ("2.665", "CNY", "CN¥2.67", "¥2.67"),
        ("12.5", "JPY", "¥13", "JP¥13"),
        ("-0.004", "CNY", "CN¥0.00", "¥0.00"),
    ],
)
def test_amounts_are_written_for_english_and_chinese_readers(amount, currency, english, chinese):
    value = Money(Decimal(amount), currency)

    assert str(money.written(value, "en")) == english
    assert str(money.written(value, "zh-hans")) == chinese


def test_the_parts_of_a_price_can_be_styled_one_by_one():
    parts = money.written(yuan("1268.5"), "en")

    assert (parts.symbol, parts.whole, parts.decimals) == ("CN¥", "1,268", ".50")
    assert money.written(Money(Decimal(1268), "JPY"), "en").decimals == ""


@pytest.mark.parametrize(("language", "name"), [("en", "CN¥"), ("zh-hans", "元")])
def test_a_field_names_its_unit(language, name):
    assert money.unit_name("CNY", language) == name


@pytest.mark.parametrize("currency", NO_DECIMALS)
def test_currencies_without_decimals(currency):
    assert money.digits(currency) == 0
    assert money.unit(currency) == 1


@pytest.mark.parametrize("currency", [*MORE_DECIMALS, "", "cny", "CNYX", "C¥Y", "人民币"])
def test_currencies_the_columns_cannot_hold_are_refused(currency):
    with pytest.raises(UnsupportedCurrencyError):
        money.digits(currency)
    with pytest.raises(UnsupportedCurrencyError):
        Money(Decimal(1), currency).rounded()


def test_no_column_of_the_shop_is_a_float():
    columns = [field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, Field)]
    floats = [str(field) for field in columns if isinstance(field, FloatField)]
    amounts = [field for field in columns if isinstance(field, DecimalField)]

    assert floats == []
    assert len(amounts) > 20
