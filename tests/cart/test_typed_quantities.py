"""What people and programs type as a quantity."""

import pytest
from django.urls import reverse

from cart.forms import QuantityForm
from cart.models import Cart
from tests import make

pytestmark = pytest.mark.django_db
MESSAGE = "Enter a quantity between {} and 200."
WRONG = [
    "-1",
    "1e2",
    "NaN",
    "1.5",
    str(10**30),
    "",
    "\x00",
    "1\x00",
    "two",
    "0x10",
    "½",
    "201",
    "--",
    "1,000",
    "9" * 5000,
]


@pytest.mark.parametrize("typed", [*WRONG, "0"])
def test_a_wrong_quantity_adds_nothing_and_says_what_is_right(client, typed):
    variant = make.only_variant(make.product())

    response = client.post(reverse("cart:items"), {"sku": variant.sku, "quantity": typed})

    assert response.status_code == 422
    assert MESSAGE.format(1) in response.text
    assert not Cart.objects.exists()


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_quantity_in_the_cart_changes_nothing_and_says_what_is_right(client, typed):
    cart = make.cart(*(make.only_variant(make.product(stock=300)) for _ in range(2)), quantity=2)
    make.carry(client, cart)
    first, second = cart.lines.order_by("pk")

    response = client.post(reverse("cart:cart"), {f"q-{first.pk}": "3", f"q-{second.pk}": typed})

    assert response.status_code == 422
    assert MESSAGE.format(0) in response.text
    assert list(cart.lines.values_list("quantity", "is_selected")) == [(2, True), (2, True)]


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_quantity_of_one_line_changes_nothing_and_says_what_is_right(client, typed):
    cart = make.cart(make.only_variant(make.product(stock=300)), quantity=2)
    make.carry(client, cart)

    response = client.post(reverse("cart:line", args=[cart.lines.get().pk]), {"quantity": typed})

    assert response.status_code == 422
    assert MESSAGE.format(0) in response.text
    assert cart.lines.get().quantity == 2


def test_a_refused_quantity_stays_in_its_field_which_is_marked_and_says_how_many_there_are(client):
    cart = make.cart(make.only_variant(make.product(stock=3)), make.only_variant(make.product()), quantity=2)
    make.carry(client, cart)
    refused, other = cart.lines.order_by("pk")

    response = client.post(reverse("cart:cart"), {f"q-{refused.pk}": "1e2", f"q-{other.pk}": "2"})

    field, other_field = (response.text.split(f'id="q-{line.pk}"')[1].split(">")[0] for line in (refused, other))
    assert 'value="1e2"' in field
    assert f'aria-invalid="true" aria-describedby="q-{refused.pk}-error"' in field
    assert f'id="q-{refused.pk}-error">Enter a quantity between 0 and 3.<' in response.text
    assert 'value="2"' in other_field
    assert "aria-invalid" not in other_field


@pytest.mark.parametrize("typed", ["１２", "12", " 12 ", "+12", "١٢", "12.0"])
def test_twelve_is_twelve_in_every_script(client, typed):
    variant = make.only_variant(make.product(stock=50))

    response = client.post(reverse("cart:items"), {"sku": variant.sku, "quantity": typed})

    assert response.status_code == 303
    assert Cart.objects.get().lines.get().quantity == 12


def test_twelve_is_twelve_in_the_cart_too(client):
    cart = make.cart(make.only_variant(make.product(stock=50)))
    make.carry(client, cart)
    line = cart.lines.get()

    client.post(reverse("cart:cart"), {"line": line.pk, f"q-{line.pk}": "１２"})

    assert cart.lines.get().quantity == 12


def test_what_was_typed_is_shown_again_and_escaped(client):
    variant = make.only_variant(make.product())

    response = client.post(reverse("cart:items"), {"sku": variant.sku, "quantity": '"><script>'})

    assert "&quot;&gt;&lt;script&gt;" in response.text
    assert '"><script>' not in response.text


@pytest.mark.parametrize("typed", ["1_0", "1_000"])
def test_an_underscore_is_no_part_of_a_number(typed):
    form = QuantityForm({"quantity": typed})

    assert not form.is_valid()
