"""What listings show of a product, derived from everything that is known about it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.selectors import default_merchant
from catalog.models import Attribute, Picture, Product, ProductCard, ProductPicture, StockLocation, Variant
from catalog.services import cards, prices, products, stock
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def card(of: Product) -> ProductCard:
    """Return the product's card, derived now."""
    cards.refresh(product_ids=[of.pk], at=NOW)
    return ProductCard.objects.get(product=of)


def teapot(**fields) -> Product:
    """Return a product without variants, of a type with colours and sizes."""
    colour = make.attribute("colour", "ink", "chalk", "moss")
    size = make.attribute("size", "s", "m")
    options: dict[str, Any] = {"status": Product.Status.PUBLISHED, "publish_at": NOW} | fields
    return products.create(
        merchant=default_merchant(),
        product_type=make.product_type(colour, size),
        category=make.category(),
        titles={"en": "Teapot"},
        **options,
    )


def sell_out(variant: Variant) -> None:
    level = variant.stock_levels.get()
    stock.adjust(
        variant=variant, location=level.location, change=-level.available, key=f"out-{level.pk}", reason="test"
    )


def picture(name: str) -> Picture:
    return Picture.objects.create(merchant=default_merchant(), name=name * 24, width=800, height=600)


def test_a_card_says_what_the_product_is():
    product = make.product("Teapot", price="30.00", sold_before=7)
    Product.objects.update(title_zh_hans="茶壶")  # type: ignore[misc]  # made by modeltranslation
    products.count_sales(quantities={product.pk: 3}, at=NOW)

    found = card(product)

    assert (found.slug, found.titles) == ("teapot", {"en": "Teapot", "zh-hans": "茶壶"})
    assert (found.merchant, found.sold) == (default_merchant(), 10)
    assert (found.is_published, found.publish_at, found.unpublish_at) == (True, product.publish_at, None)
    assert (found.is_available, found.is_priced, found.currency, found.price) == (True, True, "CNY", Decimal("30.00"))
    assert (found.was_price, found.is_from_price, found.currency_rank) == (None, False, 0)
    assert found.only_sku == make.only_variant(product).sku


def test_a_draft_has_a_card_that_is_not_published():
    assert card(teapot(status=Product.Status.DRAFT)).is_published is False


def test_a_product_without_variants_is_neither_priced_nor_available():
    found = card(teapot())

    assert (found.is_priced, found.is_available, found.only_sku, found.currency) == (False, False, "", "CNY")


def test_a_variant_without_a_price_cannot_be_had():
    found = card(make.product(price=None, stock=5))

    assert (found.is_priced, found.is_available) == (False, False)


def test_an_uncounted_variant_can_always_be_had():
    assert card(make.product(stock=None)).is_available is True


def test_a_variant_that_is_not_offered_counts_nowhere():
    product = teapot()
    make.variant(product, price="10.00", colour="ink")
    make.variant(product, price="5.00", colour="chalk")
    Variant.objects.filter(options__colour="chalk").update(is_active=False)

    found = card(product)

    assert (found.price, found.is_from_price, found.facets) == (Decimal("10.00"), False, ["colour=ink", "stock=in"])


def test_the_price_is_the_lowest_in_stock():
    product = teapot()
    make.variant(product, price="12.00", colour="ink")
    make.variant(product, price="15.00", colour="moss")
    make.variant(product, price="9.00", stock=0, colour="chalk")

    found = card(product)

    assert (found.price, found.is_from_price) == (Decimal("12.00"), True)


def test_one_price_for_all_variants_is_no_from_price():
    product = teapot()
    make.variant(product, price="12.00", colour="ink")
    make.variant(product, price="12.00", colour="chalk")

    assert card(product).is_from_price is False


def test_a_sold_out_product_shows_its_lowest_price():
    product = teapot()
    make.variant(product, price="12.00", stock=0, colour="ink")
    make.variant(product, price="9.00", stock=0, colour="chalk")

    found = card(product)

    assert (found.is_available, found.price, found.is_from_price) == (False, Decimal("9.00"), True)


def test_the_struck_price_is_that_of_the_variant_shown():
    product = teapot()
    ink = make.variant(product, price="20.00", colour="ink")
    make.variant(product, price="15.00", colour="chalk")
    prices.set_sale(variant=ink, amount=Decimal("12.00"), currency="CNY")

    found = card(product)

    assert (found.price, found.was_price, found.is_from_price) == (Decimal("12.00"), Decimal("20.00"), True)
    assert "stock=sale" in found.facets


def test_the_shops_currency_is_shown_even_where_another_is_lower():
    product = teapot()
    make.variant(product, price="20.00", colour="ink")
    imported = make.variant(product, price=None, colour="chalk")
    prices.set_base(variant=imported, amount=Decimal("2.00"), currency="USD")

    found = card(product)

    assert (found.price, found.currency, found.currency_rank, found.is_from_price) == (
        Decimal("20.00"),
        "CNY",
        0,
        False,
    )


def test_another_currency_has_a_rank_of_its_own_below_the_shops():
    euro, dollar = make.product(price=None), make.product(price=None)
    prices.set_base(variant=make.only_variant(euro), amount=Decimal("2.00"), currency="EUR")
    prices.set_base(variant=make.only_variant(dollar), amount=Decimal("2.00"), currency="USD")

    ranks = [card(euro).currency_rank, card(dollar).currency_rank]

    assert len(set(ranks)) == 2
    assert max(ranks) < 0
    assert (card(euro).currency, card(euro).is_available) == ("EUR", True)


def test_swatches_are_the_colours_of_the_variants_in_their_order():
    product = teapot()
    for code, colour in (("moss", "#5a6b3b"), ("ink", "#343c45")):
        Attribute.objects.get(code="colour").choices.filter(code=code).update(swatch=colour)
    make.variant(product, colour="moss", size="s")
    make.variant(product, colour="ink")
    make.variant(product, colour="moss", size="m")
    make.variant(product, colour="chalk")

    found = card(product)

    assert (found.swatches, found.only_sku) == (["#5a6b3b", "#343c45"], "")


def test_the_picture_is_the_first_one():
    product = make.product()
    second, first = picture("b"), picture("a")
    ProductPicture.objects.create(product=product, picture=second, position=2)
    ProductPicture.objects.create(product=product, picture=first, position=1)

    assert card(product).picture == {"name": first.name, "width": 800, "height": 600}


def test_a_product_without_a_picture_has_none():
    assert card(make.product()).picture is None


def test_a_product_is_in_its_categories_and_those_above():
    home = make.category("Home")
    kitchen = make.category("Kitchen", parent=home)
    pots, gifts = make.category("Pots", parent=kitchen), make.category("Gifts")
    product = make.product(category=pots)
    product.more_categories.add(gifts)

    assert card(product).category_ids == sorted([home.pk, kitchen.pk, pots.pk, gifts.pk])


def test_facets_are_filterable_facts_options_brand_and_stock():
    make.attribute("material", "clay")
    make.attribute("care", "oven", "freezer", kind="multi")
    make.attribute("boxed", kind="bool")
    make.attribute("weight", kind="decimal")
    make.attribute("hidden", "yes", is_filterable=False)
    facts = {"material": "clay", "care": ["oven", "freezer"], "boxed": True, "weight": "1.5", "hidden": "yes"}
    product = teapot(attributes=facts, brand=make.brand("Yuanwu"))
    make.variant(product, colour="ink")

    assert card(product).facets == [
        "boxed=yes",
        "brand=yuanwu",
        "care=freezer",
        "care=oven",
        "colour=ink",
        "material=clay",
        "stock=in",
    ]


def test_a_flag_that_is_off_is_no_facet():
    make.attribute("boxed", kind="bool")

    assert card(make.product(attributes={"boxed": False})).facets == ["stock=in"]


@pytest.mark.parametrize("kind", ["choice", "multi", "bool", "date", "decimal"])
@pytest.mark.parametrize("value", ["clay", ["clay"], True, 7, {"en": "clay"}])
def test_a_value_entered_while_its_attribute_was_of_another_kind_does_no_harm(kind, value):
    make.attribute("material", kind=kind, is_filterable=True, is_variant_making=False)

    assert card(make.product(attributes={"material": value})).is_available is True


def test_combinations_say_what_one_variant_has_together():
    product = teapot()
    make.variant(product, colour="ink", size="s")
    make.variant(product, stock=0, colour="chalk", size="m")

    assert card(product).combinations == [
        "+colour=ink",
        "+colour=ink&size=s",
        "+size=s",
        "colour=chalk&size=m",
        "colour=ink&size=s",
    ]


def test_three_options_combine_in_every_way():
    product = teapot()
    make.variant(product, stock=0, colour="ink", size="s", finish="matt")

    assert card(product).combinations == [
        "colour=ink&finish=matt",
        "colour=ink&finish=matt&size=s",
        "colour=ink&size=s",
        "finish=matt&size=s",
    ]


def test_a_closed_location_makes_its_stock_unavailable():
    product = make.product(stock=5)
    StockLocation.objects.update(is_active=False)

    assert card(product).is_available is False


def test_a_card_is_derived_again_at_the_next_change_of_a_price():
    product = make.product(price="10.00")
    tomorrow = NOW + timedelta(days=1)
    prices.set_sale(variant=make.only_variant(product), amount=Decimal("8.00"), currency="CNY", starts_at=tomorrow)

    assert card(product).priced_until == tomorrow


def test_many_products_are_derived_in_a_fixed_number_of_queries(django_assert_num_queries):
    some, more = [make.product().pk for _ in range(2)], [make.product().pk for _ in range(20)]

    Product.objects.update(sold=7)

    with django_assert_num_queries(14) as few:
        cards.refresh(product_ids=some, at=NOW)
    with django_assert_num_queries(len(few)):
        cards.refresh(product_ids=more, at=NOW)
