"""Two tabs on one cart: what one does while the other one waits."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from cart import services
from cart.models import Cart, CartLine
from tests import make

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PAGE = reverse("cart:cart")
PATIENCE_SECONDS = 20


def test_a_line_that_another_tab_takes_out_meanwhile_is_not_removed_twice():
    cart = make.cart(make.only_variant(make.product()))
    line = cart.lines.get()

    answers = while_another_tab_takes_out(line, lambda: post(cart, {"remove": line.pk}))

    assert [response.status_code for response in answers] == [303]
    assert not cart.lines.exists()


def test_a_quantity_of_a_line_that_another_tab_takes_out_meanwhile_is_left_alone():
    kept, gone = make.only_variant(make.product()), make.only_variant(make.product())
    cart = make.cart(kept, gone)
    line = cart.lines.get(variant=gone)
    wishes = {"line": [row.pk for row in cart.lines.all()]} | {f"q-{row.pk}": "3" for row in cart.lines.all()}

    answers = while_another_tab_takes_out(line, lambda: post(cart, wishes))

    assert [response.status_code for response in answers] == [303]
    assert list(cart.lines.values_list("variant", "quantity", "is_selected")) == [(kept.pk, 3, True)]


def test_without_the_views_care_the_second_tab_would_fail():
    cart = make.cart(make.only_variant(make.product()))
    line = cart.lines.get()

    def remove():
        try:
            services.remove(cart=cart, line_id=line.pk)
        except CartLine.DoesNotExist as error:
            return error

    answers = while_another_tab_takes_out(line, remove)

    assert [type(answer) for answer in answers] == [CartLine.DoesNotExist]


def post(cart, data):
    """Send the cart's form from a browser of its own."""
    client = Client()
    make.carry(client, cart)
    return client.post(PAGE, data)


def while_another_tab_takes_out(line, act):
    """Hold the cart, start the act, take the line out once the act waits for the cart; return what the act did."""
    answers = []

    def run():
        try:
            answers.append(act())
        finally:
            connection.close()

    waiting = threading.Thread(target=run)
    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=line.cart_id)
        waiting.start()
        wait_until_somebody_waits_for_a_lock()
        line.delete()
    waiting.join(PATIENCE_SECONDS)
    return answers


def wait_until_somebody_waits_for_a_lock():
    pause = threading.Event()
    with connection.cursor() as cursor:
        for _ in range(PATIENCE_SECONDS * 100):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            pause.wait(0.01)
    raise AssertionError("nobody waits for a lock")
