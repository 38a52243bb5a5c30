"""What the office changes is on the next page a shopper sees: nothing kept is older, not even its frame."""

import pytest
from django.core.cache import cache
from django.utils.translation import override

from accounts.selectors import default_merchant
from catalog.models import Banner, Brand, Category, ContentPage, Picture
from catalog.selectors import content, trails
from catalog.selectors.languages import localized
from core import shared
from tests import make
from tests.catalog.office import delete, delete_chosen, move, save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _operator(client):
    client.force_login(make.operator())


def banner():
    picture = Picture.objects.create(merchant=default_merchant(), name="a" * 24, width=1600, height=600)
    return Banner.objects.create(picture=picture, picture_phone=picture, **localized("heading", {"en": "Tea"}))


def page():
    return ContentPage.objects.create(slug="returns", group="HELP", **localized("title", {"en": "Returns"}))


@pytest.mark.parametrize("act", [save, delete, delete_chosen])
@pytest.mark.parametrize(
    "made",
    [
        banner,
        page,
        make.category,
        make.product_type,
        lambda: make.attribute("material", kind="text"),
        lambda: Brand.objects.create(name="Acme", slug="acme"),
    ],
    ids=["banner", "page", "category", "type", "attribute", "brand"],
)
def test_kept_pages_are_old_when_something_on_them_is_saved_or_deleted(
    client, made, act, django_capture_on_commit_callbacks
):
    row = made()
    cache.set(shared.VERSION_KEY, "before")

    with django_capture_on_commit_callbacks(execute=True):
        act(client, row)

    assert cache.get(shared.VERSION_KEY) != "before"


def in_frame(made):
    frame = content.frame("en")
    return {link.slug for link in (*frame.categories, *frame.help_pages)} & {made.slug}


@pytest.mark.parametrize("made", [make.category, page], ids=["category", "page"])
@pytest.mark.parametrize("act", [delete, delete_chosen])
def test_what_is_deleted_is_out_of_the_frame_at_once(client, made, act, django_capture_on_commit_callbacks):
    row = made()
    assert in_frame(row) == {row.slug}

    with django_capture_on_commit_callbacks(execute=True):
        act(client, row)

    assert in_frame(row) == set()


def test_a_new_title_of_a_page_is_in_the_frame_at_once(client, django_capture_on_commit_callbacks):
    row = page()
    assert [link.name for link in content.frame("en").help_pages] == ["Returns"]

    with django_capture_on_commit_callbacks(execute=True):
        save(client, row, title_en="Sending back")

    assert [link.name for link in content.frame("en").help_pages] == ["Sending back"]


def test_a_category_that_is_added_is_in_the_frame_at_once(django_capture_on_commit_callbacks):
    assert content.frame("en").categories == []

    with django_capture_on_commit_callbacks(execute=True):
        make.category("Kitchen")

    assert [link.name for link in content.frame("en").categories] == ["Kitchen"]


def test_a_category_that_is_dragged_is_elsewhere_in_frame_and_trail_at_once(client, django_capture_on_commit_callbacks):
    top, child = make.category("Top"), make.category("Child")
    assert [link.slug for link in content.frame("en").categories] == ["top", "child"]
    assert trails.trail(child).above == []

    with django_capture_on_commit_callbacks(execute=True):
        move(client, child, top)

    assert [link.slug for link in content.frame("en").categories] == ["top"]
    assert [link.slug for link in trails.trail(Category.objects.get(pk=child.pk)).above] == ["top"]


def test_a_new_name_of_a_category_is_in_the_trail_at_once(client, django_capture_on_commit_callbacks):
    top = make.category("Top")
    child = make.category("Child", parent=top)
    assert [link.name for link in trails.trail(child).above] == ["Top"]

    with django_capture_on_commit_callbacks(execute=True):
        save(client, top, name_en="Upper")

    with override("en"):
        assert [link.name for link in trails.trail(child).above] == ["Upper"]
