"""The wall between merchants: a member finds nothing of another merchant by any address, and changes nothing."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import Merchant
from accounts.selectors import default_merchant
from catalog.models import ExpectedDelivery, ImportRun, PriceList, Product, StockLevel, StockLocation
from catalog.selectors.languages import localized
from core import admin as sites
from orders.models import DeliveryMethod, FreightTemplate
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
CANARY = "Canary"
NOWHERE = 10**9
SCOPED = {
    model: admin for model, admin in sites.merchants._registry.items() if isinstance(admin, sites.ScopedModelAdmin)
}
SHARED = {model: admin for model, admin in sites.merchants._registry.items() if model not in SCOPED}
scoped = pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)


def furnish(merchant: Merchant, word: str) -> None:
    """Give a merchant one of everything, with a word in it that nobody else has."""
    make.delivery(merchant)
    teapot = make.product(f"{word} teapot", merchant=merchant)
    order = make.paid_order(make.cart(make.only_variant(teapot)), note=f"{word} note")
    make.case(order, explanation=f"{word} wish")
    DeliveryMethod.objects.filter(merchant=merchant).update(**localized("name", {"en": f"{word} post"}))
    StockLocation.objects.filter(merchant=merchant).update(name=f"{word} cellar")
    place, variant = StockLocation.objects.get(merchant=merchant), make.only_variant(teapot)
    ExpectedDelivery.objects.create(variant=variant, location=place, units=1, expected_on=NOW)
    PriceList.objects.filter(merchant=merchant).update(name=f"{word} prices")
    make.freight(merchant, make.freight_rule(), make.no_freight("US"), name=f"{word} freight")
    ImportRun.objects.create(merchant=merchant, file_name=f"{word}.csv", fingerprint=word)


@pytest.fixture
def other() -> Merchant:
    """Another merchant, and the default one, both with one of everything."""
    furnish(default_merchant(), "Robin")
    merchant = make.merchant("canary")
    furnish(merchant, CANARY)
    return merchant


@pytest.fixture
def member(client: Client) -> Client:
    """The browser of somebody who works for the default merchant alone."""
    client.force_login(make.member())
    return client


def rows(model: Any, merchant: Merchant) -> list[Any]:
    """Return a merchant's rows."""
    found = model._default_manager.filter(**{SCOPED[model].merchant_lookup: merchant})
    assert found, f"{model.__name__} has nothing to hide"
    return list(found)


def address(model: Any, *parts: Any) -> str:
    meta = model._meta
    return "/".join(["/merchant", meta.app_label, meta.model_name, *map(str, parts), ""])


def everything() -> list[Any]:
    """Return every row of every table of ours, as nothing may change."""
    models = [model for model in apps.get_models() if model._meta.app_label in ("catalog", "orders", "accounts")]
    return [row for model in models for row in model._default_manager.order_by("pk").values()]


def says_canary(response: Any) -> bool:
    return CANARY.lower() in response.content.decode(errors="replace").lower()


@scoped
def test_a_list_shows_the_own_rows_only(member, other, model):
    response = member.get(address(model))

    assert response.status_code == 200
    assert {row.pk for row in response.context["cl"].queryset} == {row.pk for row in rows(model, default_merchant())}
    assert not says_canary(response)


@scoped
def test_no_search_or_order_finds_more(member, other, model):
    foreign = {row.pk for row in rows(model, other)}

    for query in ("q=Canary", "all=", "o=-1.2", "p=0", "q=Canary+teapot", "q=CANARY+note"):
        response = member.get(address(model) + f"?{query}")
        assert response.status_code == 200, query
        assert {row.pk for row in response.context["cl"].queryset}.isdisjoint(foreign), query


@scoped
def test_a_foreign_row_is_as_if_it_did_not_exist(member, other, model):
    for row, page in product(rows(model, other), ("change", "delete", "history")):
        foreign, missing = (member.get(address(model, pk, page)) for pk in (row.pk, NOWHERE))

        assert (page, foreign.status_code) in {(page, 404), ("delete", 403), ("history", 302)}
        assert foreign.status_code == missing.status_code, page
        assert foreign.get("Location") == missing.get("Location"), page
        assert not says_canary(foreign), page


@scoped
def test_nothing_foreign_is_changed_by_a_form(member, other, model):
    before = everything()

    for row, page in product(rows(model, other), ("change", "delete")):
        data = {"post": "yes", "name": "Mine", "name_en": "Mine", "title_en": "Mine", "merchant": default_merchant().pk}
        answer = member.post(address(model, row.pk, page), data)
        assert (page, answer.status_code) in {(page, 404), ("change", 403), ("delete", 403)}

    assert everything() == before


@scoped
def test_no_action_reaches_a_foreign_row(member, other, model):
    before = everything()

    for action in ("delete_selected", "publish", "archive"):
        data = {"action": action, "_selected_action": [row.pk for row in rows(model, other)], "post": "yes"}
        member.post(address(model), data)

    assert everything() == before


def test_an_action_reaches_the_own_row(member, other):
    """Shows that the test above could fail."""
    own = rows(Product, default_merchant())[0]

    member.post(address(Product), {"action": "archive", "_selected_action": [own.pk]})

    own.refresh_from_db()
    assert own.status == Product.Status.ARCHIVED


@pytest.mark.parametrize(
    "model", [DeliveryMethod, FreightTemplate, StockLocation, PriceList], ids=lambda model: model.__name__
)
def test_nothing_is_given_to_another_merchant(member, other, model):
    own = rows(model, default_merchant())[0]
    form = member.get(address(model, own.pk, "change")).context["adminform"].form
    data = {name: "" if value is None else value for name, value in form.initial.items()}
    data |= {"rules-TOTAL_FORMS": "0", "rules-INITIAL_FORMS": "0"}
    before = everything()

    answer = member.post(address(model, own.pk, "change"), data | {"merchant": other.pk})

    assert answer.status_code == 200
    assert "merchant" in answer.context["adminform"].form.errors
    assert everything() == before


def test_a_new_product_belongs_to_the_members_merchant_whatever_the_form_says(member, other):
    own = rows(Product, default_merchant())[0]
    data = {
        "merchant": other.pk,
        "title_en": "Smuggled",
        "product_type": own.product_type_id,
        "category": own.category_id,
        "status": "DRAFT",
        "version": "1",
    }
    for prefix in ("variants", "product_pictures", "pictures"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}

    answer = member.post(address(Product, "add"), data)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Product.objects.get(slug="smuggled").merchant == default_merchant()


def test_the_choices_of_a_form_are_the_own_ones(member, other):
    for model in SCOPED:
        answer = member.get(address(model, "add"))
        assert answer.status_code in (200, 403)
        assert not says_canary(answer), model
        for row in rows(model, default_merchant()):
            assert not says_canary(member.get(address(model, row.pk, "change"))), model


def test_completing_a_word_finds_nothing_foreign(member, other):
    for model in SCOPED:
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete:
                words = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                query = words | {"field_name": field.name, "term": CANARY}
                answer = member.get("/merchant/autocomplete/", query)
                found = json.loads(answer.content)["results"] if answer.status_code == 200 else []
                assert [row for row in found if CANARY in row["text"]] == []


@pytest.mark.parametrize(
    "query", ["merchant__id__exact={pk}", "purchase__orders__email=li.na@example.com", "user__password__startswith=p"]
)
def test_no_lookup_in_an_address_leads_to_others(member, other, query):
    answer = member.get(address(apps.get_model("orders", "Order")) + "?" + query.format(pk=other.pk))

    assert answer.status_code in (200, 302, 400)
    assert not says_canary(answer)


def test_a_foreign_order_is_not_shipped(member, other):
    order = rows(apps.get_model("orders", "Order"), other)[0]
    path = f"/merchant/orders/order/{order.pk}/ship/"
    before = everything()

    answers = [member.get(path).status_code, member.post(path, {"carrier": "SF", "tracking_number": "1"}).status_code]

    assert answers == [404, 404]
    assert everything() == before


def test_the_overview_names_no_foreign_thing(member, other):
    make.user("someone")

    assert not says_canary(member.get("/merchant/"))
    assert "someone" not in member.get("/merchant/").text


@pytest.mark.parametrize("model", SHARED, ids=lambda model: model.__name__)
def test_what_the_whole_shop_shares_is_looked_at_and_not_changed(member, other, model):
    make.attribute("colour", "ink")
    apps.get_model("catalog", "Brand").objects.create(name="Brand", slug="brand")
    row = model._default_manager.order_by("pk")[0]
    before = everything()

    assert member.get(address(model)).status_code == 200
    assert member.get(address(model, row.pk, "change")).status_code == 200
    assert member.post(address(model, row.pk, "change"), {"name_en": "Mine"}).status_code == 403
    assert member.post(address(model, row.pk, "delete"), {"post": "yes"}).status_code == 403
    assert member.post(address(model, "add"), {"name_en": "Mine"}).status_code == 403
    assert everything() == before


def test_an_operator_sees_both_sides_of_the_wall(client, other):
    """Shows that the walk above would see a canary."""
    client.force_login(make.operator())

    for model in SCOPED:
        answer = client.get(address(model))
        assert {row.pk for row in rows(model, other)} <= {row.pk for row in answer.context["cl"].queryset}
    assert says_canary(client.get(address(Product)))


def test_an_office_without_scope_would_be_found():
    """Every list of the merchants' office is scoped, or has nothing that belongs to a merchant."""
    owned = [model for model in SHARED if any(field.name == "merchant" for field in model._meta.get_fields())]

    assert owned == []
    assert {Product, StockLevel, DeliveryMethod, FreightTemplate} <= set(SCOPED)
