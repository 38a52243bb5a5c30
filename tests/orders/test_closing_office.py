"""The shop ends orders and gives money back on the pages of the office: asked first, done once, never too much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from orders.models import Order, Repayment
from orders.services import shipping
from shop.audit.returns import DecisionsAreCarriedOut
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import LABEL, Kind, ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Client:
    client.force_login(make.member())
    return client


def page(order: Order, name: str, *, office: str = "merchant") -> str:
    return f"/{office}/orders/order/{order.pk}/{name}/"


def refund(order: Order, **changes: Any) -> dict[str, Any]:
    return {"delivery": "0", "other": "5.00", "token": str(uuid4()), **changes}


def test_the_shop_cancels_a_paid_order_and_the_money_goes_back(member, paid):
    asked = member.get(page(paid, "cancel")).content.decode()

    response = member.post(page(paid, "cancel"), {"is_paid": "True"})

    paid.refresh_from_db()
    assert "CN¥38.00 goes back by itself" in asked
    assert response.status_code == 303
    assert (paid.status, paid.cancel_reason, paid.repayments_total) == ("CANCELLED", "SHOP", Decimal(38))
    assert books.findings(DecisionsAreCarriedOut) == []


def test_the_shop_cancels_an_unpaid_order(member):
    order = make.order()

    member.post(page(order, "cancel"), {"is_paid": ""})

    order.refresh_from_db()
    assert (order.status, order.cancel_reason) == ("CANCELLED", "SHOP")


def test_an_order_that_was_paid_meanwhile_is_looked_at_again(member, paid):
    before = books.copy()

    response = member.post(page(paid, "cancel"), {"is_paid": ""}, follow=True)

    assert "The order has moved on since this page was shown." in response.content.decode()
    assert books.copy() == before


@pytest.mark.parametrize("state", ["shipped", "asked for"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_has_left_or_is_asked_for_is_not_cancelled(member, paid, state, method):
    if state == "shipped":
        shipping.ship(order=paid, label=LABEL, at=NOW)
    else:
        ask(paid, Kind.CANCELLATION, 1)
    before = books.copy()

    response = getattr(member, method)(page(paid, "cancel"), {"is_paid": "True"}, follow=True)

    assert "This order cannot be cancelled" in response.content.decode()
    assert books.copy() == before


def test_money_is_given_back_of_the_shop_s_own_accord_and_once(member, paid):
    form = refund(paid, delivery="8.00")

    responses = [member.post(page(paid, "refund"), form) for _ in range(2)]

    assert [response.status_code for response in responses] == [303, 303]
    repayment = Repayment.objects.get()
    assert (repayment.amount, repayment.delivery_amount, repayment.reason) == (Decimal(13), Decimal(8), "GOODWILL")
    assert books.findings(DecisionsAreCarriedOut) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"delivery": "8.01"}, "At most CN¥8.00 is left of that."),
        ({"other": "38.01"}, "At most CN¥38.00 is left of that."),
        ({"other": "0"}, "Enter an amount above zero."),
        ({"other": "-1"}, "greater than or equal to 0"),
        ({"other": "x"}, "Enter a number"),
        ({"token": "x"}, "Enter a valid UUID"),
    ],
)
def test_what_cannot_go_back_is_refused_with_what_was_typed(member, paid, changes, told):
    before = books.copy()

    response = member.post(page(paid, "refund"), refund(paid, **changes))

    if "token" not in changes:
        assert told in response.content.decode()
    assert response.status_code == 422
    assert books.copy() == before


@pytest.mark.parametrize("name", ["cancel", "refund"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_order_of_another_merchant_is_not_there(paid, name, method):
    stranger = Client()
    stranger.force_login(make.member(make.merchant("other")))
    before = books.copy()

    response = getattr(stranger, method)(page(paid, name), {"is_paid": "True", **refund(paid)})

    assert response.status_code == 404
    assert books.copy() == before


def test_an_unpaid_order_has_nothing_to_give_back(member):
    order = make.order()

    response = member.get(page(order, "refund"), follow=True)

    assert "Nothing of this order" in response.content.decode()


def test_the_page_of_an_order_shows_what_was_asked_for_and_what_goes_back(member, paid):
    case = ask(paid, Kind.CANCELLATION, 1)
    member.post(page(paid, "refund"), refund(paid))

    shown = member.get(page(paid, "change")).content.decode()

    assert str(case) in shown
    assert "Goodwill" in shown
