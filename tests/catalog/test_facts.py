"""Values of attributes: checked, and brought to the form they are stored in."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.services import facts
from catalog.services.facts import Definition
from tests import make

CHOICES = frozenset({"ink", "chalk"})


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", "Stoneware", "Stoneware"),
        ("text", 7, "7"),
        ("text", {"en": "Stoneware", "zh-hans": ""}, {"en": "Stoneware"}),
        ("int", "42", 42),
        ("int", -1, -1),
        ("int", "4.0", 4),
        ("int", 0, 0),
        ("decimal", "1.50", "1.5"),
        ("decimal", Decimal(100), "100"),
        ("decimal", 0.1, "0.1"),
        ("decimal", "1E+3", "1000"),
        ("bool", True, True),
        ("bool", "no", False),
        ("bool", "YES", True),
        ("bool", 1, True),
        ("choice", "ink", "ink"),
        ("multi", ["ink", "chalk", "ink"], ["chalk", "ink"]),
        ("date", date(2026, 11, 21), "2026-11-21"),
        ("date", "2026-11-21", "2026-11-21"),
    ],
)
def test_a_value_that_fits_is_brought_to_the_form_it_is_stored_in(kind, value, stored):
    assert facts.clean_one(Definition("fact", kind, CHOICES), value) == stored


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", "4.5"),
        ("int", "four"),
        ("int", "NaN"),
        ("int", "Infinity"),
        ("int", "1E+999999"),
        ("decimal", "wide"),
        ("decimal", "NaN"),
        ("decimal", "-Infinity"),
        ("decimal", "1E+1000000"),
        ("decimal", "1E+99999"),
        ("decimal", "1E-99999"),
        ("bool", "perhaps"),
        ("bool", 2),
        ("choice", "green"),
        ("choice", ["ink"]),
        ("choice", {"code": "ink"}),
        ("multi", "ink"),
        ("multi", ["green"]),
        ("multi", [["ink"]]),
        ("date", "2026-13-01"),
        ("date", "tomorrow"),
        ("date", 2026),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_attribute(kind, value):
    with pytest.raises(facts.FactError) as caught:
        facts.clean_one(Definition("fact", kind, CHOICES), value)

    assert (caught.value.code, caught.value.value) == ("fact", value)


def test_blank_values_are_left_out():
    known = {code: Definition(code, "text") for code in ("none", "empty", "some")}

    assert facts.clean({"none": None, "empty": "", "some": "Stoneware", "list": []}, known) == {"some": "Stoneware"}


def test_nothing_is_not_blank():
    known = {"count": Definition("count", "int"), "boxed": Definition("boxed", "bool")}

    assert facts.clean({"count": 0, "boxed": False}, known) == {"count": 0, "boxed": False}


def test_a_value_without_its_attribute_is_kept_as_it_is():
    assert facts.clean({"old": ["anything", 1]}, {}) == {"old": ["anything", 1]}


def test_the_first_value_that_does_not_fit_refuses_them_all():
    known = {"weight": Definition("weight", "decimal"), "colour": Definition("colour", "choice", CHOICES)}

    with pytest.raises(facts.FactError, match="colour"):
        facts.clean({"weight": "1.5", "colour": "green"}, known)


def test_text_is_cut_at_its_limit():
    long = "x" * (facts.TEXT_LIMIT + 1)

    assert facts.clean_one(Definition("text", "text"), long) == long[:-1]
    assert facts.clean_one(Definition("text", "text"), {"en": long}) == {"en": long[:-1]}


@pytest.mark.django_db
def test_definitions_carry_the_choices():
    colour, weight = make.attribute("colour", "ink", "chalk"), make.attribute("weight", kind="decimal")

    found = facts.definitions([colour, weight])

    assert found == {
        "colour": Definition("colour", "choice", frozenset({"ink", "chalk"})),
        "weight": Definition("weight", "decimal"),
    }
