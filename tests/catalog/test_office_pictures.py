"""Pictures of banners, categories and products: uploaded where they are used, in the order they came."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from accounts.selectors import default_merchant
from catalog.models import Banner, Category, Picture
from catalog.selectors.languages import localized
from tests import make
from tests.catalog import office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _office(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(make.operator())


def png(width=40, height=30):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    buffer.seek(0)
    buffer.name = "teapot.png"
    return buffer


def text_file():
    file = io.BytesIO(b"no picture")
    file.name = "teapot.png"
    return file


def stored(name):
    return Picture.objects.create(merchant=default_merchant(), name=name * 24, width=1600, height=600)


def banner(**fields):
    wide, narrow = stored("a"), stored("b")
    return Banner.objects.create(picture=wide, picture_phone=narrow, **localized("heading", {"en": "Tea"}), **fields)


def sent(client, row, **changes):
    """Save a row's page with these changes and return the answer."""
    shown = office.fields(client.get(office.address(row)), f"{type(row)._meta.model_name}_form")
    return client.post(office.address(row), shown | changes)


def errors_of(response):
    assert response.status_code == 200
    return {name: str(texts[0]) for name, texts in response.context["adminform"].form.errors.items()}


def test_a_banner_is_added_with_two_files(client):
    wanted = {"heading_en": "Tea", "position": "0", "is_active": "on"}

    response = client.post(
        reverse("admin:catalog_banner_add"),
        wanted | {"picture_file": png(160, 60), "picture_phone_file": png(100, 80)},
    )

    made = Banner.objects.select_related("picture", "picture_phone").get()
    assert response.status_code == 302
    assert (made.picture.width, made.picture.height) == (160, 60)
    assert (made.picture_phone.width, made.picture_phone.height) == (100, 80)


def test_a_banner_without_its_files_is_refused(client):
    response = client.post(reverse("admin:catalog_banner_add"), {"heading_en": "Tea", "position": "0"})

    assert errors_of(response).keys() == {"picture_file", "picture_phone_file"}
    assert not Banner.objects.exists()


def test_a_banner_saved_without_a_new_file_keeps_its_pictures_and_shows_them(client):
    row = banner()

    shown = client.get(office.address(row)).text
    office.save(client, row, heading_en="Coffee")

    kept = Banner.objects.get()
    assert (kept.heading, kept.picture_id, kept.picture_phone_id) == ("Coffee", row.picture_id, row.picture_phone_id)
    assert f"{row.picture.name}-320.webp" in shown
    assert "1600 × 600" in shown


def test_a_category_gets_a_picture_keeps_it_and_loses_it(client):
    row = make.category("Tea")

    office.save(client, row, picture_file=png())
    given = Category.objects.get(pk=row.pk).picture_id
    office.save(client, row, name_en="Teas")
    kept = Category.objects.get(pk=row.pk).picture_id
    office.save(client, row, **{"picture_file-clear": "on"})

    assert given is not None
    assert kept == given
    assert Category.objects.get(pk=row.pk).picture_id is None


def test_a_category_is_added_with_a_picture(client):
    wanted = {"name_en": "Tea", "slug": "tea", "treebeard_position": "first-child", "is_visible": "on"}

    response = client.post(reverse("admin:catalog_category_add"), wanted | {"picture_file": png()})

    assert response.status_code == 302
    assert Category.objects.select_related("picture").get().picture.width == 40


def test_a_member_who_may_only_look_sees_the_picture_of_a_category(client):
    row = make.category("Tea")
    Category.objects.filter(pk=row.pk).update(picture=stored("a"))
    client.force_login(make.member())

    response = client.get(reverse("merchant:catalog_category_change", args=[row.pk]))

    assert f"{'a' * 24}-320.webp" in response.text
    assert 'type="file"' not in response.text


def test_a_file_that_is_no_picture_is_told_and_the_picture_stays(client):
    row = banner()

    response = sent(client, row, picture_file=text_file())

    assert errors_of(response) == {
        "picture_file": "This file is no picture we can use: take JPEG, PNG, WebP, AVIF or GIF."
    }
    assert Banner.objects.get().picture_id == row.picture_id
    assert Picture.objects.count() == 2


def test_a_file_of_a_refused_page_is_asked_for_again(client):
    row = banner()

    response = sent(client, row, picture_file=png(), heading_en="")

    assert errors_of(response)["picture_file"] == "Choose the file again."
    assert Picture.objects.count() == 2


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "tableware"])
def test_a_banners_link_leads_to_a_page(client, link):
    row = banner()

    response = sent(client, row, link=link)

    assert errors_of(response) == {"link": "Begin with / for a page of the shop, or with https://."}
    assert Banner.objects.get().link == ""


def test_a_banner_ends_after_it_starts(client):
    row = banner()

    window = {"starts_at_0": "2026-06-02", "starts_at_1": "00:00", "ends_at_0": "2026-06-01", "ends_at_1": "00:00"}
    response = sent(client, row, **window)

    assert errors_of(response) == {"ends_at": "The banner would end before it starts."}
    assert Banner.objects.get().starts_at is None


def test_new_pictures_of_a_product_stand_behind_the_others(client):
    product = make.product("Teapot")
    desk = reverse("admin:catalog_product_change", args=[product.pk])

    for number, alt in enumerate(["First", "Second", "Third"]):
        uploaded = {f"pictures-{number}-file": png(), f"pictures-{number}-alt_en": alt}
        assert office.saved(client, desk, **uploaded).status_code == 302

    assert list(product.pictures.order_by("position", "pk").values_list("alt", "position")) == [
        ("First", 0),
        ("Second", 1),
        ("Third", 2),
    ]
