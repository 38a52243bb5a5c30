"""The one page for a product: texts, facts, variants with prices and stock, pictures."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from PIL import Image

from catalog.models import Price, Product, ProductCard, StockLevel, StockMovement, Variant
from catalog.selectors import prices as quotes
from catalog.selectors.languages import localized
from catalog.services import cards, prices, stock
from tests import make
from tests.catalog import office
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def teapot():
    """A teapot in ink, ten on hand; colours make its variants, its material is a fact."""
    colour = make.attribute("colour", "ink", "chalk")
    material = make.attribute("material", "clay", "glass", is_variant_making=False)
    made = make.product("Teapot", product_type=make.product_type(colour, material), price="20.00", stock=10)
    Variant.objects.filter(product=made).update(options={"colour": "ink"}, options_key="colour=ink")
    cards.refresh(product_ids=[made.pk], at=NOW)
    return made


@pytest.fixture(params=["admin", "merchant"])
def desk(request, client, teapot):
    """The address of the teapot's page in either office, with somebody signed in who may change it."""
    client.force_login(make.operator() if request.param == "admin" else make.member(teapot.merchant))
    return reverse(f"{request.param}:catalog_product_change", args=[teapot.pk])


def second(**values):
    """Return the fields of a second variant."""
    wanted = {"sku": "NEW-1", "price": "9.90", "stock": "2", "stock_policy": "DENY", "is_active": "on"} | values
    return {f"variants-1-{name}": value for name, value in wanted.items()}


def quote_of(variant):
    return quotes.quotes(variant_ids=[variant.pk], at=NOW)[variant.pk]


def png():
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    buffer.seek(0)
    buffer.name = "teapot.png"
    return buffer


def test_the_page_saved_as_it_is_changes_nothing_but_the_version(client, desk, teapot):
    before = office.state()

    response = office.saved(client, desk)

    after = office.state()
    assert response.status_code == 302
    for rows in (before["Product"], after["Product"]):
        for row in rows:
            row.pop("version"), row.pop("updated_at")
    for rows in (before["ProductCard"], after["ProductCard"]):
        for row in rows:
            row.pop("version")
    assert after == before


def test_texts_facts_and_place_are_saved_and_shown(client, desk, teapot):
    response = office.saved(client, desk, title_en="Kettle", title_zh_hans="水壶", fact_material="glass")

    teapot.refresh_from_db()
    assert response.status_code == 302
    assert (teapot.title_en, teapot.title_zh_hans, teapot.attributes) == ("Kettle", "水壶", {"material": "glass"})
    card = ProductCard.objects.get()
    assert card.titles == {"en": "Kettle", "zh-hans": "水壶"}
    assert "material=glass" in card.facets


def test_a_typed_stock_is_booked_in_the_ledger_with_who_did_it(client, desk, teapot):
    response = office.saved(client, desk, **{"variants-0-stock": "7"})

    movement = StockMovement.objects.order_by("-pk")[0]
    assert response.status_code == 302
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(7, 0)]
    assert (movement.on_hand_change, movement.kind) == (-3, "ADJUSTED")
    assert movement.actor_id == int(client.session["_auth_user_id"])


def test_what_is_sent_out_while_the_page_is_open_stays_sent(client, desk, teapot):
    opened = office.fields(client.get(desk))
    level = StockLevel.objects.get()
    stock.adjust(variant=level.variant, location=level.location, change=-4, key="sent", reason="test")

    client.post(desk, opened | {"title_en": "Kettle"})
    untouched = StockLevel.objects.get().on_hand
    client.post(desk, office.fields(client.get(desk)) | {"variants-0-stock": "8"})

    assert untouched == 6
    assert StockLevel.objects.get().on_hand == 8


def test_stock_below_what_orders_hold_is_refused(client, desk, teapot):
    make.order(make.cart(make.only_variant(teapot), quantity=4))
    before = office.state()

    response = office.saved(client, desk, **{"variants-0-stock": "3", "title_en": "Kettle"})

    assert office.errors(response) == {"stock": "Orders hold 4 units, so at least that many must stay."}
    assert office.state() == before


def test_prices_are_saved(client, desk, teapot):
    response = office.saved(client, desk, **{"variants-0-price": "30.00", "variants-0-sale_price": "25.50"})

    quote = quote_of(make.only_variant(teapot))
    assert response.status_code == 302
    assert (quote.price.amount, quote.regular.amount) == (Decimal("25.50"), Decimal("30.00"))
    assert ProductCard.objects.get().price == Decimal("25.50")


def test_a_price_that_is_set_while_the_page_is_open_is_kept(client, desk, teapot):
    opened = office.fields(client.get(desk))
    variant = make.only_variant(teapot)
    prices.set_base(variant=variant, amount=Decimal(33), currency="CNY")

    client.post(desk, opened | {"variants-0-stock": "12", "variants-0-ean": "4006381333931"})

    variant.refresh_from_db()
    assert quote_of(variant).price.amount == Decimal(33)
    assert variant.ean == "4006381333931"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"variants-0-sale_price": "20.00"}, "sale_price"),
        ({"variants-0-sale_price": "1.00", "variants-0-price": ""}, "sale_price"),
        ({"variants-0-sale_price": "0"}, "sale_price"),
        ({"variants-0-price": "-1"}, "price"),
        ({"variants-0-price": "NaN"}, "price"),
        ({"variants-0-price": "1e20"}, "price"),
        ({"variants-0-stock": "-1"}, "stock"),
        ({"variants-0-stock": "1000001"}, "stock"),
        ({"variants-0-sku": ""}, "sku"),
        ({"variants-0-option_colour": "gold"}, "option_colour"),
        ({"title_en": ""}, "title_en"),
        ({"fact_material": "gold"}, "fact_material"),
        ({"slug": "a b"}, "slug"),
        ({"status": "SOLD"}, "status"),
        ({"publish_at_0": "2026-02-30"}, "publish_at"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_saved(client, desk, teapot, change, field):
    before = office.state()

    response = office.saved(client, desk, **{"variants-0-stock": "5", "title_en": "Kettle"} | change)

    assert field in office.errors(response)
    assert office.state() == before


def test_a_sku_that_is_another_products_is_refused(client, desk, teapot):
    other = make.only_variant(make.product())
    before = office.state()

    response = office.saved(client, desk, **{"variants-0-sku": other.sku})

    assert "sku" in office.errors(response)
    assert office.state() == before


def test_a_second_variant_is_added_with_price_and_stock(client, desk, teapot):
    response = office.saved(client, desk, **second(option_colour="chalk"))

    added = Variant.objects.get(sku="NEW-1")
    assert response.status_code == 302
    assert (added.product, added.options, added.options_key) == (teapot, {"colour": "chalk"}, "colour=chalk")
    assert quote_of(added).price.amount == Decimal("9.90")
    assert list(added.stock_levels.values_list("on_hand", flat=True)) == [2]


def test_two_variants_exchange_their_options(client, desk, teapot):
    office.saved(client, desk, **second(option_colour="chalk"))
    first, added = teapot.variants.order_by("pk")

    response = office.saved(client, desk, **{"variants-0-option_colour": "chalk", "variants-1-option_colour": "ink"})

    assert response.status_code == 302
    assert list(teapot.variants.order_by("pk").values_list("pk", "options", "options_key")) == [
        (first.pk, {"colour": "chalk"}, "colour=chalk"),
        (added.pk, {"colour": "ink"}, "colour=ink"),
    ]


def test_two_variants_with_the_same_options_are_refused(client, desk, teapot):
    before = office.state()

    response = office.saved(client, desk, **second(option_colour="ink"))

    assert response.status_code == 200
    assert "Two variants of a product need different options." in response.text
    assert office.state() == before


def test_a_picture_is_uploaded_and_shown(client, desk, teapot):
    response = office.saved(
        client, desk, **{"pictures-0-file": png(), "pictures-0-alt_en": "A teapot", "pictures-0-position": "0"}
    )

    row = teapot.pictures.select_related("picture").get()
    assert response.status_code == 302
    assert (row.alt, row.picture.width, row.picture.height) == ("A teapot", 40, 30)
    assert ProductCard.objects.get().picture == {"name": row.picture.name, "width": 40, "height": 30}


def test_a_file_that_is_no_picture_is_told_and_nothing_is_saved(client, desk, teapot):
    before = office.state()
    file = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    file.name = "teapot.png"

    response = office.saved(client, desk, **{"pictures-0-file": file, "title_en": "Kettle"})

    assert office.errors(response) == {"file": "This file is no picture we can use: take JPEG, PNG, WebP, AVIF or GIF."}
    assert office.state() == before


@pytest.mark.parametrize("limit", ["PICTURE_BYTE_LIMIT", "PICTURE_PIXEL_LIMIT"])
def test_a_picture_that_is_too_large_is_told_and_nothing_is_saved(client, desk, teapot, settings, limit):
    before = office.state()
    setattr(settings, limit, 10)

    response = office.saved(client, desk, **{"pictures-0-file": png(), "title_en": "Kettle"})

    assert office.errors(response)["file"].startswith("The picture is too large: ")
    assert office.state() == before


def test_the_second_of_two_who_opened_the_page_is_told(client, desk, teapot):
    opened = office.fields(client.get(desk))
    client.post(desk, opened | {"title_en": "Kettle"})
    before = office.state()

    response = client.post(desk, opened | {"title_en": "Jug", "variants-0-stock": "1"})

    assert "Somebody changed this product since you opened it." in office.errors(response)["__all__"]
    assert office.state() == before


def test_a_variant_with_a_ledger_stays_and_the_page_says_so(client, desk, teapot):
    before = office.state()

    response = office.saved(client, desk, **{"variants-0-DELETE": "on"})

    text = f"{make.only_variant(teapot).sku} has been in stock or was bought: untick Offered instead."
    assert response.status_code == 200
    assert [str(each) for each in response.context["messages"]] == [text]
    assert office.state() == before


def test_an_emptied_number_on_hand_is_told_and_nothing_is_saved(client, desk, teapot):
    before = office.state()

    response = office.saved(client, desk, **{"variants-0-stock": ""})

    assert office.errors(response) == {"stock": "Type how many there are; 0 for none."}
    assert [str(each) for each in response.context["messages"]] == ["On hand: Type how many there are; 0 for none."]
    assert office.state() == before


def test_what_orders_hold_is_shown_beside_the_number_on_hand(client, desk, teapot):
    make.order(make.cart(make.only_variant(teapot), quantity=4))

    assert "<small>4 held by orders<br>" in client.get(desk).text


def test_a_chosen_file_of_a_refused_page_is_asked_for_again(client, desk, teapot):
    before = office.state()

    response = office.saved(client, desk, **{"pictures-0-file": png(), "title_en": ""})

    assert office.errors(response)["file"] == "Choose the file again."
    assert office.state() == before


def test_a_reduction_that_is_planned_survives_a_change_of_stock(client, desk, teapot):
    variant, tomorrow = make.only_variant(teapot), NOW + timedelta(days=1)
    prices.set_sale(variant=variant, amount=Decimal(15), currency="CNY", starts_at=tomorrow)

    office.saved(client, desk, **{"variants-0-stock": "7"})

    planned = Price.objects.get(price_list__kind="SALE")
    assert (planned.amount, planned.starts_at) == (Decimal(15), tomorrow)
    assert StockLevel.objects.get().on_hand == 7


@pytest.mark.parametrize("typed", ["CLAY tea", "陶壶", "yw-1-ink"])
def test_products_are_found_in_any_language_and_case(client, typed):
    client.force_login(make.operator())
    product = make.product("Clay teapot")
    Product.objects.filter(pk=product.pk).update(**localized("title", {"en": "Clay teapot", "zh-hans": "粗陶壶"}))
    product.variants.update(sku="YW-1-INK")
    make.product("Mug")

    found = client.get("/admin/catalog/product/", {"q": typed}).context["cl"].result_list

    assert [each.pk for each in found] == [product.pk]
