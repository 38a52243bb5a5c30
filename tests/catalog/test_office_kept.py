"""What something depends on is not deleted in the office."""

import pytest
from django.urls import reverse

from catalog.models import Attribute, PriceList
from tests import make
from tests.catalog import office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _operator(client):
    client.force_login(make.operator())


def priced_list():
    make.product(price="20.00")
    return PriceList.objects.get(kind="BASE")


def attribute_of_a_type():
    made = make.attribute("material", "clay")
    make.product_type(made)
    return made


def attribute_of_a_variant():
    made = make.attribute("colour", "ink")
    make.variant(make.product(), colour="ink")
    return made


kept = pytest.mark.parametrize(
    ("made", "why"),
    [
        (priced_list, "holds prices, so it cannot be deleted: untick Active instead."),
        (attribute_of_a_type, "is used, so it cannot be deleted: take it out of the product types and variants first."),
        (attribute_of_a_variant, "is used, so it cannot be deleted"),
    ],
)


@kept
def test_what_is_in_use_is_not_deleted_on_its_page(client, made, why):
    row = made()

    response = client.post(office.address(row, "delete"), {"post": "yes"}, follow=True)

    assert why in str(next(iter(response.context["messages"])))
    assert type(row).objects.filter(pk=row.pk).exists()


@kept
def test_what_is_in_use_is_not_deleted_in_the_list(client, made, why):
    row = made()
    address = reverse(f"admin:catalog_{type(row)._meta.model_name}_changelist")

    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    response = client.post(address, chosen)

    assert why in response.text
    assert type(row).objects.filter(pk=row.pk).exists()


def test_what_nothing_uses_is_deleted(client):
    row = make.attribute("weight", kind="int")
    empty = PriceList.objects.create(merchant=make.product().merchant, name="Old", kind="MEMBER", currency="CNY")

    office.delete(client, row)
    office.delete_chosen(client, empty)

    assert not Attribute.objects.exists()
    assert not PriceList.objects.filter(name="Old").exists()
