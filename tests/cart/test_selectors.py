"""A cart as it is now."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cart import selectors, services
from cart.selectors import Problem
from catalog.models import Picture, Price, Product, ProductPicture, StockLevel, Variant
from catalog.services import prices, products
from core.money import Money
from tests import make

pytestmark = pytest.mark.django_db


def test_no_cart_is_an_empty_one_in_the_shops_currency(now):
    content = selectors.content(cart=None, at=now)

    assert (content.lines, content.total, content.units) == ([], Money(Decimal(0), "CNY"), 0)


def test_lines_come_in_the_order_they_were_added_with_todays_price(now):
    first = make.only_variant(make.product("Teapot", price="30.00"))
    second = make.only_variant(make.product("Cup", price="4.50"))
    cart = make.cart(first, second, quantity=2)

    content = selectors.content(cart=cart, at=now)

    assert [(line.title, line.quantity, line.total) for line in content.lines] == [
        ("Teapot", 2, Money(Decimal("60.00"), "CNY")),
        ("Cup", 2, Money(Decimal("9.00"), "CNY")),
    ]
    assert (content.total, content.units) == (Money(Decimal("69.00"), "CNY"), 4)


@pytest.mark.parametrize(("amount", "before"), [("11.00", "10.00"), ("9.00", "10.00"), ("10.00", None)])
def test_a_price_that_changed_since_it_was_seen_is_told(now, amount, before):
    variant = make.only_variant(make.product(price="10.00"))
    cart = make.cart(variant)
    prices.set_base(variant=variant, amount=Decimal(amount), currency="CNY")

    line = selectors.content(cart=cart, at=now).lines[0]

    assert line.quote is not None
    assert line.quote.price == Money(Decimal(amount), "CNY")
    assert line.price_before == (Money(Decimal(before), "CNY") if before else None)


def test_a_reduced_price_counts_while_its_window_is_open(now):
    variant = make.only_variant(make.product(price="10.00"))
    cart = make.cart(variant)
    prices.set_sale(variant=variant, amount=Decimal(8), currency="CNY", ends_at=now + timedelta(hours=1))

    during = selectors.content(cart=cart, at=now)
    after = selectors.content(cart=cart, at=now + timedelta(hours=1))

    assert during.total == Money(Decimal(8), "CNY")
    assert after.total == Money(Decimal(10), "CNY")


def test_a_price_for_many_counts_from_that_many_on_and_is_no_news(now):
    variant = make.only_variant(make.product(price="10.00", stock=50))
    _price_from(variant, 10, "9.00")
    cart, small = make.cart(variant, quantity=10), make.cart(variant, quantity=9)

    many, few = (selectors.content(cart=each, at=now).lines[0] for each in (cart, small))

    assert (many.total, many.price_before) == (Money(Decimal("90.00"), "CNY"), None)
    assert (few.total, few.price_before) == (Money(Decimal("90.00"), "CNY"), None)


def test_a_price_for_many_does_not_hold_for_the_few_that_are_left(now):
    variant = make.only_variant(make.product(price="10.00", stock=12))
    _price_from(variant, 10, "9.00")
    cart = make.cart(variant, quantity=10)
    StockLevel.objects.filter(variant=variant).update(allocated=7)

    line = selectors.content(cart=cart, at=now).lines[0]

    assert (line.quantity, line.total) == (5, Money(Decimal("50.00"), "CNY"))


def test_more_than_there_are_is_reduced_for_now_and_told(now):
    variant = make.only_variant(make.product(stock=9))
    cart = make.cart(variant, quantity=5)
    StockLevel.objects.filter(variant=variant).update(allocated=6)

    content = selectors.content(cart=cart, at=now)

    line = content.lines[0]
    assert (line.quantity, line.available, line.is_reduced, line.is_low, line.is_bought) == (3, 3, True, True, True)
    assert (line.row.quantity, content.units) == (5, 3)


def test_few_left_are_told_from_five_on(now):
    scarce, plenty = make.only_variant(make.product(stock=5)), make.only_variant(make.product(stock=6))
    cart = make.cart(scarce, plenty)

    content = selectors.content(cart=cart, at=now)

    assert [line.is_low for line in content.lines] == [True, False]


def test_a_variant_that_is_not_counted_is_never_short(now):
    cart = make.cart(make.only_variant(make.product(stock=None)), quantity=200)

    line = selectors.content(cart=cart, at=now).lines[0]

    assert (line.quantity, line.available, line.problem, line.is_low) == (200, 200, None, False)


def test_gone_and_sold_out_lines_stay_at_the_end_and_are_not_bought(now):
    gone, sold_out, kept = (make.only_variant(make.product(price="10.00", stock=2)) for _ in range(3))
    cart = make.cart(gone, sold_out, kept, quantity=2)
    products.archive(product=gone.product, at=now)
    StockLevel.objects.filter(variant=sold_out).update(allocated=2)

    content = selectors.content(cart=cart, at=now)

    assert [(line.variant, line.problem, line.is_bought) for line in content.lines] == [
        (kept, None, True),
        (gone, Problem.GONE, False),
        (sold_out, Problem.SOLD_OUT, False),
    ]
    assert (content.total, content.units) == (Money(Decimal("20.00"), "CNY"), 2)
    assert content.are_all_selected


@pytest.mark.parametrize("reason", ["not offered", "no price", "other currency", "not yet", "no longer"])
def test_what_cannot_be_ordered_is_gone(now, reason):
    variant = make.only_variant(make.product())
    cart = make.cart(variant)
    changes = {
        "not offered": lambda: Variant.objects.filter(pk=variant.pk).update(is_active=False),
        "no price": lambda: prices.clear(variant=variant, currency="CNY"),
        "other currency": lambda: _sell_in_euros_only(variant),
        "not yet": lambda: Product.objects.update(publish_at=now + timedelta(seconds=1)),
        "no longer": lambda: Product.objects.update(unpublish_at=now),
    }
    changes[reason]()

    content = selectors.content(cart=cart, at=now)

    assert content.lines[0].problem == Problem.GONE
    assert content.bought == []
    assert content.total == Money(Decimal(0), "CNY")


def test_unticked_lines_are_not_bought_and_all_is_not_all(now):
    ticked, unticked = make.only_variant(make.product(price="3.00")), make.only_variant(make.product(price="5.00"))
    cart = make.cart(ticked, unticked)
    services.tick(cart=cart, line_id=cart.lines.get(variant=unticked).pk, is_selected=False)

    content = selectors.content(cart=cart, at=now)

    assert [line.variant for line in content.bought] == [ticked]
    assert content.total == Money(Decimal("3.00"), "CNY")
    assert not content.are_all_selected


def test_options_are_written_and_their_picture_is_shown(now):
    kind = make.product_type(make.attribute("colour", "ink", "jade"))
    product = make.product(product_type=kind)
    ink, jade = (make.variant(product, colour=colour) for colour in ("ink", "jade"))
    for place, (name, shows) in enumerate([("plain", {}), ("inky", {"colour": "ink"})]):
        picture = Picture.objects.create(merchant=product.merchant, name=name, width=100, height=100)
        ProductPicture.objects.create(product=product, picture=picture, shows=shows, position=place)
    cart = make.cart(ink, jade)

    content = selectors.content(cart=cart, at=now)

    assert [(line.options, line.picture) for line in content.lines] == [("Ink", "inky"), ("Jade", "plain")]


def test_the_number_beside_the_cart_counts_units_of_all_lines(now):
    cart = make.cart(make.only_variant(make.product()), make.only_variant(make.product()), quantity=3)
    cart.lines.filter(pk=cart.lines.order_by("pk")[0].pk).update(is_selected=False)

    assert selectors.unit_count(cart=cart) == 6
    assert selectors.unit_count(cart=None) == 0


@pytest.mark.parametrize("lines", [1, 20])
def test_a_cart_costs_four_queries_and_its_pictures_one(now, lines, django_assert_num_queries):
    kind = make.product_type(make.attribute("colour", "ink"))
    variants = [make.variant(make.product(product_type=kind, price=None), colour="ink") for _ in range(lines)]
    cart = make.cart(*variants)

    with django_assert_num_queries(4):
        content = selectors.content(cart=cart, at=now)

    assert len(content.bought) == lines
    with django_assert_num_queries(1):
        assert [line.picture for line in content.lines] == [""] * lines


def _price_from(variant, quantity, amount):
    price_list = prices.base_list(variant.product.merchant, "CNY")
    Price.objects.create(price_list=price_list, variant=variant, amount=Decimal(amount), min_quantity=quantity)


def _sell_in_euros_only(variant):
    prices.clear(variant=variant, currency="CNY")
    prices.set_base(variant=variant, amount=Decimal(2), currency="EUR")
