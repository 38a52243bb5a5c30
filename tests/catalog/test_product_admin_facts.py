"""Facts whose attribute has become of another kind: pages still show them, and the office asks when it saves."""

import pytest
from django.urls import reverse

from catalog.models import Attribute, AttributeChoice, Product
from catalog.selectors.languages import localized
from tests import make
from tests.catalog import office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TEXT = {"en": "long ago", "zh-hans": "很久以前"}
UNREADABLE = [
    ("date", TEXT, "long ago"),
    ("decimal", TEXT, "long ago"),
    ("decimal", "1E+999999", "1E+999999"),
    ("int", "2.5", "2.5"),
    ("bool", "perhaps", "perhaps"),
    ("choice", TEXT, "long ago"),
    ("choice", ["clay", "jade"], "clay, jade"),
    ("multi", TEXT, "long ago"),
    ("multi", "jade", "jade"),
]


@pytest.fixture
def product(client):
    """A product whose fact was entered as text, with an operator signed in."""
    client.force_login(make.operator())
    attribute = make.attribute("fact", kind="text", is_filterable=False)
    AttributeChoice.objects.create(attribute=attribute, code="clay", **localized("label", {"en": "Clay"}))
    return make.product("Teapot", product_type=make.product_type(attribute))


def turn(kind, value):
    """Store a value, and let its attribute be of a kind."""
    Product.objects.update(attributes={"fact": value})
    Attribute.objects.update(kind=kind)


def desk(product):
    return reverse("admin:catalog_product_change", args=[product.pk])


def fact_on_page(client, product):
    """Return the fact as the product's page shows it."""
    response = client.get(product.get_absolute_url())
    assert response.status_code == 200
    return dict(response.context["page"].facts)["Fact"]


@pytest.mark.parametrize(("kind", "value", "raw"), UNREADABLE)
def test_what_cannot_be_read_any_more_is_shown_as_it_was_entered(client, product, kind, value, raw):
    turn(kind, value)

    assert fact_on_page(client, product).casefold() == raw.casefold()


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("date", "2026-11-21", "Nov 21, 2026"),
        ("bool", False, "No"),
        ("text", True, "Yes"),
        ("choice", "clay", "Clay"),
        ("multi", ["clay", "jade"], "Clay, jade"),
        ("text", ["clay", "jade"], "clay, jade"),
    ],
)
def test_what_can_be_read_is_shown_in_words(client, product, kind, value, shown):
    turn(kind, value)

    assert fact_on_page(client, product) == shown


@pytest.mark.parametrize(("kind", "value", "raw"), UNREADABLE)
def test_the_office_shows_what_it_cannot_read_and_complains_when_it_is_saved(client, product, kind, value, raw):
    turn(kind, value)
    before = office.state()

    opened = office.fields(client.get(desk(product)))
    response = office.saved(client, desk(product), title_en="Kettle")

    assert opened["fact_fact"] == [raw]
    assert office.errors(response) == {"fact_fact": "This value does not fit."}
    assert office.state() == before


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("date", "2026-11-21", "2026-11-21"),
        ("decimal", "2.50", "2.5"),
        ("int", "2", 2),
        ("bool", "yes", True),
        ("choice", "clay", "clay"),
        ("multi", "clay", ["clay"]),
    ],
)
def test_what_cannot_be_read_is_mended_in_the_office(client, product, kind, typed, stored):
    turn(kind, TEXT)

    response = office.saved(client, desk(product), fact_fact=typed)

    assert response.status_code == 302
    assert Product.objects.get().attributes == {"fact": stored}


@pytest.mark.parametrize("kind", ["date", "decimal", "int", "bool", "choice"])
def test_what_cannot_be_read_is_taken_away_in_the_office(client, product, kind):
    turn(kind, TEXT)

    response = office.saved(client, desk(product), fact_fact="")

    assert response.status_code == 302
    assert Product.objects.get().attributes == {}


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("int", "7", 7),
        ("decimal", 7, "7"),
        ("bool", "yes", True),
        ("text", 7, {"en": "7"}),
        ("date", "20261121", "2026-11-21"),
    ],
)
def test_what_fits_the_new_kind_is_brought_to_its_form(client, product, kind, value, stored):
    turn(kind, value)

    response = office.saved(client, desk(product), title_en="Kettle")

    assert response.status_code == 302
    assert Product.objects.get().attributes == {"fact": stored}
