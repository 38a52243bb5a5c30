"""The cart's page and its form."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cart import services
from cart.models import CartLine
from catalog.models import Product, StockLevel
from catalog.services import prices
from tests import make

pytestmark = pytest.mark.django_db
PAGE = reverse("cart:cart")


def test_without_a_cart_the_page_says_so(client):
    response = client.get(PAGE)

    assert response.status_code == 200
    assert "Your cart is empty" in response.text
    assert "cart_count" not in response.cookies


def test_the_page_shows_lines_sums_and_delivery(client):
    make.delivery(price=Decimal(8), free_from=Decimal(88))
    make.carry(client, make.cart(make.only_variant(make.product("Teapot", price="30.00")), quantity=2))

    response = client.get(PAGE)

    assert "Teapot" in response.text
    assert "Add CN¥28.00 more for free delivery." in response.text
    assert _plain(response.context["content"].total) == "CN¥60.00"
    assert response.cookies["cart_count"].value == "2"


def test_free_delivery_is_told_once_it_is_reached(client):
    make.delivery(free_from=Decimal(88))
    make.carry(client, make.cart(make.only_variant(make.product(price="88.00"))))

    response = client.get(PAGE)

    assert "Your order qualifies for free delivery." in response.text


def test_a_changed_price_is_told_until_it_was_seen_in_a_form(client):
    variant = make.only_variant(make.product(price="10.00"))
    cart = make.cart(variant)
    make.carry(client, cart)
    prices.set_base(variant=variant, amount=Decimal(11), currency="CNY")
    news = "The price changed from CN¥10.00 to CN¥11.00"

    before = client.get(PAGE)
    client.post(PAGE, {"line": cart.lines.get().pk})
    after = client.get(PAGE)

    assert news in before.text
    assert news not in after.text


def test_an_unpublished_product_stays_listed_but_is_not_bought(client):
    kept, gone = make.only_variant(make.product("Cup")), make.only_variant(make.product("Teapot"))
    make.carry(client, make.cart(kept, gone))
    Product.objects.filter(pk=gone.product_id).update(status=Product.Status.DRAFT)

    response = client.get(PAGE)

    assert response.status_code == 200
    assert "Teapot" in response.text
    assert "No longer available" in response.text
    assert f'href="{gone.product.get_absolute_url()}' not in response.text
    assert [line.variant for line in response.context["content"].bought] == [kept]


def test_a_cart_of_gone_products_offers_no_checkout(client):
    gone = make.only_variant(make.product())
    make.carry(client, make.cart(gone))
    Product.objects.filter(pk=gone.product_id).update(status=Product.Status.ARCHIVED)

    response = client.get(PAGE)

    assert response.status_code == 200
    assert reverse("checkout:begin") not in response.text


def test_fewer_than_wished_are_told(client):
    variant = make.only_variant(make.product(stock=5))
    make.carry(client, make.cart(variant, quantity=5))
    StockLevel.objects.filter(variant=variant).update(allocated=2)

    response = client.get(PAGE)

    assert "Only 3 left" in response.text


def test_quantities_and_ticks_of_the_whole_form_are_kept(client):
    ticked, unticked = make.only_variant(make.product()), make.only_variant(make.product())
    cart = make.cart(ticked, unticked)
    make.carry(client, cart)
    first, second = cart.lines.order_by("pk")

    response = client.post(PAGE, {"line": first.pk, f"q-{first.pk}": "3", f"q-{second.pk}": "4"})

    assert (response.status_code, response.url) == (303, PAGE)
    assert response.cookies["cart_count"].value == "7"
    assert _lines(cart) == [(first.pk, 3, True), (second.pk, 4, False)]


def test_select_all_ticks_all_when_some_were_not(client):
    cart = make.cart(make.only_variant(make.product()), make.only_variant(make.product()))
    make.carry(client, cart)
    first, second = cart.lines.order_by("pk")
    services.select(cart=cart, line_ids=[first.pk])

    client.post(PAGE, {"all": "on", "line": first.pk})

    assert _lines(cart) == [(first.pk, 1, True), (second.pk, 1, True)]


def test_a_line_can_be_unticked_without_script_while_select_all_is_ticked(client):
    cart = make.cart(make.only_variant(make.product()), make.only_variant(make.product()))
    make.carry(client, cart)
    first, second = cart.lines.order_by("pk")

    client.post(PAGE, {"all": "on", "line": first.pk})

    assert _lines(cart) == [(first.pk, 1, True), (second.pk, 1, False)]


def test_enter_in_a_quantity_updates_the_cart_and_removes_nothing(client):
    cart = make.cart(make.only_variant(make.product()))
    make.carry(client, cart)

    page = client.get(PAGE).text

    form = page[page.index(f'<form method="post" action="{PAGE}"') :]
    default_button = next(part for part in form.split("<button")[1:] if 'type="button"' not in part.split(">")[0])
    assert 'name="remove"' not in default_button.split(">")[0]


def test_more_than_there_are_is_cut_and_told(client):
    cart = make.cart(make.only_variant(make.product(stock=4)))
    make.carry(client, cart)
    line = cart.lines.get()

    response = client.post(PAGE, {"line": line.pk, f"q-{line.pk}": "9"}, follow=True)

    assert "Only 4 left, so your cart holds 4." in response.text
    assert _lines(cart) == [(line.pk, 4, True)]


def test_quantity_zero_in_the_form_takes_the_line_out(client):
    cart = make.cart(make.only_variant(make.product()), make.only_variant(make.product()))
    make.carry(client, cart)
    first, second = cart.lines.order_by("pk")

    client.post(PAGE, {"line": [first.pk, second.pk], f"q-{first.pk}": "0", f"q-{second.pk}": "1"})

    assert _lines(cart) == [(second.pk, 1, True)]


def test_a_line_is_removed_and_can_be_put_back(client):
    variant = make.only_variant(make.product("Teapot"))
    cart = make.cart(variant, quantity=3)
    make.carry(client, cart)

    removed = client.post(PAGE, {"remove": cart.lines.get().pk}, follow=True)
    undone = client.post(reverse("cart:items"), {"sku": variant.sku, "quantity": "3"})

    assert "Removed" in removed.text
    assert f'name="sku" value="{variant.sku}"' in removed.text
    assert 'name="quantity" value="3"' in removed.text
    assert "Your cart is empty" in removed.text
    assert undone.status_code == 303
    assert list(cart.lines.values_list("variant", "quantity")) == [(variant.pk, 3)]


@pytest.mark.parametrize("forged", ["0", "-1", "x", "1e5", "9" * 30, "\x00"])
def test_removing_what_is_no_line_is_404(client, forged):
    cart = make.cart(make.only_variant(make.product()))
    make.carry(client, cart)

    response = client.post(PAGE, {"remove": forged})

    assert response.status_code == 404
    assert cart.lines.count() == 1


def test_removing_a_number_that_only_begins_like_a_line_is_404(client):
    cart = make.cart(make.only_variant(make.product()))
    make.carry(client, cart)

    response = client.post(PAGE, {"remove": f"{cart.lines.get().pk:018}5"})

    assert response.status_code == 404
    assert cart.lines.count() == 1


def test_prices_and_totals_in_the_form_are_ignored(client):
    cart = make.cart(make.only_variant(make.product(price="10.00")), quantity=2)
    make.carry(client, cart)
    line = cart.lines.get()
    forged = {"price": "0.01", f"price-{line.pk}": "0.01", "total": "0.01", "price_seen": "0.01", "currency": "JPY"}

    client.post(PAGE, {"line": line.pk, f"q-{line.pk}": "2", **forged})
    response = client.get(PAGE)

    assert _plain(response.context["content"].total) == "CN¥20.00"
    line.refresh_from_db()
    assert line.price_seen == Decimal("10.00")
    cart.refresh_from_db()
    assert cart.currency == "CNY"


def test_a_post_without_a_cart_shows_the_empty_page(client):
    response = client.post(PAGE, {"all": "on", "remove": "1"})

    assert response.status_code == 200
    assert "Your cart is empty" in response.text


def test_a_product_of_a_line_cannot_be_deleted_into_a_broken_page(client):
    variant = make.only_variant(make.product())
    make.carry(client, make.cart(variant))
    CartLine.objects.all().delete()

    response = client.get(PAGE)

    assert response.status_code == 200


def test_the_page_is_for_one_visitor_and_is_kept_nowhere(client):
    make.carry(client, make.cart(make.only_variant(make.product())))

    shown = client.get(PAGE)
    changed = client.post(PAGE, {"all": "on"})
    added = client.post(reverse("cart:items"), {"sku": make.only_variant(make.product()).sku, "quantity": "1"})

    for response in (shown, changed, added):
        assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize("lines", [1, 48])
@pytest.mark.parametrize("is_member", [False, True])
def test_the_page_costs_the_same_few_queries_for_one_line_and_for_many(
    client, lines, is_member, django_assert_num_queries
):
    make.delivery()
    user = make.user() if is_member else None
    cart = make.cart(*(make.only_variant(make.product()) for _ in range(lines)), user=user)
    if user:
        client.force_login(user)
    else:
        make.carry(client, cart)
    client.get(PAGE)  # the frame around every page is kept for a minute

    with django_assert_num_queries(7 if is_member else 6):
        response = client.get(PAGE)

    assert len(response.context["content"].lines) == lines


def _lines(cart):
    return list(cart.lines.order_by("pk").values_list("pk", "quantity", "is_selected"))


def _plain(money):
    return f"CN¥{money.amount:.2f}"
