"""The shop changes a paid order on a page: shown with its difference first, refused when something moved meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Variant
from orders.models import Order, OrderEdit
from orders.services import shipping
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import LABEL

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'name="(token|version|difference)" value="([^"]*)"')


@pytest.fixture
def member(client: Client) -> Client:
    client.force_login(make.member())
    return client


@pytest.fixture
def cup() -> Variant:
    return make.only_variant(make.product("Cup", price="12.00", stock=4))


def page(order: Order, *, office: str = "merchant") -> str:
    return f"/{office}/orders/order/{order.pk}/edit/"


def sent(response: Any, order: Order, act: str, **typed: Any) -> dict[str, Any]:
    """Return what the browser sends from a page that was shown."""
    units = {f"out_{line.pk}": "0" for line in order.lines.all()}
    return {**units, **dict(HIDDEN.findall(response.content.decode())), "act": act, **typed}


def test_a_change_is_shown_before_it_is_made(member, paid, cup):
    line = paid.lines.get()
    typed = {f"out_{line.pk}": "1", "sku_0": cup.sku, "units_0": "1", "note": "As we said on the phone"}

    shown = member.post(page(paid), sent(member.get(page(paid)), paid, "preview", **typed))

    text = shown.content.decode()
    assert (shown.status_code, OrderEdit.objects.count()) == (200, 0)
    assert "The buyer pays CN¥2.00 more." in text
    assert "Send to the buyer" in text

    done = member.post(page(paid), sent(shown, paid, "confirm", **typed), follow=True)

    edit = OrderEdit.objects.get()
    assert [edit.status, edit.difference.amount, edit.note] == ["PROPOSED", 2, "As we said on the phone"]
    assert "The buyer has got the change" in done.content.decode()
    assert f"−{line.sku} × 1, +{cup.sku} × 1" in done.content.decode()

    withdrawn = member.post(f"{page(paid)}{edit.pk}/withdraw/", follow=True)

    edit.refresh_from_db()
    assert (edit.status, "The change is withdrawn." in withdrawn.content.decode()) == ("WITHDRAWN", True)


def test_taking_something_out_is_done_at_once(member, paid):
    typed = {f"out_{paid.lines.get().pk}": "2"}
    shown = member.post(page(paid), sent(member.get(page(paid)), paid, "preview", **typed))
    assert "CN¥20.00 goes back to the buyer." in shown.content.decode()

    done = member.post(page(paid), sent(shown, paid, "confirm", **typed))

    paid.refresh_from_db()
    assert (done.status_code, done["Location"]) == (303, f"/merchant/orders/order/{paid.pk}/change/")
    assert (paid.lines.get().cancelled_quantity, paid.repayments_total) == (2, 20)


def test_two_tabs_make_one_change_and_the_second_is_told(member, paid):
    typed = {f"out_{paid.lines.get().pk}": "1"}
    tabs = [member.post(page(paid), sent(member.get(page(paid)), paid, "preview", **typed)) for _ in range(2)]
    member.post(page(paid), sent(tabs[0], paid, "confirm", **typed))
    before = books.copy()

    second = member.post(page(paid), sent(tabs[1], paid, "confirm", **typed))

    assert (second.status_code, books.copy()) == (422, before)
    assert "The order or a price has changed since this page was shown." in second.content.decode()
    again = member.post(page(paid), sent(second, paid, "confirm", **typed))
    assert again.status_code == 303
    assert paid.lines.get().cancelled_quantity == 2


def test_confirming_what_was_never_shown_changes_nothing(member, paid, cup):
    before = books.copy()

    answer = member.post(page(paid), sent(member.get(page(paid)), paid, "confirm", sku_0=cup.sku))

    assert (answer.status_code, books.copy()) == (422, before)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({}, "Nothing is taken out and nothing added."),
        ({"sku_0": "NO-SUCH"}, "No product has the SKU NO-SUCH."),
        ({"out": "3"}, "Nothing would be left of the order. Cancel it instead."),
        ({"out": "4"}, "Ensure this value is less than or equal to 3."),
        ({"out": "x"}, "Enter a whole number."),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason_and_keeps_what_was_typed(member, paid, typed, reason):
    fields = {f"out_{paid.lines.get().pk}" if name == "out" else name: value for name, value in typed.items()}
    before = books.copy()

    answer = member.post(page(paid), sent(member.get(page(paid)), paid, "preview", note="Keep me", **fields))

    text = answer.content.decode()
    assert (answer.status_code, books.copy()) == (422, before)
    assert reason in text
    assert "Keep me" in text


def test_another_merchants_sku_is_unknown_and_another_merchants_order_is_not_there(member, paid):
    other = make.merchant()
    foreign = make.only_variant(make.product(merchant=other))
    answer = member.post(page(paid), sent(member.get(page(paid)), paid, "preview", sku_0=foreign.sku))
    assert f"No product has the SKU {foreign.sku}." in answer.content.decode()

    member.force_login(make.member(other))
    assert [member.get(page(paid)).status_code, member.post(f"{page(paid)}1/withdraw/").status_code] == [404, 404]


def test_what_is_not_enough_in_stock_is_said(member, paid):
    rare = make.only_variant(make.product("Rare", price="1.00", stock=1))
    typed = {f"out_{paid.lines.get().pk}": "1", "sku_0": rare.sku, "units_0": "2"}
    shown = member.post(page(paid), sent(member.get(page(paid)), paid, "preview", **typed))
    before = books.copy()

    answer = member.post(page(paid), sent(shown, paid, "confirm", **typed))

    assert (answer.status_code, books.copy()) == (422, before)
    assert "There are not enough in stock of what is to be added." in answer.content.decode()


def test_an_order_that_has_left_leads_back_with_the_reason(member, paid):
    shipping.ship(order=paid, label=LABEL, at=NOW)

    answer = member.get(page(paid), follow=True)

    assert "This order cannot be changed now" in answer.content.decode()
