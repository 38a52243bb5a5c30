"""A login brings the visitor's cart into the account's."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from cart import services
from cart.models import Cart
from catalog.models import StockLevel
from catalog.services import prices
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shopper():
    return make.user()


def test_the_visitors_lines_come_along_and_the_visitors_cart_ends(shopper):
    variant, kept = make.only_variant(make.product()), make.only_variant(make.product())
    guest, own = make.cart(variant, quantity=2), make.cart(kept, user=shopper)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == []
    assert _content(own) == {kept: 1, variant: 2}
    assert list(Cart.objects.all()) == [own]


def test_the_same_product_adds_up(shopper):
    variant = make.only_variant(make.product(stock=9))
    guest, own = make.cart(variant, quantity=3), make.cart(variant, quantity=2, user=shopper)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == []
    assert _content(own) == {variant: 5}


def test_three_and_two_of_four_left_are_four_and_told(shopper):
    variant = make.only_variant(make.product(stock=4))
    guest, own = make.cart(variant, quantity=3), make.cart(variant, quantity=2, user=shopper)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == [variant]
    assert _content(own) == {variant: 4}


def test_a_line_holds_200_at_most(shopper):
    variant = make.only_variant(make.product(stock=500))
    guest, own = make.cart(variant, quantity=150), make.cart(variant, quantity=100, user=shopper)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == [variant]
    assert _content(own) == {variant: 200}


def test_the_accounts_own_wish_is_never_cut(shopper):
    variant = make.only_variant(make.product(stock=9))
    guest, own = make.cart(variant, quantity=1), make.cart(variant, quantity=5, user=shopper)
    StockLevel.objects.filter(variant=variant).update(allocated=6)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == [variant]
    assert _content(own) == {variant: 5}


def test_a_sold_out_line_comes_along_with_one_unit(shopper):
    variant = make.only_variant(make.product(stock=3))
    guest = make.cart(variant, quantity=3)
    StockLevel.objects.filter(variant=variant).update(allocated=3)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == [variant]
    assert _content(Cart.objects.get(user=shopper)) == {variant: 1}


def test_an_unticked_line_stays_unticked(shopper):
    variant = make.only_variant(make.product())
    guest = make.cart(variant)
    guest.lines.update(is_selected=False)

    services.merge(user=shopper, token=guest.token)

    assert not Cart.objects.get(user=shopper).lines.get().is_selected


def test_logging_in_again_and_again_does_not_grow_the_cart(shopper):
    variant = make.only_variant(make.product(stock=9))
    guest, own = make.cart(variant, quantity=1), make.cart(variant, quantity=2, user=shopper)

    for _ in range(3):
        services.merge(user=shopper, token=guest.token)

    assert _content(own) == {variant: 3}


def test_products_in_another_currency_stay_out_and_are_told(shopper):
    euros = make.only_variant(make.product(price=None))
    prices.set_base(variant=euros, amount=Decimal(7), currency="EUR")
    kept = make.only_variant(make.product())
    guest, own = make.cart(euros), make.cart(kept, user=shopper)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == [euros]
    assert _content(own) == {kept: 1}
    own.refresh_from_db()
    assert own.currency == "CNY"


def test_an_empty_cart_of_the_account_takes_the_visitors_currency(shopper):
    euros = make.only_variant(make.product(price=None))
    prices.set_base(variant=euros, amount=Decimal(7), currency="EUR")
    own = make.cart(user=shopper)

    cut = services.merge(user=shopper, token=make.cart(euros).token)

    assert cut == []
    own.refresh_from_db()
    assert (own.currency, _content(own)) == ("EUR", {euros: 1})


def test_an_empty_visitors_cart_changes_nothing(shopper):
    variant = make.only_variant(make.product())
    guest, own = make.cart(), make.cart(variant, user=shopper)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == []
    own.refresh_from_db()
    assert (own.currency, _content(own)) == ("CNY", {variant: 1})


def test_lines_beyond_the_limit_stay_out_and_are_told(shopper, settings):
    settings.CART_LINE_LIMIT = 3
    known, other, third, fourth = (make.only_variant(make.product()) for _ in range(4))
    guest, own = make.cart(known, third, fourth), make.cart(known, other, user=shopper)

    cut = services.merge(user=shopper, token=guest.token)

    assert cut == [fourth]
    assert _content(own) == {known: 2, other: 1, third: 1}


def test_a_merged_cart_is_as_young_as_the_younger_one(shopper, now):
    guest, own = make.cart(make.only_variant(make.product())), make.cart(user=shopper)
    Cart.objects.filter(pk=own.pk).update(updated_at=now - timedelta(days=89))

    services.merge(user=shopper, token=guest.token)

    own.refresh_from_db()
    assert own.updated_at == now


@pytest.mark.parametrize("kind", ["nobody's", "another user's", "bought at once"])
def test_only_a_visitors_own_cart_can_be_merged(shopper, now, kind):
    variant = make.only_variant(make.product())
    carts = {
        "nobody's": lambda: Cart(token=uuid.uuid4()),
        "another user's": lambda: make.cart(variant, user=make.user()),
        "bought at once": lambda: services.buy_now(user=None, variant=variant, quantity=1, at=now),
    }
    other = carts[kind]()

    cut = services.merge(user=shopper, token=other.token)

    assert cut == []
    assert not Cart.objects.filter(user=shopper).exists()
    assert not Cart.objects.filter(pk=other.pk).exists() or _content(other) == {variant: 1}


def _content(cart):
    return {line.variant: line.quantity for line in cart.lines.select_related("variant")}
