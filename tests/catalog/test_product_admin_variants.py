"""Variants on a product's page: where their stock is, where they stand, and how many there may be."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Product, StockLevel, StockLocation, Variant
from catalog.services import products, stock
from tests import make
from tests.catalog import office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def teapot(client):
    """A teapot in ink, seven on hand, its colours and sizes make variants; an operator is signed in."""
    client.force_login(make.operator())
    attributes = [make.attribute(code, "ink", "chalk", "moss") for code in ("colour", "lid", "base", "spout")]
    made = make.product("Teapot", product_type=make.product_type(*attributes), stock=7)
    Variant.objects.update(options={"colour": "ink"}, options_key="colour=ink")
    return made


def desk(product):
    return reverse("admin:catalog_product_change", args=[product.pk])


def added(row=1, **values):
    """Return the fields of a further variant."""
    wanted = {"sku": f"NEW-{row}", "price": "9.90", "stock": "2", "stock_policy": "DENY", "is_active": "on"} | values
    return {f"variants-{row}-{name}": value for name, value in wanted.items()}


def test_stock_is_shown_and_booked_at_the_first_open_location(client, teapot):
    StockLocation.objects.update(is_active=False)
    second = StockLocation.objects.create(merchant=teapot.merchant, name="New", priority=1)
    stock.open_levels(quantities={make.only_variant(teapot).pk: 2}, location=second, reason="test")

    shown = office.fields(client.get(desk(teapot)))["variants-0-stock"]
    response = office.saved(client, desk(teapot), **{"variants-0-stock": "8"})

    assert shown == ["2"]
    assert response.status_code == 302
    assert list(StockLevel.objects.order_by("pk").values_list("location__name", "on_hand")) == [("Main", 7), ("New", 8)]


def test_stock_at_another_location_does_not_make_up_for_what_orders_hold(client, teapot):
    make.order(make.cart(make.only_variant(teapot), quantity=4))
    second = StockLocation.objects.create(merchant=teapot.merchant, name="New", priority=1)
    stock.open_levels(quantities={make.only_variant(teapot).pk: 50}, location=second, reason="test")
    before = office.state()

    response = office.saved(client, desk(teapot), **{"variants-0-stock": "3"})

    assert office.errors(response) == {"stock": "Orders hold 4 units, so at least that many must stay."}
    assert office.state() == before


def test_a_new_variant_stands_behind_the_others(client, teapot):
    make.variant(teapot, colour="chalk")
    Variant.objects.filter(options__colour="chalk").update(position=5)

    response = office.saved(client, desk(teapot), **added(2, option_colour="moss"))

    assert response.status_code == 302
    assert list(Variant.objects.order_by("position").values_list("options__colour", "position")) == [
        ("ink", 0),
        ("chalk", 5),
        ("moss", 6),
    ]


def test_a_variant_that_is_changed_stays_where_it_is(client, teapot):
    make.variant(teapot, colour="chalk")

    office.saved(client, desk(teapot), **{"variants-0-ean": "1"})

    assert list(Variant.objects.order_by("pk").values_list("ean", "position")) == [("1", 0), ("", 1)]


def test_more_than_three_options_are_refused(client, teapot):
    before = office.state()

    options = {f"option_{code}": "ink" for code in ("colour", "lid", "base", "spout")}
    response = office.saved(client, desk(teapot), **added(1, **options))

    assert office.errors(response) == {"__all__": "A variant has at most 3 options."}
    assert office.state() == before


def test_more_variants_than_a_product_may_have_are_refused(client, teapot, monkeypatch):
    monkeypatch.setattr(Product, "VARIANT_LIMIT", 1)
    before = office.state()

    response = office.saved(client, desk(teapot), **added(1, option_colour="chalk"))

    assert response.status_code == 200
    assert "A product has at most 1 variants." in response.text
    assert office.state() == before


def test_at_the_limit_a_variant_takes_the_place_of_another(client, teapot, monkeypatch):
    made = products.add_variant(product=teapot, sku="OLD", options={"colour": "chalk"})
    monkeypatch.setattr(Product, "VARIANT_LIMIT", 2)

    response = office.saved(client, desk(teapot), **{"variants-1-DELETE": "on"} | added(2, option_colour="moss"))

    assert response.status_code == 302
    assert list(teapot.variants.order_by("position").values_list("options__colour", flat=True)) == ["ink", "moss"]
    assert not Variant.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize("options", [{}, dict.fromkeys("abcd", "x")], ids=["one too many", "four options"])
def test_the_service_keeps_the_limits_too(teapot, monkeypatch, options):
    monkeypatch.setattr(Product, "VARIANT_LIMIT", 500 if options else 1)
    before = office.state()

    with pytest.raises(products.TooManyOptionsError):
        products.save_variant(variant=Variant(product=teapot, sku="NEW"), options=options)

    assert office.state() == before


def test_weight_and_size_are_typed_and_taken_back(client, teapot):
    measures = {"weight_grams": "850", "length_mm": "300", "width_mm": "200", "height_mm": "100"}
    columns = Variant.objects.values_list(*measures)

    shown = [office.fields(client.get(desk(teapot))).get(f"variants-0-{name}") for name in measures]
    typed = office.saved(client, desk(teapot), **{f"variants-0-{name}": value for name, value in measures.items()})
    known = columns.get()
    office.saved(client, desk(teapot), **{"variants-0-weight_grams": ""})

    assert shown == [[""]] * 4
    assert typed.status_code == 302
    assert known == (850, 300, 200, 100)
    assert columns.get() == (0, 300, 200, 100)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("weight_grams", "-1", "Ensure this value is greater than or equal to 0."),
        ("weight_grams", "heavy", "Enter a whole number."),
        ("height_mm", "1.5", "Enter a whole number."),
    ],
)
def test_a_measure_that_is_none_is_refused(client, teapot, name, value, reason):
    before = office.state()

    response = office.saved(client, desk(teapot), **{f"variants-0-{name}": value})

    assert office.errors(response) == {name: reason}
    assert office.state() == before


@pytest.mark.parametrize(("name", "value"), [("weight_grams", 10_000_001), ("length_mm", 100_001)])
def test_the_database_takes_no_measure_beyond_reason(teapot, name, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.update(**{name: value})

    assert getattr(make.only_variant(teapot), name) == 0


def test_a_measure_beyond_reason_is_refused_kindly(client, teapot):
    response = office.saved(client, desk(teapot), **{"variants-0-weight_grams": "10000001"})

    assert response.status_code == 200
    assert "A packed piece weighs at most 10,000 kg." in response.text
    assert make.only_variant(teapot).weight_grams == 0
