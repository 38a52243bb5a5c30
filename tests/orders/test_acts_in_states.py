"""Everything a buyer or the shop can do to an order, in every state: done as listed, or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order, ReturnCase
from orders.services import lifecycle, receiving, shipping
from tests import books, make
from tests.orders.casework import LABEL

pytestmark = pytest.mark.django_db
STATES = ("unpaid", "out of time", "paid", "partly shipped", "shipped", "completed")
PARCEL = {"carrier": "SF", "tracking_number": "SF1234567890123"}


def placed(state: str, buyer: Any) -> Order:
    """Return an order of two units in a state."""
    now = timezone.now()
    order = make.order(make.cart(make.only_variant(make.product("Teapot")), quantity=2), user=buyer, at=now)
    if state == "out of time":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    if state not in ("unpaid", "out of time"):
        make.payment(order.purchase, status="SUCCEEDED")
        lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)
    if state == "partly shipped":
        shipping.ship(order=order, label=LABEL, at=now, quantities={order.lines.get().pk: 1})
    if state in ("shipped", "completed"):
        shipping.ship(order=order, label=LABEL, at=now)
    if state == "completed":
        receiving.confirm(order=order, at=now)
    order.refresh_from_db()
    return order


def by_buyer(name: str, **form: str) -> Callable[[Client, Order], Any]:
    """Return the press of a button on the buyer's page."""
    return lambda client, order: client.post(f"/orders/{order.number}/{name}/", form, follow=True)


def by_shop(name: str, **form: str) -> Callable[[Client, Order], Any]:
    """Return the press of a button in the back office, with all units that are left."""

    def act(client: Client, order: Order) -> Any:
        client.force_login(make.operator())
        line = order.lines.get()
        units = {f"line_{line.pk}": str(line.unshipped_quantity or line.quantity)}
        return client.post(f"/admin/orders/order/{order.pk}/{name}/", units | form, follow=True)

    return act


ACTS = {
    "buyer cancels": by_buyer("cancel"),
    "buyer cancels what is paid": by_buyer("cancel", paid="1"),
    "buyer confirms": by_buyer("received"),
    "buyer extends": by_buyer("extend"),
    "shop ships": by_shop("ship", **PARCEL),
    "shop cancels": by_shop("cancel", is_paid=""),
    "shop cancels what is paid": by_shop("cancel", is_paid="True"),
}
DONE = {
    ("unpaid", "buyer cancels"): ("CANCELLED", "NONE"),
    ("unpaid", "shop cancels"): ("CANCELLED", "NONE"),
    ("paid", "buyer cancels what is paid"): ("OPEN", "NONE"),  # asked for
    ("paid", "shop ships"): ("OPEN", "SHIPPED"),
    ("paid", "shop cancels what is paid"): ("CANCELLED", "NONE"),
    ("partly shipped", "shop ships"): ("OPEN", "SHIPPED"),
    ("shipped", "buyer confirms"): ("COMPLETED", "RECEIVED"),
    ("shipped", "buyer extends"): ("OPEN", "SHIPPED"),
}
REFUSALS = (
    "moved on since this page was shown",
    "can no longer be cancelled",
    "cannot be cancelled",
    "has left meanwhile",
    "Receipt cannot be confirmed",
    "can be extended once",
    "cannot be shipped",
)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_each_act_is_done_as_listed_or_refused_in_words(client, state, act):
    buyer = make.user()
    client.force_login(buyer)
    order = placed(state, buyer)
    before, axes = books.copy(), (order.status, order.fulfilment_status)

    answer = ACTS[act](client, order)

    order.refresh_from_db()
    words = [each for each in REFUSALS if each in answer.text]
    is_listed = (state, act) in DONE
    assert (order.status, order.fulfilment_status) == DONE.get((state, act), axes)
    assert (books.copy() == before) == (not is_listed)
    assert ReturnCase.objects.exists() == (is_listed and act == "buyer cancels what is paid")
    assert len(words) == (0 if is_listed else 1)
