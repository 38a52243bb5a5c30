"""Orders placed without an account join it once the address is shown to be its owner's."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from orders.models import Order, Purchase
from orders.services import joining
from tests import make
from tests.accounts.test_registration import link

pytestmark = pytest.mark.django_db
LOGIN = {"login": "lina", "password": "correct horse"}


def guest_order(email: str = "Li.Na@Example.com") -> Order:
    """Return an order placed without an account."""
    placed = make.order(at=timezone.now())
    Order.objects.filter(pk=placed.pk).update(email=email)
    Purchase.objects.filter(pk=placed.purchase_id).update(email=email)
    return placed


def member(email: str = "li.na@example.com", *, is_confirmed: bool = True):
    user = make.user("lina")
    user.email = email
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=is_confirmed, primary=True)
    return user


def owners(*orders: Order) -> list[tuple[int | None, int | None]]:
    """Return whom each order and its purchase belong to."""
    rows = Order.objects.select_related("purchase").in_bulk([order.pk for order in orders])
    return [(rows[order.pk].user_id, rows[order.pk].purchase.user_id) for order in orders]


def test_a_login_brings_along_what_was_bought_with_the_confirmed_address(client):
    own, others = guest_order(), guest_order("somebody@example.com")
    user = member()

    client.post("/account/login/", LOGIN)

    assert owners(own, others) == [(user.pk, user.pk), (None, None)]
    assert own.number in client.get("/account/orders/").text
    assert client.get(f"/orders/{own.number}/").status_code == 200
    assert client.get(f"/orders/{others.number}/").status_code == 404


def test_an_address_that_is_not_confirmed_brings_nothing(client):
    order = guest_order()
    user = member(is_confirmed=False)

    client.post("/account/login/", LOGIN)
    Client().force_login(user)

    assert owners(order) == [(None, None)]


def test_an_order_of_another_account_stays_there():
    first, second = make.verified_user("first"), member()
    order = guest_order()
    for rows in (Order.objects, Purchase.objects):
        rows.update(user=first)

    assert joining.join(user=second) == 0
    assert owners(order) == [(first.pk, first.pk)]


def test_joining_twice_changes_nothing_more():
    guest_order()
    guest_order()
    user = member()

    assert [joining.join(user=user), joining.join(user=user)] == [2, 0]


@pytest.mark.parametrize("count", [1, 9])
def test_joining_costs_the_same_for_one_order_and_for_many(count, django_assert_num_queries):
    for _ in range(count):
        guest_order()
    user = member()

    with django_assert_num_queries(7):
        joining.join(user=user)


def test_a_changed_address_brings_its_orders(client):
    user = make.verified_user("anna")
    client.force_login(user)
    order = guest_order("new@example.com")
    client.post("/account/email/", {"email": "new@example.com", "password": "correct horse"})

    for side in ("old", "new"):
        Client().post(link(f"email_change_{side}"))

    assert owners(order) == [(user.pk, user.pk)]
