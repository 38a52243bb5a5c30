"""Redis frozen, and Redis emptied: pages work, nothing is lost, and what waited is done by the sweeps."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from celery import Celery
from django.conf import settings as shop
from django.urls import reverse
from django.utils import timezone

from catalog.models import StockLevel
from core import nudge
from notifications.models import Message
from notifications.services import delivery
from orders.models import Order
from orders.services import lifecycle
from payments.services import expiry
from shop import connections
from shop.celery import app
from tests import books, make
from tests.notifications.conftest import send_to
from tests.notifications.postbox import Postbox

SLOW_SECONDS = 3  # one time-out of the cache and one of the broker, a second each
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NEWCOMER = {"email": "newcomer@example.com", "username": "newcomer", "password1": "correct horse", "terms": "on"}
REVIEW = reverse("checkout:review")


@pytest.fixture
def postbox(settings) -> Iterator[Postbox]:
    """A mail server that the shop sends to."""
    with Postbox() as box:
        send_to(settings, box.port)
        yield box


@pytest.fixture
def frozen(settings, monkeypatch) -> Iterator[None]:
    """A Redis that takes connections and never says a word, as one that was stopped does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"redis://127.0.0.1:{server.getsockname()[1]}"
        settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": f"{address}/0"}}
        lost = Celery("lost", set_as_current=False)
        lost.conf.update(
            broker_url=f"{address}/1",
            broker_transport_options=app.conf.broker_transport_options,
            task_publish_retry=app.conf.task_publish_retry,
        )
        monkeypatch.setattr(nudge, "current_app", lost)
        yield


@pytest.mark.usefixtures("frozen")
def test_with_a_frozen_redis_people_register_order_and_pay_and_get_their_mails(client, postbox):
    checkout = make.checkout()
    make.carry(client, checkout.cart)
    seconds = []

    def timed(act):
        began = time.monotonic()
        answer = act()
        seconds.append(time.monotonic() - began)
        return answer

    pages = [timed(lambda page=page: client.get(page)) for page in ("/", "/products/", reverse("cart:cart"), REVIEW)]
    registered = timed(lambda: client.post("/account/signup/", NEWCOMER))
    placed = timed(lambda: client.post(REVIEW, make.review_form(checkout, at=timezone.now())))
    order = Order.objects.get()
    make.payment(order.purchase, status="SUCCEEDED")
    timed(lambda: lifecycle.receive_payment(purchase_id=order.purchase_id, at=timezone.now()))
    delivered = delivery.deliver_due(at=timezone.now())

    assert [page.status_code for page in pages] == [200] * 4
    assert (registered.status_code, placed.status_code) == (302, 303)
    assert max(seconds) < SLOW_SECONDS
    assert delivered == len(postbox.mails) == Message.objects.filter(status=Message.Status.SENT).count() == 2
    assert books.findings() == []


def test_an_emptied_redis_loses_no_session_no_cart_no_mail_and_no_sweep(client, postbox):
    make.verified_user("lina")
    client.post("/account/login/", {"login": "lina", "password": "correct horse"})
    variant = make.only_variant(make.product("Teapot", stock=3))
    client.post(reverse("cart:items"), {"sku": variant.sku, "quantity": "1"})
    paid = make.paid_order(make.cart(variant), at=timezone.now())
    overdue = make.order(make.cart(variant), at=timezone.now() - timedelta(hours=1))

    held = [_emptied(number) for number in (shop.REDIS_DATABASE, shop.REDIS_DATABASE + 1)]
    cart, account = client.get(reverse("cart:cart")), client.get("/account/")
    expiry.expire_overdue(at=timezone.now())
    delivered = delivery.deliver_due(at=timezone.now())

    assert min(held) > 0
    assert "Teapot" in cart.text
    assert account.status_code == 200
    overdue.refresh_from_db()
    assert overdue.status == "CANCELLED"
    assert StockLevel.objects.get().allocated == 1
    assert delivered == 2
    assert {f"order_confirmed:{paid.number}", f"order_cancelled:{overdue.number}"} <= set(books.mails())
    assert books.findings() == []


def _emptied(number: int) -> int:
    """Empty a numbered database, and return how many keys were in it."""
    with redis.Redis.from_url(connections.redis(shop.REDIS_URL, number)) as database:
        held = int(database.dbsize())
        database.flushdb()
        return held
