"""What a member's role allows in the merchants' office: an analyst looks, everybody else acts."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import MerchantMember, User
from accounts.selectors import default_merchant
from accounts.services import add_member
from catalog.models import Product, StockLocation
from tests import make

pytestmark = pytest.mark.django_db
Role = MerchantMember.Role


def member(role: str) -> User:
    """Return a member of the default merchant in this role."""
    user = make.user()
    add_member(merchant=default_merchant(), user=user, role=role)
    return user


def books() -> list[Any]:
    """Return every row of what the offices change."""
    models = [model for model in apps.get_models() if model._meta.app_label in ("catalog", "orders")]
    return [row for model in models for row in model._default_manager.order_by("pk").values()]


@pytest.fixture
def pages() -> dict[str, str]:
    """Return the addresses of a product, a paid order and a stock location."""
    order = make.paid_order(make.cart(make.only_variant(make.product("Teapot", price="31.00", stock=17))))
    return {
        "product": f"/merchant/catalog/product/{Product.objects.get().pk}/",
        "order": f"/merchant/orders/order/{order.pk}/",
        "location": f"/merchant/catalog/stocklocation/{StockLocation.objects.get().pk}/",
        "level": f"/merchant/catalog/stocklevel/{StockLocation.objects.get().levels.get().pk}/",
    }


@pytest.fixture
def analyst(client: Client) -> Client:
    """The browser of an analyst."""
    client.force_login(member(Role.ANALYST))
    return client


def test_an_analyst_looks_at_products_orders_and_stock(analyst, pages):
    for path in pages.values():
        response = analyst.get(f"{path}change/")

        assert response.status_code == 200
        assert 'name="_save"' not in response.text
        assert "/ship/" not in response.text


def test_an_analyst_reads_prices_stock_options_and_facts(analyst):
    colour = make.attribute("colour", "ink")
    facts = make.attribute("material", "clay", is_variant_making=False), make.attribute("glaze", kind="text")
    given = {"material": "clay", "glaze": {"en": "Celadon"}}
    product = make.product(price=None, stock=None, product_type=make.product_type(colour, *facts), attributes=given)
    make.variant(product, price="31.00", stock=17, colour="ink")

    html = analyst.get(f"/merchant/catalog/product/{product.pk}/change/").text

    shown = [html.count(f">{text}<") for text in ("31.00", "17", "Ink", "Clay", "Celadon", "None")]
    assert shown == [1, 1, 1, 1, 1, 0]


def test_an_analyst_changes_nothing(analyst, pages):
    before = books()

    answers = [
        analyst.post(f"{pages['product']}change/", {"title_en": "Kettle"}),
        analyst.post(f"{pages['product']}delete/", {"post": "yes"}),
        analyst.post("/merchant/catalog/product/add/", {"title_en": "Kettle"}),
        analyst.get(f"{pages['order']}ship/"),
        analyst.post(f"{pages['order']}ship/", {"carrier": "SF", "tracking_number": "1"}),
        analyst.post(f"{pages['order']}change/", {"note": "x"}),
        analyst.post(f"{pages['location']}change/", {"name": "Cellar"}),
        analyst.post("/merchant/catalog/stocklocation/add/", {"name": "Cellar"}),
        analyst.post(f"{pages['level']}change/", {"on_hand": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert books() == before


@pytest.mark.parametrize("action", ["archive", "publish", "delete_selected"])
def test_an_analyst_has_no_actions(analyst, action):
    product = make.product()
    before = books()

    chosen = {"action": action, "_selected_action": [product.pk], "post": "yes"}
    analyst.post("/merchant/catalog/product/", chosen)

    assert books() == before


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ANALYST])
def test_every_other_role_changes_products_orders_and_stock(client, pages, role):
    client.force_login(member(role))

    saves = ['name="_save"' in client.get(f"{pages[name]}change/").text for name in ("product", "location")]
    ship = client.get(f"{pages['order']}ship/")
    client.post("/merchant/catalog/product/", {"action": "archive", "_selected_action": [Product.objects.get().pk]})

    assert saves == [True, True]
    assert ship.status_code == 200
    assert Product.objects.get().status == Product.Status.ARCHIVED


def test_who_analyses_one_merchant_and_owns_another_changes_that_one_alone(client):
    user, other = member(Role.ANALYST), make.merchant()
    add_member(merchant=other, user=user)
    client.force_login(user)
    analysed, owned = make.product("Analysed"), make.product("Owned", merchant=other)

    for action in ("archive", "delete_selected"):
        chosen = {"action": action, "_selected_action": [analysed.pk, owned.pk], "post": "yes"}
        client.post("/merchant/catalog/product/", chosen)
        assert Product.objects.get(pk=analysed.pk).status == Product.Status.PUBLISHED
    answers = [client.post(f"/merchant/catalog/product/{analysed.pk}/change/", {"title_en": "Mine"}).status_code]

    assert answers == [403]
    assert list(Product.objects.values_list("title", flat=True)) == ["Analysed"]


def test_who_analyses_one_merchant_and_owns_another_gives_the_first_nothing(client):
    user, other = member(Role.ANALYST), make.merchant()
    add_member(merchant=other, user=user)
    client.force_login(user)

    place = {"name": "Cellar", "priority": "0", "is_active": "on"}
    refused = client.post("/merchant/catalog/stocklocation/add/", place | {"merchant": default_merchant().pk})
    taken = client.post("/merchant/catalog/stocklocation/add/", place | {"merchant": other.pk})

    assert (refused.status_code, taken.status_code) == (200, 302)
    assert list(StockLocation.objects.values_list("merchant", flat=True)) == [other.pk]
