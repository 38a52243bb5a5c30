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

    client.post(PAGE, {"all": "on", "were_all": "on", "line": first.pk})

    assert _lines(cart) == [(first.pk, 1, True), (second.pk, 1, False)]


def test_select_all_unticks_all_without_script_when_it_alone_was_unticked(client):
    sold_out = make.only_variant(make.product(stock=1))
    cart = make.cart(make.only_variant(make.product()), make.only_variant(make.product()), sold_out)
    make.carry(client, cart)
    StockLevel.objects.filter(variant=sold_out).update(allocated=1)
    first, second, _gone = cart.lines.order_by("pk")

    page = client.get(PAGE)
    client.post(PAGE, {"were_all": "on", "line": [first.pk, second.pk]})

    assert 'type="hidden" name="were_all"' in page.text
    assert not cart.lines.filter(is_selected=True).exists()


def test_lines_stay_ticked_when_a_form_says_nothing_of_select_all(client):
    cart = make.cart(make.only_variant(make.product()))
    make.carry(client, cart)
    line = cart.lines.get()

    page = client.get(PAGE)
    client.post(PAGE, {"line": line.pk, f"q-{line.pk}": "2"})

    assert "were_all" not in page.text
    assert _lines(cart) == [(line.pk, 2, True)]


def test_a_line_and_select_all_unticked_together_leave_the_other_lines_ticked(client):
    cart = make.cart(make.only_variant(make.product()), make.only_variant(make.product()))
    make.carry(client, cart)
    first, second = cart.lines.order_by("pk")

    client.post(PAGE, {"were_all": "on", "line": second.pk})

    assert _lines(cart) == [(first.pk, 1, False), (second.pk, 1, True)]


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

    data = {"line": [first.pk, second.pk], f"q-{first.pk}": "0", f"q-{second.pk}": "1"}
    response = client.post(PAGE, data, follow=True)

    assert _lines(cart) == [(second.pk, 1, True)]
    assert "Removed" in response.text
    assert f'name="sku" value="{first.variant.sku}"' in response.text


def test_quantity_zero_of_one_line_takes_it_out_and_offers_it_back(client):
    cart = make.cart(make.only_variant(make.product()), quantity=2)
    make.carry(client, cart)
    line = cart.lines.get()

    response = client.post(reverse("cart:line", args=[line.pk]), {"quantity": "0"}, follow=True)

    assert not cart.lines.exists()
    assert "Removed" in response.text
    assert 'name="quantity" value="2"' in response.text


def test_a_line_is_removed_and_can_be_put_back(client):
    variant = make.only_variant(make.product("Teapot"))
    cart = make.cart(variant, quantity=3)
    make.carry(client, cart)

    removed = client.post(PAGE, {"remove": cart.lines.get().pk}, follow=True)
    undone = client.post(
        reverse("cart:items"), {"sku": variant.sku, "quantity": "3", "undo": "1", "next_url": PAGE}, follow=True
    )

    assert "Removed" in removed.text
    assert f'name="sku" value="{variant.sku}"' in removed.text
    assert 'name="quantity" value="3"' in removed.text
    assert "Your cart is empty" in removed.text
    assert 'name="undo" value="1"' in removed.text
    assert "Put back into the cart" in undone.text
    assert "View cart" not in undone.text
    assert list(cart.lines.values_list("variant", "quantity")) == [(variant.pk, 3)]


@pytest.mark.parametrize("forged", ["0", "-1", "x", "1e5", "9" * 30, "\x00"])
def test_removing_what_is_no_line_removes_nothing(client, forged):
    cart = make.cart(make.only_variant(make.product()))
    make.carry(client, cart)

    response = client.post(PAGE, {"remove": forged})

    assert (response.status_code, response.url) == (303, PAGE)
    assert cart.lines.count() == 1


def test_removing_a_number_that_only_begins_like_a_line_removes_nothing(client):
    cart = make.cart(make.only_variant(make.product()))
    make.carry(client, cart)

    response = client.post(PAGE, {"remove": f"{cart.lines.get().pk:018}5"})

    assert (response.status_code, response.url) == (303, PAGE)
    assert cart.lines.count() == 1


@pytest.mark.parametrize("is_whole_form", [True, False])
def test_a_second_press_of_remove_finds_the_line_out_already(client, is_whole_form):
    kept, gone = make.only_variant(make.product()), make.only_variant(make.product())
    cart = make.cart(kept, gone)
    make.carry(client, cart)
    line = cart.lines.get(variant=gone)
    address, data = (PAGE, {"remove": line.pk}) if is_whole_form else (reverse("cart:remove", args=[line.pk]), {})

    answers = [client.post(address, data) for _ in range(2)]

    assert [(answer.status_code, answer.url) for answer in answers] == [(303, PAGE)] * 2
    assert answers[1].cookies["cart_count"].value == "1"
    assert cart.lines.get().variant == kept


@pytest.mark.parametrize("has_cart", [True, False])
def test_another_shoppers_line_is_not_removed(client, has_cart):
    other = make.cart(make.only_variant(make.product()))
    line = other.lines.get()
    if has_cart:
        make.carry(client, make.cart(make.only_variant(make.product())))

    alone = client.post(reverse("cart:remove", args=[line.pk]))
    client.post(PAGE, {"remove": line.pk})

    assert (alone.status_code, alone.url) == (303, PAGE)
    assert other.lines.get() == line


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

    with django_assert_num_queries(8 if is_member else 6):
        response = client.get(PAGE)

    assert len(response.context["content"].lines) == lines


def _lines(cart):
    return list(cart.lines.order_by("pk").values_list("pk", "quantity", "is_selected"))


def _plain(money):
    return f"CN¥{money.amount:.2f}"
