"""Options that a form names instead of a SKU."""

import pytest
from django.urls import reverse

from cart.models import Cart
from catalog.models import Variant
from tests import make

pytestmark = pytest.mark.django_db
ADDING = reverse("cart:items")


@pytest.fixture
def product():
    """A product that is offered in ink and chalk."""
    kind = make.product_type(make.attribute("colour", "ink", "chalk"))
    made = make.product(product_type=kind, price=None)
    Variant.objects.filter(product=made).update(is_active=False)
    for colour in ("ink", "chalk"):
        make.variant(made, colour=colour)
    return made


def test_a_combination_is_added(client, product):
    response = client.post(ADDING, {"product": product.slug, "colour": "chalk", "quantity": "1"})

    assert response.status_code == 303
    assert Cart.objects.get().lines.get().variant.options == {"colour": "chalk"}


@pytest.mark.parametrize("sign", ["", "\x00"])
def test_a_combination_that_nobody_offers_is_refused_with_the_way_back(client, product, sign):
    data = {"product": product.slug + sign, "colour": "plaid", "quantity": "1"}
    response = client.post(ADDING, data)

    assert response.status_code == 422
    assert f'href="{product.get_absolute_url()}"' in response.text
    assert not Cart.objects.exists()
