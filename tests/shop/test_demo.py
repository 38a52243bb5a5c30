"""The demonstration shop: the same each time, right by its own books, and never on top of a real one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from modeltranslation.translator import translator

from accounts.models import Merchant, MerchantMember, User
from catalog.models import (
    AttributeChoice,
    Banner,
    Category,
    ContentPage,
    Price,
    Product,
    ProductCard,
    ProductPicture,
    StockLevel,
    Storefront,
    Variant,
)
from catalog.selectors.languages import localized
from orders.models import DeliveryMethod, FreightRule, Order, OrderLine
from payments.models import Payment
from shop.demo.people import PASSWORD
from tests import books, make

pytestmark = pytest.mark.django_db
CONTENT: dict[Any, tuple[str, ...]] = {
    User: ("username", "email", "name", "is_staff", "is_superuser"),
    Merchant: ("slug", "name_en", "name_zh_hans", "is_default"),
    MerchantMember: ("merchant__slug", "user__username", "role"),
    Category: ("slug", "path", "name_en", "name_zh_hans", "picture__name"),
    AttributeChoice: ("attribute__code", "code", "position", "label_en", "label_zh_hans"),
    Product: ("slug", "title_en", "title_zh_hans", "attributes", "status", "merchant__slug", "category__slug", "sold"),
    Variant: ("sku", "options", "position", "product__slug", "weight_grams"),
    Price: ("variant__sku", "price_list__kind", "amount"),
    StockLevel: ("variant__sku", "on_hand", "allocated"),
    ProductCard: ("product__slug", "price", "is_available"),
    ProductPicture: ("product__slug", "position", "picture__name", "alt_en", "alt_zh_hans"),
    DeliveryMethod: ("merchant__slug", "code", "price", "free_from"),
    FreightRule: ("template__merchant__slug", "regions", "first_price", "additional_price", "is_excluded"),
    Storefront: ("name_en", "name_zh_hans"),
    Banner: ("heading_en", "heading_zh_hans", "picture__name"),
    ContentPage: ("slug", "group", "title_en", "title_zh_hans", "body_en", "body_zh_hans"),
    Order: ("user__username", "merchant__slug", "total", "status", "payment_status", "fulfilment_status"),
    OrderLine: ("sku", "quantity", "unit_price", "shipped_quantity"),
    Payment: ("amount", "status"),
}


def content() -> dict[str, list[Any]]:
    """Return what the demo consists of, without numbers and moments, which differ each time."""
    return {
        model.__name__: sorted(model._default_manager.values_list(*fields), key=repr)
        for model, fields in CONTENT.items()
    }


def _loaded_and_undone() -> dict[str, list[Any]]:
    with transaction.atomic():
        call_command("load_demo", verbosity=0)
        found = content()
        transaction.set_rollback(True)
        return found


@pytest.fixture
def demo(db) -> None:
    """The loaded demonstration shop."""
    call_command("load_demo", verbosity=0)


def test_it_is_the_same_each_time():
    found = [_loaded_and_undone() for _ in range(2)]

    assert found[0] == found[1]
    assert [name for name, rows in found[0].items() if not rows] == []


def test_its_books_are_right_and_it_refuses_to_be_loaded_twice(demo):
    assert books.findings() == []
    before = (content(), books.copy())

    with pytest.raises(CommandError, match="this shop has products already"):
        call_command("load_demo", verbosity=0)

    assert (content(), books.copy()) == before


def test_a_shop_with_a_product_is_left_alone():
    make.product("Mine")
    before = (content(), books.copy())

    with pytest.raises(CommandError, match="this shop has products already"):
        call_command("load_demo", verbosity=0)

    assert (content(), books.copy()) == before


def half_translated() -> list[str]:
    """Return texts that are in one language and not in the other."""
    return [
        f"{model.__name__} {row.pk} {field}"
        for model in translator.get_registered_models(abstract=False)
        for field in translator.get_options_for_model(model).get_field_names()
        for row in model._default_manager.all()
        if bool(getattr(row, f"{field}_en")) != bool(getattr(row, f"{field}_zh_hans"))
    ]


def test_everything_is_in_both_languages(demo):
    assert half_translated() == []

    Product.objects.filter(pk=Product.objects.order_by("pk")[0].pk).update(**localized("title", {"en": "Tea"}))

    assert len(half_translated()) == 1


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_every_page_of_it_opens(demo, prefix):
    pages = ["/", "/products/", *(category.get_absolute_url() for category in Category.objects.all())]
    pages += [page.get_absolute_url() for page in ContentPage.objects.all()]
    pages += [product.get_absolute_url() for product in Product.objects.all()[:10]]

    answers = {page: Client().get(prefix + page).status_code for page in pages}

    assert len(answers) > 30
    assert {page: status for page, status in answers.items() if status != 200} == {}


def test_its_people_can_sign_in(demo):
    for name in User.objects.values_list("username", flat=True):
        answer = Client().post("/account/login/", {"login": name, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/account/"), name

    member = Client()
    member.force_login(MerchantMember.objects.order_by("pk")[0].user)
    assert member.get("/merchant/").status_code == 200


def test_the_demos_addresses_show_mails_and_only_those(client, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    (tmp_path / "mail").mkdir()
    (tmp_path / "secret.log").write_text("Subject: secret\n\nx")
    mails = [
        "Subject: Hello\nTo: li@example.com\n\n<script>alert(1)</script>",
        "Subject: Again\nTo: li@example.com\n\nSecond",
    ]
    divided = "".join(f"{mail}\n{'-' * 79}\n" for mail in mails)  # as Django writes those of one connection
    (tmp_path / "mail" / "a.log").write_text(divided)

    listed, shown = client.get("/demo/mails/").text, client.get("/demo/mails/a-1/").text

    assert ("Hello" in listed, "secret" in listed) == (True, False)
    assert 0 < listed.index("Again") < listed.index("Hello")
    assert ("&lt;script&gt;alert" in shown, "<script>alert" in shown) == (True, False)
    assert "Second" in client.get("/demo/mails/a-2/").text
    for name in ("..%2Fsecret", "secret", "%2e%2e%2fsecret", "a%00"):
        assert client.get(f"/demo/mails/{name}/").status_code == 404
