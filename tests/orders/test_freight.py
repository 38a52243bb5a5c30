"""The price of a parcel by a freight template: a table of cases, and what holds for every parcel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import MixedCurrenciesError, Money
from orders.selectors import freight
from orders.selectors.freight import Basis, FreightQuote, Goods, Kind, NotDelivered, Part, Rule, Template

ZHEJIANG, XINJIANG, TIBET, TAIWAN = "浙江省", "新疆维吾尔自治区", "西藏自治区", "台湾省"
PIECE = Template("CNY", Basis.PIECE)
WEIGHT = Template("CNY", Basis.WEIGHT)
BY_SIZE = Template("CNY", Basis.WEIGHT, volume_divisor=6000)
GUESSED = Template("CNY", Basis.WEIGHT, volume_divisor=5000, unknown_weight_grams=1000, unknown_volume_cm3=10_000)
VOLUME = Template("CNY", Basis.VOLUME)
VOLUME_GUESSED = Template("CNY", Basis.VOLUME, unknown_volume_cm3=5000)
YEN = Template("JPY", Basis.PIECE)


def rule(*regions: str, first: str = "1 8.00", further: str = "1 2.00", **fields: Any) -> Rule:
    """Return a rule; first and further are units and their price."""
    units, price = first.split()
    more_units, more_price = further.split()
    return Rule(frozenset(regions), int(units), Decimal(price), int(more_units), Decimal(more_price), **fields)


def never(*regions: str) -> Rule:
    return Rule(frozenset(regions), is_excluded=True)


def goods(quantity: int = 1, total: str = "10.00", *, grams: int = 0, cm3: int = 0, currency: str = "CNY") -> Goods:
    return Goods(quantity, Money(Decimal(total), currency), grams, cm3 * 1000)


KILO = [rule(first="1000 8.00", further="500 1.50")]
CUBE = [rule(first="5000 12.00", further="1000 0.80")]
THREE = [rule(first="3 8.00", further="2 3.00")]
FREE = [rule(free_from_amount=Decimal(88))]
FREE_PIECES = [rule(free_from_pieces=3)]
FREE_BOTH = [rule(free_from_amount=Decimal(88), free_from_pieces=3)]
PLACES = [
    rule("浙江省", "江苏省", first="1 6.00"),
    rule("CN", first="1 9.00"),
    rule("SG", "GB", first="1 60.00", further="1 20.00"),
    never("新疆维吾尔自治区", "西藏自治区"),
    never("US"),
    rule(first="1 90.00"),
]
ONLY_NAMED = [rule("浙江省"), never()]
YEN_RULES = [rule(first="1 800", further="1 150")]
CASES = [  # name, template, rules, goods, country, province, price; None where nothing goes
    ("one piece", PIECE, [rule()], [goods()], "CN", ZHEJIANG, "8.00"),
    ("two pieces", PIECE, [rule()], [goods(2)], "CN", ZHEJIANG, "10.00"),
    ("two lines are one parcel", PIECE, [rule()], [goods(2), goods(3)], "CN", ZHEJIANG, "16.00"),
    ("below the first three", PIECE, THREE, [goods(2)], "CN", ZHEJIANG, "8.00"),
    ("exactly the first three", PIECE, THREE, [goods(3)], "CN", ZHEJIANG, "8.00"),
    ("a further two begun", PIECE, THREE, [goods(4)], "CN", ZHEJIANG, "11.00"),
    ("a further two full", PIECE, THREE, [goods(5)], "CN", ZHEJIANG, "11.00"),
    ("the next two begun", PIECE, THREE, [goods(6)], "CN", ZHEJIANG, "14.00"),
    ("many", PIECE, THREE, [goods(999)], "CN", ZHEJIANG, "1502.00"),
    ("weight and size do not count by piece", PIECE, [rule()], [goods(grams=9000, cm3=9000)], "CN", ZHEJIANG, "8.00"),
    ("a price of zero", PIECE, [rule(first="1 0", further="1 0")], [goods(9)], "CN", ZHEJIANG, "0.00"),
    ("below a kilo", WEIGHT, KILO, [goods(grams=999)], "CN", ZHEJIANG, "8.00"),
    ("a kilo", WEIGHT, KILO, [goods(grams=1000)], "CN", ZHEJIANG, "8.00"),
    ("a gram more", WEIGHT, KILO, [goods(grams=1001)], "CN", ZHEJIANG, "9.50"),
    ("a kilo and a half", WEIGHT, KILO, [goods(grams=1500)], "CN", ZHEJIANG, "9.50"),
    ("a gram more than that", WEIGHT, KILO, [goods(grams=1501)], "CN", ZHEJIANG, "11.00"),
    ("light pieces add up", WEIGHT, KILO, [goods(3, grams=500)], "CN", ZHEJIANG, "9.50"),
    ("light lines add up", WEIGHT, KILO, [goods(grams=600), goods(grams=600)], "CN", ZHEJIANG, "9.50"),
    ("nothing weighs", WEIGHT, KILO, [goods(50)], "CN", ZHEJIANG, "8.00"),
    ("one line weighs nothing", WEIGHT, KILO, [goods(50), goods(grams=1500)], "CN", ZHEJIANG, "9.50"),
    ("unknown weight is guessed", GUESSED, KILO, [goods(2, cm3=1)], "CN", ZHEJIANG, "11.00"),
    ("known beside guessed", GUESSED, KILO, [goods(grams=500, cm3=1), goods(cm3=1)], "CN", ZHEJIANG, "9.50"),
    ("unknown size is guessed", GUESSED, KILO, [goods(grams=100)], "CN", ZHEJIANG, "11.00"),
    ("size does not count when only weighed", WEIGHT, KILO, [goods(grams=100, cm3=90_000)], "CN", ZHEJIANG, "8.00"),
    ("large and light", BY_SIZE, KILO, [goods(grams=100, cm3=9000)], "CN", ZHEJIANG, "9.50"),
    ("small and heavy", BY_SIZE, KILO, [goods(grams=1600, cm3=9000)], "CN", ZHEJIANG, "11.00"),
    ("as heavy as large", BY_SIZE, KILO, [goods(grams=1000, cm3=6000)], "CN", ZHEJIANG, "8.00"),
    ("begun gram by size", BY_SIZE, KILO, [goods(grams=1, cm3=6001)], "CN", ZHEJIANG, "9.50"),
    ("sums are compared", BY_SIZE, KILO, [goods(grams=900), goods(cm3=5400)], "CN", ZHEJIANG, "8.00"),
    ("exactly the first volume", VOLUME, CUBE, [goods(cm3=5000)], "CN", ZHEJIANG, "12.00"),
    ("a cubic centimetre more", VOLUME, CUBE, [goods(cm3=5001)], "CN", ZHEJIANG, "12.80"),
    ("volumes add up", VOLUME, CUBE, [goods(2, cm3=2500), goods(cm3=1000)], "CN", ZHEJIANG, "12.80"),
    ("a begun cubic centimetre", VOLUME, CUBE, [Goods(1, Money(Decimal(1), "CNY"), 0, 5_000_001)], "CN", "", "12.80"),
    ("nothing has a size", VOLUME, CUBE, [goods(7)], "CN", ZHEJIANG, "12.00"),
    ("guessed volume", VOLUME_GUESSED, CUBE, [goods(2)], "CN", ZHEJIANG, "16.00"),
    ("below the free sum", PIECE, FREE, [goods(total="87.99")], "CN", ZHEJIANG, "8.00"),
    ("exactly the free sum", PIECE, FREE, [goods(total="88.00")], "CN", ZHEJIANG, "0"),
    ("the free sum of two lines", PIECE, FREE, [goods(total="44.00"), goods(total="44.00")], "CN", ZHEJIANG, "0"),
    ("above the free sum", PIECE, FREE, [goods(total="500.00")], "CN", ZHEJIANG, "0"),
    ("below the free pieces", PIECE, FREE_PIECES, [goods(2)], "CN", ZHEJIANG, "10.00"),
    ("exactly the free pieces", PIECE, FREE_PIECES, [goods(3)], "CN", ZHEJIANG, "0"),
    ("the free pieces of two lines", PIECE, FREE_PIECES, [goods(2), goods(2)], "CN", ZHEJIANG, "0"),
    ("either makes it free: the sum", PIECE, FREE_BOTH, [goods(total="88.00")], "CN", ZHEJIANG, "0"),
    ("either makes it free: the pieces", PIECE, FREE_BOTH, [goods(3)], "CN", ZHEJIANG, "0"),
    ("neither", PIECE, FREE_BOTH, [goods(2, "87.99")], "CN", ZHEJIANG, "10.00"),
    ("pieces make weight free", WEIGHT, FREE_PIECES, [goods(3, grams=9000)], "CN", ZHEJIANG, "0"),
    ("a named province", PIECE, PLACES, [goods()], "CN", ZHEJIANG, "6.00"),
    ("another of the same rule", PIECE, PLACES, [goods()], "CN", "江苏省", "6.00"),
    ("the country's other provinces", PIECE, PLACES, [goods()], "CN", "广东省", "9.00"),
    ("the country, province not known", PIECE, PLACES, [goods()], "CN", "", "9.00"),
    ("an excluded province", PIECE, PLACES, [goods()], "CN", XINJIANG, None),
    ("the other excluded province", PIECE, PLACES, [goods()], "CN", TIBET, None),
    ("a country", PIECE, PLACES, [goods(2)], "GB", "", "80.00"),
    ("an excluded country", PIECE, PLACES, [goods()], "US", "Texas", None),
    ("everywhere else", PIECE, PLACES, [goods()], "FR", "", "90.00"),
    ("a province abroad is none", PIECE, PLACES, [goods()], "FR", ZHEJIANG, "90.00"),
    ("what a code looks like is no province", PIECE, PLACES, [goods()], "FR", "SG", "90.00"),
    ("an island as a province", PIECE, PLACES, [goods()], "CN", TAIWAN, "9.00"),
    ("only what is named: there", PIECE, ONLY_NAMED, [goods()], "CN", ZHEJIANG, "8.00"),
    ("only what is named: elsewhere", PIECE, ONLY_NAMED, [goods()], "CN", XINJIANG, None),
    ("no rule for the place", PIECE, [rule("SG")], [goods()], "CN", ZHEJIANG, None),
    ("no rule at all", PIECE, [], [goods()], "CN", ZHEJIANG, None),
    ("yen have no decimals", YEN, YEN_RULES, [goods(3, currency="JPY")], "JP", "", "1100"),
    ("half a yen is rounded up", YEN, [rule(first="1 80.50")], [goods(currency="JPY")], "JP", "", "81"),
]


@pytest.mark.parametrize(
    ("template", "rules", "lines", "country", "province", "price"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_parcel_costs(template, rules, lines, country, province, price):
    found = freight.quote(template, rules, lines, country, province)

    if price is None:
        assert isinstance(found, NotDelivered)
    else:
        assert isinstance(found, FreightQuote)
        assert found.price == Money(Decimal(price), template.currency)
        assert str(found.price.amount) == price
    assert freight.is_reached(rules, country, province) == (price is not None)


def test_the_table_has_no_case_twice():
    assert len({case[0] for case in CASES}) == len(CASES) >= 60


def test_goods_in_another_currency_are_no_sum():
    with pytest.raises(MixedCurrenciesError):
        freight.quote(PIECE, [rule()], [goods(currency="EUR")], "CN", ZHEJIANG)


def test_a_quote_explains_itself_in_the_order_in_which_one_counts():
    named = rule("浙江省", first="1000 8.00", further="500 1.50", free_from_pieces=3)

    found = freight.quote(GUESSED, [named], [goods(2, grams=200), goods(cm3=12_000)], "CN", ZHEJIANG)

    assert isinstance(found, FreightQuote)
    assert found.parts == [
        Part(Kind.WEIGHT, 1400),
        Part(Kind.BY_SIZE, 6400),
        Part(Kind.UNKNOWN_WEIGHT, 1000, 1),
        Part(Kind.UNKNOWN_VOLUME, 10_000, 2),
        Part(Kind.RULE, region="浙江省"),
        Part(Kind.FIRST, 1000, price=Money(Decimal("8.00"), "CNY")),
        Part(Kind.ADDITIONAL, 500, 11, Money(Decimal("1.50"), "CNY")),
        Part(Kind.FREE_PIECES, 3),
    ]
    assert (found.regular, found.price) == (Money(Decimal("24.50"), "CNY"), Money(Decimal(0), "CNY"))


@pytest.mark.parametrize(
    ("country", "province", "region"), [("CN", XINJIANG, XINJIANG), ("US", "", "US"), ("CN", TAIWAN, "CN")]
)
def test_what_is_not_delivered_names_the_word_of_the_rule(country, province, region):
    found = freight.quote(PIECE, [never("新疆维吾尔自治区", "US", "CN")], [goods()], country, province)

    assert found == NotDelivered(country, province, region)


AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)
UNITS = st.integers(min_value=1, max_value=5000)
BASES = st.builds(
    Template,
    currency=st.just("CNY"),
    basis=st.sampled_from(Basis),
    volume_divisor=st.sampled_from([0, 5000, 6000]),
    unknown_weight_grams=st.integers(0, 2000),
    unknown_volume_cm3=st.integers(0, 9000),
)
PRICED = st.builds(Rule, first_units=UNITS, first_price=AMOUNTS, additional_units=UNITS, additional_price=AMOUNTS)
FREED = st.builds(
    Rule,
    first_units=UNITS,
    first_price=AMOUNTS,
    additional_units=UNITS,
    additional_price=AMOUNTS,
    free_from_amount=st.none() | st.decimals(min_value="0.01", max_value=500, places=2),
    free_from_pieces=st.none() | st.integers(1, 20),
)
LINES = st.lists(
    st.builds(
        Goods,
        quantity=st.integers(1, 99),
        total=st.builds(Money, AMOUNTS, st.just("CNY")),
        weight_grams=st.integers(0, 30_000),
        volume_mm3=st.integers(0, 10**9),
    ),
    min_size=1,
    max_size=6,
)


@given(BASES, FREED, LINES)
def test_no_price_is_negative_and_the_parts_add_up_to_it(template, priced, lines):
    found = freight.quote(template, [priced], lines, "CN", ZHEJIANG)

    assert isinstance(found, FreightQuote)
    assert found.price.amount >= 0
    by_kind = {part.kind: part for part in found.parts}
    none = Part(Kind.ADDITIONAL, price=Money.zero("CNY"))
    first, further = by_kind[Kind.FIRST], by_kind.get(Kind.ADDITIONAL, none)
    assert first.price is not None
    assert further.price is not None
    total = first.price + further.price * further.steps
    assert found.regular == total.rounded()
    assert found.price in (total.rounded(), Money.zero("CNY"))
    assert first.units + further.units * further.steps >= found.units
    assert not further.steps or first.units + further.units * (further.steps - 1) < found.units


@given(BASES, PRICED, LINES, st.integers(0, 5))
def test_more_never_costs_less_unless_it_becomes_free(template, priced, lines, place):
    grown = lines[place % len(lines)]
    more = [*lines, Goods(1, Money.zero("CNY"), grown.weight_grams, grown.volume_mm3)]

    before = freight.quote(template, [priced], lines, "CN", ZHEJIANG)
    after = freight.quote(template, [priced], more, "CN", ZHEJIANG)

    assert isinstance(before, FreightQuote)
    assert isinstance(after, FreightQuote)
    assert after.price.amount >= before.price.amount
    assert after.units >= before.units


@given(BASES, FREED, LINES.flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
def test_the_order_of_lines_changes_nothing(template, priced, pair):
    lines, shuffled = pair

    found = [freight.quote(template, [priced], each, "CN", ZHEJIANG) for each in (lines, shuffled)]

    assert found[0] == found[1]


@given(BASES, FREED, LINES)
def test_two_lines_of_one_kind_cost_what_one_line_of_them_does(template, priced, lines):
    split = [
        Goods(quantity, Money(each.total.amount if quantity == 1 else Decimal(0), "CNY"), *measures)
        for each in lines
        for measures in [(each.weight_grams, each.volume_mm3)]
        for quantity in ([1, each.quantity - 1] if each.quantity > 1 else [1])
    ]

    found = [freight.quote(template, [priced], each, "CN", ZHEJIANG) for each in (lines, split)]

    assert found[0] == found[1]


@given(st.permutations(PLACES), st.sampled_from(["CN", "SG", "US", "FR"]), st.sampled_from(["", ZHEJIANG, XINJIANG]))
def test_the_order_of_rules_changes_nothing(rules, country, province):
    found = [freight.quote(PIECE, each, [goods()], country, province) for each in (PLACES, rules)]

    assert found[0] == found[1]
