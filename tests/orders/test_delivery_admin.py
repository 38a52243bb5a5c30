"""Delivery methods in the merchants' office: made with little typing, refused when no shopper could choose them."""

from __future__ import annotations

import pytest

from accounts.selectors import default_merchant
from orders.models import DeliveryMethod
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/merchant/orders/deliverymethod/add/"
TYPED = {
    "merchant": "",
    "code": "express",
    "name_en": "Express",
    "name_zh_hans": "特快",
    "currency": "cny",
    "price": "18.00",
    "free_from": "",
    "days_min": "1",
    "days_max": "2",
    "countries": "cn, sg,CN",
    "position": "0",
    "is_active": "on",
}


@pytest.fixture
def member(client):
    """The browser of somebody who works for the default merchant alone."""
    client.force_login(make.member())
    return client


def test_the_form_proposes_the_own_merchant_and_what_the_shop_uses(member):
    form = member.get(PAGE).context["adminform"].form

    proposed = {name: form.get_initial_for_field(form.fields[name], name) for name in ("merchant", "currency")}
    assert proposed == {"merchant": default_merchant().pk, "currency": "CNY"}
    assert [label for value, label in form.fields["merchant"].choices] == [str(default_merchant())]
    assert 'value="CN"' in member.get(PAGE).text


def test_codes_are_kept_in_capitals_and_once(member):
    answer = member.post(PAGE, TYPED | {"merchant": default_merchant().pk})

    assert answer.status_code == 302
    made = DeliveryMethod.objects.get()
    assert (made.merchant, made.currency, made.countries) == (default_merchant(), "CNY", ["CN", "SG"])


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("countries", "CN, XX", "No country has the code XX."),
        ("countries", "", "This field is required."),
        ("currency", "ZZZ", "No currency has the code ZZZ."),
        ("days_max", "0", "This must be at least as many days as the shortest delivery takes."),
        ("price", "-1", "The price must not be below zero."),
        ("free_from", "0", "Leave this empty, or enter an amount above zero."),
    ],
)
def test_what_no_shopper_could_choose_is_refused_at_its_field(member, field, typed, reason):
    answer = member.post(PAGE, TYPED | {"merchant": default_merchant().pk, field: typed})

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {field: [reason]}
    assert not DeliveryMethod.objects.exists()
