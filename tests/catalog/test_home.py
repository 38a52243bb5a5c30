"""The home page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.selectors import default_merchant
from catalog.models import Banner, Category, Picture, Product
from catalog.selectors.languages import localized
from catalog.services import cards
from tests import make
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = reverse("home")


def banner(heading, **fields):
    number = Picture.objects.count()
    picture = Picture.objects.create(merchant=default_merchant(), name=f"{number:024x}", width=1600, height=600)
    return Banner.objects.create(
        picture=picture, picture_phone=picture, **localized("heading", {"en": heading}), **fields
    )


def ids(response, name):
    return [card.pk for card in response.context[name]]


def test_an_empty_shop_has_a_home_page(client):
    response = client.get(PAGE)

    assert response.status_code == 200
    assert (ids(response, "new"), ids(response, "best")) == ([], [])
    assert "New in" in response.text


def test_new_and_best_are_the_first_eight_in_their_orders(client):
    made = [make.product(sold_before=number) for number in range(10)]
    for days, product in enumerate(made):
        Product.objects.filter(pk=product.pk).update(publish_at=NOW - timedelta(days=days + 1))
    cards.refresh(product_ids=[product.pk for product in made], at=NOW)

    response = client.get(PAGE)

    assert ids(response, "new") == [product.pk for product in made[:8]]
    assert ids(response, "best") == [product.pk for product in made[:1:-1]]


def test_what_is_not_published_is_not_on_the_home_page(client):
    product = make.product("Secret")
    Product.objects.filter(pk=product.pk).update(status=Product.Status.DRAFT)
    cards.refresh(product_ids=[product.pk], at=NOW)

    assert "Secret" not in client.get(PAGE).text


def test_visible_categories_of_the_first_level_are_shown(client):
    kitchen = make.category("Kitchen")
    make.category("Pots", parent=kitchen)
    make.category("Cellar")
    Category.objects.filter(slug="cellar").update(is_visible=False)

    response = client.get(PAGE)

    assert [category.slug for category in response.context["categories"]] == ["kitchen"]
    assert "Cellar" not in response.text


def test_of_many_categories_the_first_six_are_shown_seven_in_the_header_and_all_in_the_menu(client):
    slugs = [make.category(f"Kind {number}").slug for number in range(9)]

    response = client.get(PAGE)

    header, menu = response.text.split('<div class="drawer" id="menu"')
    assert [each.slug for each in response.context["categories"]] == slugs[:6]
    assert [slug for slug in slugs if f"/categories/{slug}/" in header] == slugs[:7]
    assert [slug for slug in slugs if f"/categories/{slug}/" in menu.split("<main")[0]] == slugs
    assert 'class="iconbtn menu always"' in header


def test_with_few_categories_a_wide_window_needs_no_menu(client):
    make.category("Pots")

    assert 'class="iconbtn menu"' in client.get(PAGE).text


def test_the_banner_is_the_first_that_is_shown_now(client):
    banner("Over", position=1, ends_at=NOW)
    banner("Coming", position=2, starts_at=NOW + timedelta(seconds=1))
    banner("Off", position=3, is_active=False)
    banner("Later", position=5)
    banner("Spring", position=4, starts_at=NOW, ends_at=NOW + timedelta(seconds=1))

    response = client.get(PAGE)

    assert response.context["banner"].heading == "Spring"
    assert "Spring" in response.text


def test_the_page_in_chinese_has_the_chinese_titles(client):
    product = make.product("Teapot")
    Product.objects.filter(pk=product.pk).update(title_zh_hans="茶壶")  # type: ignore[misc]  # made by modeltranslation
    cards.refresh(product_ids=[product.pk], at=NOW)

    response = client.get("/zh-hans/")

    assert "茶壶" in response.text
    assert "Teapot" not in response.text
