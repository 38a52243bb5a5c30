"""From when and until when a product is shown: by the action of the list, and by the form."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Product, ProductCard
from catalog.services import prices
from tests import make
from tests.catalog import office
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)


@pytest.fixture
def teapot(client):
    """A product in the archive for 20.00, with an operator signed in."""
    client.force_login(make.operator())
    made = make.product("Teapot", price="20.00")
    Product.objects.update(status=Product.Status.ARCHIVED)
    return made


def publish(client, product):
    """Choose the action "Publish", and return status, start and end."""
    chosen = {"action": "publish", "_selected_action": [product.pk]}
    client.post(reverse("admin:catalog_product_changelist"), chosen)
    return Product.objects.values_list("status", "publish_at", "unpublish_at").get()


@pytest.mark.parametrize("start", [NOW - DAY, NOW + DAY], ids=["started", "planned"])
def test_what_is_published_keeps_its_dates(client, teapot, start):
    Product.objects.update(publish_at=start, unpublish_at=NOW + 3 * DAY)

    assert publish(client, teapot) == ("PUBLISHED", start, NOW + 3 * DAY)


def test_what_has_no_date_is_published_now(client, teapot):
    Product.objects.update(publish_at=None)

    assert publish(client, teapot) == ("PUBLISHED", NOW, None)


@pytest.mark.parametrize("start", [NOW - DAY, None])
@pytest.mark.parametrize("end", [NOW, NOW - timedelta(hours=1)])
def test_an_end_that_is_over_is_taken_away_or_nobody_would_see_it(client, teapot, start, end):
    Product.objects.update(publish_at=start, unpublish_at=end)

    assert publish(client, teapot) == ("PUBLISHED", start or NOW, None)
    assert Product.objects.get().is_visible_at(NOW)


def test_what_is_published_costs_what_it_costs_now(client, teapot):
    then = {"starts_at": NOW - 500 * DAY, "ends_at": NOW - 300 * DAY}
    prices.set_sale(variant=make.only_variant(teapot), amount=Decimal(5), currency="CNY", **then)

    publish(client, teapot)

    assert ProductCard.objects.get().price == Decimal(20)


def typed(client, product, **changes):
    """Save the product's page with these dates, and return the answer."""
    blank = {"publish_at_0": "", "publish_at_1": "", "unpublish_at_0": "", "unpublish_at_1": ""}
    page = reverse("admin:catalog_product_change", args=[product.pk])
    return office.saved(client, page, **{"status": "PUBLISHED"} | blank | changes)


def test_a_form_without_a_date_publishes_now(client, teapot):
    response = typed(client, teapot)

    assert response.status_code == 302
    assert Product.objects.values_list("status", "publish_at").get() == ("PUBLISHED", NOW)


def test_a_draft_may_have_no_date(client, teapot):
    response = typed(client, teapot, status="DRAFT")

    assert response.status_code == 302
    assert Product.objects.values_list("status", "publish_at").get() == ("DRAFT", None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"unpublish_at_0": "2020-01-01", "unpublish_at_1": "00:00:00"},
            {"__all__": "The product would be unpublished before it is published."},
        ),
        ({"publish_at_0": "2026-02-30", "publish_at_1": "00:00:00"}, {"publish_at": "Enter a valid date."}),
        (
            {"version": "0"},
            {"__all__": "Somebody changed this product since you opened it. Open it again and repeat your change."},
        ),
    ],
    ids=["over before it starts", "no date", "outdated"],
)
def test_no_merchant_reads_the_name_of_a_constraint(client, teapot, changes, message):
    Product.objects.update(publish_at=None)
    before = office.state()

    response = typed(client, teapot, **changes)

    assert office.errors(response) == message
    assert "Constraint" not in str(response.context["errors"])
    assert office.state() == before
