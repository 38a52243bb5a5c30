"""SELECTs written by hand must give what the ORM gives."""

from __future__ import annotations

import pytest
from django.db import models

from accounts.models import Merchant
from accounts.selectors import addresses
from cart import selectors, services
from cart.models import Cart, CartLine
from catalog.models import Product, Variant
from core.rows import Statement
from orders.models import Checkout, DeliveryMethod
from orders.selectors import delivery
from orders.services import checkouts
from tests import make

pytestmark = pytest.mark.django_db

VARIANTS = Statement(
    "SELECT {variant}, {merchant} FROM catalog_variant variant"
    " LEFT JOIN accounts_merchant merchant ON merchant.slug = %s WHERE variant.sku = ANY(%s) ORDER BY variant.sku",
    variant=Variant,
    merchant=Merchant,
)


def _values(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in type(row)._meta.concrete_fields}


def test_rows_are_models_with_every_field_and_can_be_saved():
    product = make.product()
    kept = make.variant(product, size="M")

    ((variant, merchant),) = VARIANTS.rows([product.merchant.slug, [kept.sku]])
    variant.ean = "4006381333931"
    variant.save()

    assert (variant.options, _values(merchant)) == ({"size": "M"}, _values(product.merchant))
    assert _values(Variant.objects.get(pk=kept.pk)) == _values(kept) | {"ean": "4006381333931"}
    assert not variant.get_deferred_fields()


def test_a_table_without_a_row_is_none():
    variant = make.only_variant(make.product())

    assert VARIANTS.rows(["nobody", [variant.sku]]) == [(variant, None)]
    assert VARIANTS.first(["nobody", ["other"]]) == (None, None)
    assert VARIANTS.rows(["nobody", ["other"]]) == []


def test_the_lines_of_a_cart_are_those_of_the_orm(now, django_assert_num_queries):
    cart = make.cart(make.only_variant(make.product("Teapot")), make.only_variant(make.product("Cup")), quantity=2)
    expected = list(CartLine.objects.filter(cart=cart).select_related("variant__product__merchant").order_by("pk"))

    found = [line.row for line in selectors.content(cart=cart, at=now).lines]

    with django_assert_num_queries(0):
        assert [_values(row) for row in found] == [_values(row) for row in expected]
        assert [_values(row.variant) for row in found] == [_values(row.variant) for row in expected]
        assert [_values(row.variant.product) for row in found] == [_values(row.variant.product) for row in expected]
        merchants = [_values(row.variant.product.merchant) for row in expected]
        assert [_values(row.variant.product.merchant) for row in found] == merchants
    assert {type(row.variant.product) for row in found} == {Product}


def test_cart_checkout_and_delivery_are_those_of_the_orm():
    checkout = make.checkout()
    cart = Cart.objects.get(pk=checkout.cart_id)
    template = make.freight(None, make.freight_rule("CN"), make.no_freight())
    make.delivery(code="express", countries=["CN", "DE"], template=template)
    user = make.user()
    home = make.address(user)
    make.address(user, street="2 Other Road")

    found = services.find(user=None, token=cart.token)
    ways = delivery.ways_of(
        merchant_ids=[method.merchant_id for method in DeliveryMethod.objects.all()], currency="CNY"
    )

    assert found is not None
    assert _values(found) == _values(cart)
    assert _values(checkouts.find(cart=cart)) == _values(Checkout.objects.get(cart=cart))
    default = addresses.default(user=user)
    assert default is not None
    assert _values(default) == _values(home)
    assert [(way.template, len(way.rules)) for way in ways] == [(None, 0), (delivery.template_of(template), 2)]
    assert [_values(way.method) for way in ways] == [
        _values(method) for method in DeliveryMethod.objects.filter(is_active=True).order_by("position", "pk")
    ]
