"""Whatever stands in an address or a form, no page breaks (RELIABILITY.md L1, L2)."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from django.urls import reverse

from core import admin as sites
from tests import books, make

pytestmark = pytest.mark.django_db

VALUES = {
    "zero byte": b"\x00a",
    "half a character": b"\xed\xa0\x80",
    "no text": b"\xff\xfe",
    "10 kB": b"a" * 10_000,
    "wildcards": b"%_%25",
    "quotes": b"'\"`--;",
    "emoji": "\U0001f600".encode(),
    "brackets": b"[" * 2_000,
    "address": b"//evil.example/?\\..",
    "huge number": b"9" * 400,
    "date that is none": b"9999-99-99 99:99:99+00:00",
}
NAMES = [
    "sort",
    "page",
    "after",
    "price_min",
    "price_max",
    "q",
    "stock",
    "brand",
    "colour",
    "sku",
    "preview",
    "t",
    "next",
]
FIELDS = [
    *(
        "sku",
        "product",
        "quantity",
        "token",
        "next",
        "next_url",
        "colour",
        "line",
        "all",
        "remove",
        "selected",
        "language",
    ),
    *("email", "country", "name", "phone", "province", "city", "district", "street", "postcode", "show"),
    *("delivery", "quote", "payment", "note", "number"),
]
STRANGE_IDS = ["0", "-1", "1" + "0" * 30, "1e5", "１", "%00", "x" * 500]


@pytest.fixture
def visitor():
    """A visitor with a cart, an order just placed, and a payment."""
    client = Client(raise_request_exception=False)
    product = make.product("Teapot", product_type=make.product_type(make.attribute("colour", "ink", "chalk")))
    make.variant(product, colour="ink")
    checkout = make.checkout(make.cart(*product.variants.all()))
    make.carry(client, checkout.cart)
    return client


def read_pages() -> list[str]:
    """Return the addresses that are looked at."""
    payment = make.payment(make.purchase())
    order = payment.purchase.orders.get()
    names = ["home", "catalog:products", "cart:cart", "checkout:address", "checkout:delivery", "checkout:review"]
    return [
        *map(reverse, [*names, "orders:lookup"]),
        reverse("catalog:product", args=["teapot"]),
        reverse("catalog:category", args=[make.category("Pots").slug]),
        reverse("orders:order", args=[order.number]),
        reverse("payments:return", args=[payment.uuid]),
    ]


def test_no_value_of_a_parameter_breaks_a_page(visitor):
    pages, before = read_pages(), books.copy()

    values = {word: quote_from_bytes(value) for word, value in VALUES.items()}
    everywhere = ["&".join(f"{name}={value}" for name in NAMES) for value in values.values()]
    asked = [f"{page}?{query}" for page in pages for query in everywhere]
    asked += [f"{reverse('catalog:products')}?{name}={value}" for name in NAMES for value in values.values()]

    broken = [address[:60] for address in asked if visitor.get(address).status_code >= 500]

    assert broken == []
    assert books.copy() == before


@pytest.mark.parametrize("word", VALUES)
def test_no_value_of_a_field_breaks_a_form(visitor, word, settings):
    settings.CART_ADDS_PER_MINUTE = 10**6
    payment = make.payment(make.purchase())
    number = payment.purchase.orders.get().number
    forms = [
        *map(reverse, ["cart:cart", "cart:items", "checkout:address", "checkout:delivery", "checkout:review"]),
        *map(reverse, ["orders:lookup", "preferences"]),
        reverse("payments:pay", args=[number]),
    ]
    value = quote_from_bytes(VALUES[word])
    bodies = [f"{name}={value}" for name in FIELDS] + ["&".join(f"{name}={value}" for name in FIELDS)]

    broken = [
        (form, body[:30])
        for form in forms
        for body in bodies
        if visitor.post(form, body, content_type="application/x-www-form-urlencoded").status_code >= 500
    ]

    assert broken == []


@pytest.mark.parametrize("strange", STRANGE_IDS)
def test_an_id_that_is_none_is_404(visitor, strange, admin_client):
    addresses = [
        *(f"/{folder}/{strange}/" for folder in ("products", "categories", "pages", "orders", "payments")),
        *(f"/orders/{strange}/{act}/" for act in ("thanks", "pay")),
        *(f"/payments/{strange}/{act}/" for act in ("status", "return")),
        *(f"/media/pictures/aa/{strange}-320.webp", f"/media/{strange}"),
    ]
    lines = [f"/cart/items/{strange}/", f"/cart/items/{strange}/remove/"]

    assert {address: visitor.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 404)
    assert {visitor.post(line, {"quantity": "1"}).status_code for line in lines} <= {303, 404}
    assert visitor.post(f"/payments/notify/{strange}/", b"{}", content_type="application/json").status_code == 404


@pytest.mark.parametrize("strange", STRANGE_IDS)
def test_an_id_that_is_none_is_404_in_the_office(admin_client, strange):
    metas = [model._meta for model in sites.operators._registry]
    addresses = [f"/admin/{meta.app_label}/{meta.model_name}/{strange}/change/" for meta in metas]

    assert {address: admin_client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 404)


@pytest.mark.parametrize("key", ["\\000aaaaaaaaaa", "a" * 33, "A" * 32, "../../etc/passwd"])
@pytest.mark.parametrize("path", ["/account/", "/cart/", "/account/login/", "/checkout/address/"])
def test_a_session_cookie_that_can_be_none_is_none(client, path, key):
    answer = client.get(path, headers={"cookie": f'sessionid="{key}"'})

    assert answer.status_code in (200, 302, 303)
