"""Prices typed on a product's page: the base price and the sale are changed apart."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Price, ProductCard
from catalog.services import prices
from tests import make
from tests.catalog import office
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
RUNNING = {"starts_at": NOW - DAY, "ends_at": NOW + DAY}
PLANNED = {"starts_at": NOW + 7 * DAY, "ends_at": NOW + 9 * DAY}
OVER = {"starts_at": None, "ends_at": NOW}


@pytest.fixture
def variant():
    """A variant for 20.00."""
    return make.only_variant(make.product("Teapot", price="20.00"))


@pytest.fixture
def page(client, variant):
    """The address of the product's page, with an operator signed in."""
    client.force_login(make.operator())
    return reverse("admin:catalog_product_change", args=[variant.product_id])


def reduce(variant, amount, window):
    Price.objects.create(
        variant=variant, price_list=prices.sale_list(variant.product.merchant, "CNY"), amount=amount, **window
    )


def kept(kind):
    """Return the amounts of a kind with their windows, the earliest first and those without one last."""
    rows = Price.objects.filter(price_list__kind=kind).order_by("starts_at", "pk")
    return [(str(row.amount), {"starts_at": row.starts_at, "ends_at": row.ends_at}) for row in rows]


@pytest.mark.parametrize("window", [RUNNING, PLANNED], ids=["running", "planned"])
def test_a_new_base_price_leaves_the_sale_as_it_is(client, page, variant, window):
    reduce(variant, 5, window)

    response = office.saved(client, page, **{"variants-0-price": "21.00"})

    assert response.status_code == 302
    assert kept("BASE") == [("21.00", {"starts_at": None, "ends_at": None})]
    assert kept("SALE") == [("5.00", window)]


def test_a_new_sale_price_keeps_the_window_and_the_base_price(client, page, variant):
    reduce(variant, 5, RUNNING)

    response = office.saved(client, page, **{"variants-0-sale_price": "6.00"})

    assert response.status_code == 302
    assert kept("BASE") == [("20.00", {"starts_at": None, "ends_at": None})]
    assert kept("SALE") == [("6.00", RUNNING)]


@pytest.mark.parametrize(("typed", "left"), [("6.00", [("6.00", RUNNING)]), ("", [])], ids=["changed", "ended"])
def test_what_is_typed_is_the_sale_that_runs_and_not_the_planned_one(client, page, variant, typed, left):
    reduce(variant, 5, RUNNING)
    reduce(variant, 4, PLANNED)

    office.saved(client, page, **{"variants-0-sale_price": typed})

    assert kept("SALE") == [*left, ("4.00", PLANNED)]


@pytest.mark.parametrize("window", [PLANNED, OVER], ids=["planned", "over"])
def test_a_sale_typed_while_none_runs_holds_at_once(client, page, variant, window):
    reduce(variant, 5, window)

    office.saved(client, page, **{"variants-0-sale_price": "6.00"})

    now = ("6.00", {"starts_at": None, "ends_at": None})
    assert kept("SALE") == ([now] if window == OVER else [("5.00", window), now])


def test_a_base_price_that_is_taken_away_takes_the_sale_along(client, page, variant):
    reduce(variant, 5, RUNNING)

    response = office.saved(client, page, **{"variants-0-price": "", "variants-0-sale_price": ""})

    assert response.status_code == 302
    assert Price.objects.count() == 0


def test_both_prices_are_changed_at_once(client, page, variant):
    reduce(variant, 5, RUNNING)

    office.saved(client, page, **{"variants-0-price": "4.00", "variants-0-sale_price": "3.00"})

    assert [kept("BASE")[0][0], *kept("SALE")] == ["4.00", ("3.00", RUNNING)]
    assert ProductCard.objects.get().price == Decimal("3.00")
