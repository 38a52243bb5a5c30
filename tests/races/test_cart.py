"""Two tabs of one shopper add up, and two visits at once make one cart."""

from functools import partial

from django.utils import timezone

from cart import services as carts
from cart.models import Cart
from orders.models import Checkout
from orders.services import checkouts
from tests import make
from tests.crowd import ROW_LOCK, Crossing, at_once

AFTER_THE_CART = "FROM cart_cart .* FOR UPDATE"
AFTER_THE_LINES = 'FROM "cart_cartline"'


def test_one_product_added_in_two_tabs_at_once_is_one_line_with_both_units():
    variant = make.only_variant(make.product())
    cart = make.cart()

    at_once(*_adds(cart, variant, 2), crossing=Crossing(AFTER_THE_CART, are_kept_apart=True))

    assert list(cart.lines.values_list("variant", "quantity")) == [(variant.pk, 2)]


def test_ten_adds_at_once_never_exceed_what_there_is():
    variant = make.only_variant(make.product(stock=7))
    cart = make.cart()

    at_once(*_adds(cart, variant, 10))

    assert list(cart.lines.values_list("variant", "quantity")) == [(variant.pk, 7)]


def test_control_without_the_lock_one_of_two_units_is_lost():
    variant = make.only_variant(make.product())
    cart = make.cart(variant)

    at_once(*_adds(cart, variant, 2), crossing=Crossing(AFTER_THE_LINES, without=[ROW_LOCK]))

    assert list(cart.lines.values_list("variant", "quantity")) == [(variant.pk, 2)]  # one there, and two added


def test_five_visits_of_a_member_at_once_make_one_cart():
    user = make.user()

    found = at_once(*[partial(carts.find_or_create, user=user, token=None)] * 5)

    assert found == [Cart.objects.get()] * 5


def test_an_address_sent_five_times_at_once_is_one_checkout():
    cart = make.cart(make.only_variant(make.product()))
    send = partial(_send_address, cart)

    at_once(*[send] * 5)

    assert Checkout.objects.get().street == make.ADDRESS["street"]


def _adds(cart, variant, count):
    return [partial(carts.add, cart=cart, variant=variant, quantity=1, at=timezone.now())] * count


def _send_address(cart):
    checkouts.set_address(checkout=checkouts.find(cart=cart), email="li.na@example.com", address=make.ADDRESS)
