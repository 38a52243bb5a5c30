"""Addresses as readers of a language write them, and what is promised to the shop's own country."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from accounts.selectors import addresses
from notifications.models import Message
from orders.models import Checkout
from orders.services import lifecycle, placing
from tests import make
from tests.conftest import NOW

HOME = {
    "country": "CN",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路88号",
    "postcode": "310012",
}
CAPITAL = HOME | {"province": "北京市", "city": "北京市", "district": "朝阳区", "street": "建国路93号", "postcode": ""}
ABROAD = {
    "country": "GB",
    "province": "",
    "city": "London",
    "district": "",
    "street": "1 High St",
    "postcode": "N1 9GU",
}


@pytest.mark.parametrize(
    ("language", "parts", "written"),
    [
        ("zh-hans", HOME, "浙江省杭州市西湖区文三路88号 310012"),
        ("zh-hans", HOME | {"postcode": ""}, "浙江省杭州市西湖区文三路88号"),
        ("zh-hans", make.ADDRESS, "浙江省Hangzhou Xihu 88 Wensan Road"),
        ("en", HOME, "文三路88号, 西湖区, 杭州市, Zhejiang 310012"),
        ("en", ABROAD, "1 High St, London N1 9GU, United Kingdom"),
        ("zh-hans", CAPITAL, "北京市朝阳区建国路93号"),
        ("en", CAPITAL, "建国路93号, 朝阳区, Beijing"),
        ("zh-hans", ABROAD, "1 High St, London N1 9GU, 英国"),
    ],
)
def test_an_address_is_written_as_readers_of_the_language_do(language, parts, written):
    with translation.override(language):
        assert addresses.one_line(Checkout(**parts)) == written


@pytest.mark.django_db
def test_the_confirmation_names_the_country_abroad():
    make.delivery(countries=["CN", "GB"])
    purchase = placing.place(agreement=make.agreement(make.checkout(None, **ABROAD)), at=NOW)
    lifecycle.receive_payment(purchase_id=purchase.pk, at=NOW)

    message = Message.objects.get(kind="order_confirmed")

    assert message.context["address"] == ["Li Na", "13800138000", "1 High St, London N1 9GU, United Kingdom"]


@pytest.mark.django_db
def test_a_product_page_promises_what_holds_for_the_shops_own_country(client):
    make.delivery(code="abroad", price=Decimal(60), countries=["GB"], position=0)
    make.delivery(code="home", price=Decimal(8), countries=["CN"], position=1)

    page = client.get(make.product().get_absolute_url()).text

    assert "CN¥8" in page
    assert "CN¥60" not in page
