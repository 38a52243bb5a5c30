"""When cards are derived again: on a change, and when a price window opens or closes."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts.selectors import default_merchant
from catalog.models import (
    AttributeChoice,
    Category,
    Picture,
    Price,
    Product,
    ProductCard,
    ProductPicture,
    Variant,
)
from catalog.services import cards, prices, products, stock
from catalog.services.stock import Demand
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def card(of: Product) -> ProductCard:
    return ProductCard.objects.get(product=of)


def many_coloured() -> Product:
    """Return a product in ink and in moss, of which ink has a colour to show."""
    colour = make.attribute("colour", "ink", "moss")
    colour.choices.filter(code="ink").update(swatch="#343c45")
    product = make.product(product_type=make.product_type(colour))
    Variant.objects.filter(product=product).update(options={"colour": "ink"}, options_key="colour=ink")
    make.variant(product, price="12.00", colour="moss")
    return product


def rename(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(title_en="Another name")  # type: ignore[misc]  # made by modeltranslation


def translate(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(title_zh_hans="茶壶")  # type: ignore[misc]  # made by modeltranslation


def reprice(product: Product) -> None:
    prices.set_base(variant=make.only_variant(product), amount=Decimal("9.00"), currency="CNY")


def reduce(product: Product) -> None:
    prices.set_sale(variant=make.only_variant(product), amount=Decimal("9.00"), currency="CNY")


def sell_out(product: Product) -> None:
    for variant in product.variants.all():
        level = variant.stock_levels.get()
        stock.adjust(variant=variant, location=level.location, change=-10, key=f"out-{level.pk}", reason="test")


def sell(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(sold=11)


def colour_in(product: Product) -> None:
    AttributeChoice.objects.filter(code="moss").update(swatch="#5a6b3b")


def photograph(product: Product) -> None:
    picture = Picture.objects.create(merchant=default_merchant(), name="a" * 24, width=800, height=800)
    ProductPicture.objects.create(product=product, picture=picture)


def move_address(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(slug="elsewhere")


def describe(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(description_en="Holds half a litre.")  # type: ignore[misc]  # made by modeltranslation


def file_elsewhere(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(category=make.category("Gifts"))


def sell_one(product: Product) -> None:
    stock.allocate(demands=[Demand(make.only_variant(product).pk, 1, "line-1")])


@pytest.mark.parametrize(
    "change", [rename, translate, reprice, reduce, sell_out, sell, colour_in, photograph, move_address]
)
def test_the_version_changes_with_what_is_shown(change):
    product = many_coloured()
    before = card(product).version
    change(product)

    cards.refresh(product_ids=[product.pk], at=NOW)

    assert card(product).version != before


@pytest.mark.parametrize("change", [describe, file_elsewhere, sell_one])
def test_the_version_stays_when_nothing_shown_changes(change):
    product = many_coloured()
    before = card(product).version
    change(product)

    cards.refresh(product_ids=[product.pk], at=NOW)

    assert card(product).version == before


def test_refreshing_twice_changes_nothing():
    product = make.product()
    before = ProductCard.objects.values().get(product=product)

    cards.refresh(product_ids=[product.pk], at=NOW)

    assert ProductCard.objects.values().get(product=product) == before


def test_what_changed_is_announced_with_a_new_version_and_card(django_capture_on_commit_callbacks):
    product = make.product()
    Product.objects.filter(pk=product.pk).update(title_en="Kettle")  # type: ignore[misc]  # made by modeltranslation

    products.changed(product=product, at=NOW)

    product.refresh_from_db()
    assert product.version == 2
    assert card(product).titles == {"en": "Kettle"}


def price_shown(of: Product, at: datetime) -> Decimal:
    cards.refresh_due(at=at)
    return card(of).price


def test_a_sale_begins_and_ends_on_the_cards_to_the_second():
    product = make.product(price="10.00")
    variant = make.only_variant(product)
    prices.set_sale(variant=variant, amount=Decimal("8.00"), currency="CNY", starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    cards.refresh(product_ids=[product.pk], at=NOW)
    second = timedelta(seconds=1)

    moments = [NOW, NOW + DAY - second, NOW + DAY, NOW + 2 * DAY - second, NOW + 2 * DAY]

    assert [price_shown(product, at) for at in moments] == [10, 10, 8, 8, 10]
    assert card(product).priced_until is None


def test_a_first_price_that_starts_later_comes_to_the_cards_when_it_starts():
    product = make.product(price=None)
    base = prices.base_list(default_merchant(), "CNY")
    Price.objects.create(
        price_list=base, variant=make.only_variant(product), amount=Decimal("10.00"), starts_at=NOW + DAY
    )
    cards.refresh(product_ids=[product.pk], at=NOW)

    cards.refresh_due(at=NOW + DAY)

    assert (card(product).is_priced, card(product).is_available) == (True, True)


def test_a_sold_out_variants_price_window_is_not_forgotten():
    product = make.product(price="10.00", stock=3)
    dear = make.variant(product, price="30.00", stock=0, colour="ink")
    prices.set_sale(variant=dear, amount=Decimal("5.00"), currency="CNY", starts_at=NOW + DAY)
    cards.refresh(product_ids=[product.pk], at=NOW)

    assert price_shown(product, NOW + DAY) == Decimal("10.00")


def test_products_that_were_deleted_meanwhile_are_left_out():
    product = make.product()
    cards.refresh(product_ids=[product.pk, product.pk + 1], at=NOW)

    assert [each.product_id for each in ProductCard.objects.all()] == [product.pk]


def test_a_deleted_product_has_no_card():
    product = make.product()

    products.delete(product=product)

    assert not ProductCard.objects.exists()
    assert Category.objects.exists()
