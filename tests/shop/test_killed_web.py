"""A web worker is killed while it places an order: the same form, sent again, leads to one order."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from cart import http as cart_http
from catalog.models import StockLevel
from orders.models import Order
from tests import books, make
from tests.crowd import caught, while_held
from tests.house.sources import ROOT
from tests.journeys.stack import free_port

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PATIENCE_SECONDS = 60
TOKEN = "t" * 32
MOMENTS = {"before the order is committed": StockLevel, "after it, before the answer": Session}


class Web:
    """The shop's web server, as production runs it, on the database of the test."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        options = {"DATABASE_URL": database, "WEB_WORKERS": "1", "SITE_URL": self.url}
        command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "shop.wsgi", "--config", "shop/gunicorn.py"]
        self.master = psutil.Popen(
            [*command, "--bind", self.url.removeprefix("http://")], cwd=ROOT, env=os.environ | options
        )

    def press(self, form: dict[str, str], cookies: dict[str, str]) -> httpx.Response:
        """Send the last form of a checkout."""
        return httpx.post(
            f"{self.url}/checkout/review/",
            data=form | {"csrfmiddlewaretoken": TOKEN},
            cookies=cookies | {settings.CSRF_COOKIE_NAME: TOKEN},
            headers={"Origin": self.url},
            timeout=PATIENCE_SECONDS,
        )

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            with suppress(httpx.ConnectError):
                assert httpx.get(f"{self.url}/healthz/", timeout=PATIENCE_SECONDS).text == "ok"
                return
            time.sleep(0.05)
        raise AssertionError("the web server does not answer")

    def kill_worker(self) -> None:
        """Kill the worker with -9; its master starts another."""
        for worker in self.master.children():
            worker.kill()


@pytest.fixture
def web() -> Iterator[Web]:
    """A running web server."""
    made = Web()
    made.wait()
    yield made
    made.master.kill()
    made.master.wait(PATIENCE_SECONDS)


def test_a_worker_killed_while_it_places_an_order_leaves_none_or_one_and_never_two(web):
    for moment, model in MOMENTS.items():
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session["orders"] = {}
        session.create()
        checkout = make.checkout()
        form = make.review_form(checkout, at=timezone.now())
        signed = cart_http._signer.sign(str(checkout.cart.token))
        cookies = {cart_http.COOKIE: signed, settings.SESSION_COOKIE_NAME: session.session_key}
        press = partial(web.press, form, cookies)
        before = Order.objects.count()

        cut = while_held(model._default_manager.all(), caught(press, httpx.TransportError), web.kill_worker)
        shown = Order.objects.count() - before
        answers = [press() for _ in range(2)]

        assert (isinstance(cut, httpx.TransportError), shown) == (True, moment.startswith("after")), moment
        order = Order.objects.get(purchase__checkout_token=checkout.token)
        assert [(each.status_code, each.headers["Location"]) for each in answers] == [
            (303, f"/orders/{order.number}/pay/")
        ] * 2
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(10, 1)] * 2
    assert books.findings() == []
