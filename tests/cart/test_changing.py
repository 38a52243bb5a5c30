"""Changing what is in a cart."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cart import services, tasks
from cart.models import Cart, CartLine
from catalog.models import Price, StockLevel
from catalog.services import prices
from orders.models import Checkout
from tests import make

pytestmark = pytest.mark.django_db


def test_a_quantity_is_set_and_not_added(now):
    cart = make.cart(make.only_variant(make.product()), quantity=2)

    placed = services.set_quantity(cart=cart, line_id=cart.lines.get().pk, quantity=5)

    assert placed == services.Placed(cart.lines.get(), is_capped=False)
    assert cart.lines.get().quantity == 5


@pytest.mark.parametrize(("stock", "wished", "held"), [(4, 5, 4), (500, 201, 200), (None, 201, 200)])
def test_a_quantity_is_cut_to_what_there_is(now, stock, wished, held):
    cart = make.cart(make.only_variant(make.product(stock=stock)))

    placed = services.set_quantity(cart=cart, line_id=cart.lines.get().pk, quantity=wished)

    assert placed.is_capped
    assert cart.lines.get().quantity == held


def test_a_sold_out_line_keeps_one_unit(now):
    variant = make.only_variant(make.product(stock=3))
    cart = make.cart(variant, quantity=3)
    StockLevel.objects.filter(variant=variant).update(allocated=3)

    services.set_quantity(cart=cart, line_id=cart.lines.get().pk, quantity=3)

    assert cart.lines.get().quantity == 1


def test_a_line_of_another_cart_is_out_of_reach(now):
    cart, other = make.cart(), make.cart(make.only_variant(make.product()))
    line = other.lines.get()

    with pytest.raises(CartLine.DoesNotExist):
        services.set_quantity(cart=cart, line_id=line.pk, quantity=5)
    with pytest.raises(CartLine.DoesNotExist):
        services.remove(cart=cart, line_id=line.pk)
    services.tick(cart=cart, line_id=line.pk, is_selected=False)
    services.select(cart=cart, line_ids=[])

    line.refresh_from_db()
    assert (line.quantity, line.is_selected) == (1, True)


def test_exactly_the_named_lines_are_ticked(now):
    variants = [make.only_variant(make.product()) for _ in range(3)]
    cart = make.cart(*variants)
    first, second, third = cart.lines.order_by("pk")
    services.tick(cart=cart, line_id=second.pk, is_selected=False)

    services.select(cart=cart, line_ids=[second.pk, third.pk])

    assert _ticked(cart) == {second.pk, third.pk}
    assert first.pk not in _ticked(cart)


def test_one_line_is_ticked_and_the_others_stay(now):
    cart = make.cart(make.only_variant(make.product()), make.only_variant(make.product()))
    first, second = cart.lines.order_by("pk")

    services.tick(cart=cart, line_id=first.pk, is_selected=False)

    assert _ticked(cart) == {second.pk}


def test_a_removed_line_comes_back_by_adding_what_was_returned(now):
    cart = make.cart(make.only_variant(make.product()), quantity=3)

    removed = services.remove(cart=cart, line_id=cart.lines.get().pk)
    services.add(cart=cart, variant=removed.variant, quantity=removed.quantity, at=now)

    line = cart.lines.get()
    assert (line.variant, line.quantity, line.is_selected) == (removed.variant, 3, True)


def test_agreeing_notes_todays_price_of_each_line(now):
    variant, unpriced = make.only_variant(make.product(price="10.00")), make.only_variant(make.product(price="5.00"))
    cart = make.cart(variant, unpriced)
    prices.set_base(variant=variant, amount=Decimal(11), currency="CNY")
    prices.clear(variant=unpriced, currency="CNY")

    services.agree_to_prices(cart=cart, at=now)

    assert cart.lines.get(variant=variant).price_seen == Decimal(11)
    assert cart.lines.get(variant=unpriced).price_seen == Decimal(5)


def test_agreeing_notes_the_price_of_the_lines_quantity(now):
    variant = make.only_variant(make.product(price="10.00", stock=50))
    cart = make.cart(variant, quantity=10)
    price_list = prices.base_list(variant.product.merchant, "CNY")
    Price.objects.create(price_list=price_list, variant=variant, amount=Decimal(9), min_quantity=10)

    services.agree_to_prices(cart=cart, at=now)

    assert cart.lines.get().price_seen == Decimal(9)


def test_agreeing_counts_as_touching_the_cart(now):
    cart = make.cart(make.only_variant(make.product()), at=now)

    services.agree_to_prices(cart=cart, at=now + timedelta(days=29))
    services.delete_idle(at=now + timedelta(days=31))

    assert Cart.objects.filter(pk=cart.pk).exists()


def test_bought_lines_leave_and_the_rest_stays(now):
    kept, bought = make.only_variant(make.product()), make.only_variant(make.product())
    cart = make.cart(kept, bought)

    services.take_out_bought(cart=cart, line_ids=[cart.lines.get(variant=bought).pk])

    assert cart.lines.get().variant == kept
    cart.refresh_from_db()
    assert cart.currency == "CNY"


def test_a_cart_that_was_bought_whole_takes_another_currency(now):
    cart = make.cart(make.only_variant(make.product()))
    foreign = make.only_variant(make.product(price=None))
    prices.set_base(variant=foreign, amount=Decimal(7), currency="EUR")

    services.take_out_bought(cart=cart, line_ids=[cart.lines.get().pk])
    services.add(cart=cart, variant=foreign, quantity=1, at=now)

    cart.refresh_from_db()
    assert cart.currency == "EUR"
    assert cart.lines.get().variant == foreign


@pytest.mark.parametrize(
    ("kind", "is_member", "days", "is_deleted"),
    [
        (Cart.Kind.BASKET, False, 30, False),
        (Cart.Kind.BASKET, False, 31, True),
        (Cart.Kind.BASKET, True, 90, False),
        (Cart.Kind.BASKET, True, 91, True),
        (Cart.Kind.BUY_NOW, False, 1, False),
        (Cart.Kind.BUY_NOW, False, 2, True),
        (Cart.Kind.BUY_NOW, True, 2, True),
    ],
)
def test_idle_carts_are_deleted_when_nobody_misses_them(now, kind, is_member, days, is_deleted):
    cart = make.cart(make.only_variant(make.product()), user=make.user() if is_member else None)
    Cart.objects.filter(pk=cart.pk).update(kind=kind, updated_at=now - timedelta(days=days))

    deleted = services.delete_idle(at=now)

    assert deleted == int(is_deleted)
    assert Cart.objects.filter(pk=cart.pk).exists() is not is_deleted
    assert CartLine.objects.exists() is not is_deleted


def test_a_cart_with_a_checkout_goes_with_it(now):
    checkout = make.checkout()
    Cart.objects.filter(pk=checkout.cart_id).update(updated_at=now - timedelta(days=31))

    services.delete_idle(at=now)

    assert not Checkout.objects.exists()


def test_the_task_deletes_batch_after_batch(now, monkeypatch):
    monkeypatch.setattr(services, "DELETE_BATCH", 2)
    young = make.cart()
    Cart.objects.bulk_create(Cart() for _ in range(5))
    Cart.objects.exclude(pk=young.pk).update(updated_at=now - timedelta(days=31))

    tasks.delete_idle()

    assert Cart.objects.get() == young


def _ticked(cart):
    return set(cart.lines.filter(is_selected=True).values_list("pk", flat=True))
