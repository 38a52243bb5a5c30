"""What the office changes around products is on their cards at once."""

import json
from decimal import Decimal

import pytest
import redis

from catalog.models import Attribute, AttributeChoice, Brand, Category, PriceList, Product, ProductCard, StockLocation
from catalog.services import cards, prices
from shop import connections
from shop import settings as shop
from tests import make
from tests.catalog.office import delete, delete_chosen, move, save
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _operator(client):
    client.force_login(make.operator())


@pytest.fixture
def reduced():
    """A product for 20.00 that is 5.00 while the sale list holds."""
    made = make.product(price="20.00")
    prices.set_sale(variant=make.only_variant(made), amount=Decimal("5.00"), currency="CNY")
    cards.refresh(product_ids=[made.pk], at=NOW)
    return made


def card(of: Product) -> ProductCard:
    return ProductCard.objects.get(product=of)


def switch_off(client, row):
    save(client, row, without=["is_active"])


def test_a_price_list_that_is_switched_off_gives_no_price(client, reduced):
    assert card(reduced).price == Decimal("5.00")

    switch_off(client, PriceList.objects.get(kind="SALE"))

    assert (card(reduced).price, card(reduced).was_price) == (Decimal("20.00"), None)


def test_a_new_name_of_a_price_list_derives_nothing(client, reduced):
    Product.objects.update(title_en="Not refreshed")  # type: ignore[misc]  # made by modeltranslation
    before = card(reduced).titles

    save(client, PriceList.objects.get(kind="SALE"), name="Winter")

    assert card(reduced).titles == before


def test_a_location_that_is_closed_has_nothing_to_sell(client):
    product = make.product(stock=7)
    location = StockLocation.objects.get()

    switch_off(client, location)
    assert not card(product).is_available

    save(client, location, is_active="on")
    assert card(product).is_available


def test_a_brands_new_address_is_on_the_cards(client):
    brand = Brand.objects.create(name="Acme", slug="acme")
    product = make.product(brand=brand)

    save(client, brand, slug="acme-new")

    assert card(product).facets == ["brand=acme-new", "stock=in"]


def test_a_fact_that_filters_from_now_on_is_on_the_cards_and_gone_with_the_attribute(client):
    material = make.attribute("material", "clay", is_filterable=False, is_variant_making=False)
    product = make.product(attributes={"material": "clay"})

    save(client, material, is_filterable="on")
    assert card(product).facets == ["material=clay", "stock=in"]

    delete(client, material)
    assert card(product).facets == ["stock=in"]


def test_a_colours_new_swatch_is_on_the_cards(client):
    colour = make.attribute("colour", "ink")
    product = make.product(product_type=make.product_type(colour))
    make.variant(product, colour="ink")

    save(client, colour, **{"choices-0-swatch": "#343c45"})

    assert AttributeChoice.objects.get().swatch == "#343c45"
    assert card(product).swatches == ["#343c45"]


def test_a_category_that_is_dragged_takes_its_products_and_all_below_along(client):
    top, child = make.category("Top"), make.category("Child")
    grandchild = make.category("Grandchild", parent=child)
    product, deeper, further = make.product(category=child), make.product(category=grandchild), make.product()
    further.more_categories.add(child)

    assert move(client, child, top) == 200

    assert card(product).category_ids == [top.pk, child.pk]
    assert card(deeper).category_ids == [top.pk, child.pk, grandchild.pk]
    assert card(further).category_ids == sorted([further.category_id, top.pk, child.pk])


def test_a_move_into_itself_is_refused_and_changes_nothing(client):
    top = make.category("Top")
    child = make.category("Child", parent=top)
    product = make.product(category=child)
    tree = list(Category.objects.order_by("pk").values_list("pk", "path", "numchild"))

    assert move(client, top, child) == 400

    assert list(Category.objects.order_by("pk").values_list("pk", "path", "numchild")) == tree
    assert card(product).category_ids == [top.pk, child.pk]


def test_a_category_that_is_moved_on_its_page_takes_its_products_along(client):
    top, child = make.category("Top"), make.category("Child")
    product = make.product(category=child)

    save(client, child, treebeard_position="first-child", treebeard_ref_node=str(top.pk))

    assert card(product).category_ids == [top.pk, child.pk]


@pytest.mark.parametrize("act", [delete, delete_chosen])
def test_a_deleted_category_is_on_no_card(client, act):
    further = make.category("Gifts")
    product = make.product()
    product.more_categories.add(further)
    cards.refresh(product_ids=[product.pk], at=NOW)

    act(client, further)

    assert card(product).category_ids == [product.category_id]


def test_of_many_products_the_cards_are_left_to_a_worker_that_is_woken(
    client, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(cards, "BATCH", 1)
    others = make.product()
    brand = Brand.objects.create(name="Acme", slug="acme")
    made = [make.product(brand=brand) for _ in range(3)]
    queue = redis.Redis.from_url(connections.redis(shop.REDIS_URL, shop.REDIS_DATABASE + 1))
    queue.flushdb()

    with django_capture_on_commit_callbacks(execute=True):
        save(client, brand, slug="acme-new")

    assert [card(each).facets for each in made] == [["brand=acme", "stock=in"]] * 3
    assert [card(each).priced_until for each in (others, *made)] == [None, NOW, NOW, NOW]
    woken = [json.loads(message)["headers"]["task"] for message in queue.lrange("celery", 0, -1)]
    assert woken == ["catalog.tasks.refresh_due_cards"]

    cards.refresh_due(at=NOW)

    assert [card(each).facets for each in made] == [["brand=acme-new", "stock=in"]] * 3
    assert not ProductCard.objects.exclude(priced_until=None).exists()


def test_a_filter_that_stays_as_it_was_derives_nothing(client):
    material = make.attribute("material", "clay", is_variant_making=False)
    product = make.product(attributes={"material": "clay"})
    Product.objects.update(title_en="Not refreshed")  # type: ignore[misc]  # made by modeltranslation
    before = card(product).titles

    save(client, material, name_en="Made of")

    assert Attribute.objects.get(pk=material.pk).name == "Made of"
    assert card(product).titles == before
