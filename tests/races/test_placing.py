"""One press of the button, or ten, is one purchase; and what is placed is what was shown."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cart import services as carts
from catalog.models import StockLevel
from catalog.services import prices
from orders.models import Order, OrderEvent, Purchase
from orders.services import placing
from tests import books, make
from tests.crowd import ROW_LOCK, Crossing, at_once, caught
from tests.races.queues import press

AFTER_THE_CHECKOUT = "FROM orders_checkout .* FOR UPDATE"
AFTER_THE_QUOTE = "FROM orders_deliverymethod"  # the last thing read before anything is written


def test_ten_presses_at_once_are_one_purchase():
    agreement = make.agreement(make.checkout())

    results = at_once(*[press(agreement)] * 10)

    assert results == [Purchase.objects.get()] * 10
    assert Order.objects.count() == 1
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(10, 1)]
    assert list(OrderEvent.objects.values_list("kind", flat=True)) == ["PLACED"]
    assert books.findings() == []


def test_ten_posts_of_one_form_all_lead_to_the_one_order():
    checkout = make.checkout()
    form = make.review_form(checkout, at=timezone.now())

    answers = at_once(*[partial(_post, checkout.cart, form)] * 10)

    number = Order.objects.get().number
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.url for answer in answers} == {reverse("payments:pay", args=[number])}
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(10, 1)]


def test_the_second_press_waits_for_the_first_and_finds_its_purchase():
    agreement = make.agreement(make.checkout())

    results = at_once(*[press(agreement)] * 2, crossing=Crossing(AFTER_THE_CHECKOUT, are_kept_apart=True))

    assert results == [Purchase.objects.get()] * 2
    assert books.findings() == []


def test_control_without_the_lock_the_second_press_runs_into_the_constraint():
    agreement = make.agreement(make.checkout())
    crossing = Crossing(AFTER_THE_QUOTE, without=[ROW_LOCK])

    results = at_once(*[caught(press(agreement), IntegrityError)] * 2, crossing=crossing)

    assert sorted(type(each).__name__ for each in results) == ["IntegrityError", "Purchase"]


def test_control_without_lock_and_token_one_cart_is_bought_twice():
    checkout = make.checkout()
    agreement = make.agreement(checkout)
    crossing = Crossing(AFTER_THE_QUOTE, without=[ROW_LOCK, _other_token()])

    results = at_once(*[caught(press(agreement), IntegrityError)] * 2, crossing=crossing)

    assert len(set(results)) == 2
    assert (Purchase.objects.count(), Order.objects.count()) == (2, 2)


def test_the_same_press_with_other_content_at_once_is_refused():
    checkout = make.checkout()
    honest = press(make.agreement(checkout))
    other = press(make.agreement(checkout, digest="0" * 64))

    results = at_once(*(caught(each, placing.PlacingError) for each in (honest, other)))

    assert isinstance(results[0], Purchase)
    assert isinstance(results[1], placing.OtherContentError | placing.QuoteChangedError)
    assert Purchase.objects.count() == 1


def test_no_unit_is_lost_when_a_cart_is_filled_while_it_is_placed():
    variant = make.only_variant(make.product())
    checkout = make.checkout(make.cart(variant))
    agreement = make.agreement(checkout)
    add = partial(carts.add, cart=checkout.cart, variant=variant, quantity=1, at=timezone.now())

    results = at_once(caught(press(agreement), placing.QuoteChangedError), add)

    is_placed = isinstance(results[0], Purchase)
    assert list(checkout.cart.lines.values_list("quantity", flat=True)) == [1 if is_placed else 2]
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(10, int(is_placed))]
    assert Purchase.objects.count() == is_placed


@pytest.mark.parametrize("price", ["12.00", "8.00"])
def test_the_price_shown_is_the_price_placed_or_nothing_is(price):
    variant = make.only_variant(make.product(price="10.00"))
    agreement = make.agreement(make.checkout(make.cart(variant)))
    change = partial(prices.set_base, variant=variant, amount=Decimal(price), currency="CNY")

    results = at_once(caught(press(agreement), placing.QuoteChangedError), change)

    if isinstance(results[0], Purchase):
        assert str(Order.objects.get().items_total) == "10.00"
    else:
        assert Purchase.objects.count() == 0
    assert books.findings() == []


def _post(cart, form):
    client = Client()
    make.carry(client, cart)
    return client.post(reverse("checkout:review"), form)


def _other_token():
    """Return what makes each purchase write down a token of its own."""
    return r'(INSERT INTO "orders_purchase" \([^)]*\) VALUES \()%s', r"\1COALESCE(gen_random_uuid(), %s::uuid)"
