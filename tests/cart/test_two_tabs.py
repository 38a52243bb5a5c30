"""Two tabs on one cart: what one does while the other one waits."""

import pytest
from django.test import Client
from django.urls import reverse

from cart import services
from cart.models import Cart, CartLine
from tests import make
from tests.crowd import while_held

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PAGE = reverse("cart:cart")


def test_a_line_that_another_tab_takes_out_meanwhile_is_not_removed_twice():
    cart = make.cart(make.only_variant(make.product()))
    line = cart.lines.get()

    answer = while_another_tab_takes_out(line, lambda: post(cart, {"remove": line.pk}))

    assert answer.status_code == 303
    assert not cart.lines.exists()


def test_a_quantity_of_a_line_that_another_tab_takes_out_meanwhile_is_left_alone():
    kept, gone = make.only_variant(make.product()), make.only_variant(make.product())
    cart = make.cart(kept, gone)
    line = cart.lines.get(variant=gone)
    wishes = {"line": [row.pk for row in cart.lines.all()]} | {f"q-{row.pk}": "3" for row in cart.lines.all()}

    answer = while_another_tab_takes_out(line, lambda: post(cart, wishes))

    assert answer.status_code == 303
    assert list(cart.lines.values_list("variant", "quantity", "is_selected")) == [(kept.pk, 3, True)]


def test_without_the_views_care_the_second_tab_would_fail():
    cart = make.cart(make.only_variant(make.product()))
    line = cart.lines.get()

    def remove():
        try:
            services.remove(cart=cart, line_id=line.pk)
        except CartLine.DoesNotExist as error:
            return error

    answer = while_another_tab_takes_out(line, remove)

    assert type(answer) is CartLine.DoesNotExist


@pytest.mark.parametrize("form", ["add", "update", "line", "remove"])
def test_a_cart_that_a_login_in_another_tab_merged_away_meanwhile_is_shown_as_it_is_now(form):
    variant = make.only_variant(make.product())
    cart, user = make.cart(variant), make.user()
    line = cart.lines.get()
    address, data = {
        "add": (reverse("cart:items"), {"sku": variant.sku, "quantity": "1"}),
        "update": (PAGE, {"line": line.pk, f"q-{line.pk}": "3"}),
        "line": (reverse("cart:line", args=[line.pk]), {"quantity": "3"}),
        "remove": (reverse("cart:remove", args=[line.pk]), {}),
    }[form]

    answer = while_another_tab(
        cart.pk, lambda: services.merge(user=user, token=cart.token), lambda: post(cart, data, address)
    )

    assert (answer.status_code, answer.url) == (303, PAGE)
    assert "Your cart has changed in another tab." in answer.client.get(PAGE).text
    merged = Cart.objects.get()
    assert (merged.user, list(merged.lines.values_list("variant", "quantity"))) == (user, [(variant.pk, 1)])


def post(cart, data, address=PAGE):
    """Send a form of the cart from a browser of its own."""
    client = Client()
    make.carry(client, cart)
    return client.post(address, data)


def while_another_tab_takes_out(line, act):
    """Take a line out while the act waits for the cart; return what the act did."""
    return while_another_tab(line.cart_id, line.delete, act)


def while_another_tab(cart_id, change, act):
    """Make the change once the act waits for the cart; return what the act did."""
    return while_held(Cart.objects.filter(pk=cart_id), act, change)
