"""Staff write an order for a buyer on the telephone: shown first, placed once, paid by the buyer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cart.models import Cart
from catalog.models import Variant
from notifications.models import Message
from orders.models import Checkout, Order
from tests import books, make

pytestmark = pytest.mark.django_db
PAGE = "/merchant/orders/order/write/"
HIDDEN = re.compile(r'name="(token|digest|delivery)" value="([^"]*)"(?: checked)?')


@pytest.fixture
def member(client: Client) -> Client:
    client.force_login(make.member())
    return client


@pytest.fixture
def cup() -> Variant:
    """A cup for CN¥12, of which four are there, in a shop with two ways to deliver."""
    make.delivery()
    make.delivery(code="express", price="20.00", free_from=None)
    return make.only_variant(make.product("Cup", price="12.00", stock=4))


def typed(cup: Variant, **changes: str) -> dict[str, str]:
    address = {**make.ADDRESS, "email": "li.na@example.com", "language": "zh-hans", "note": ""}
    return {**address, "sku_0": cup.sku, "units_0": "2", **changes}


def hidden(response: Any) -> dict[str, str]:
    """Return what the browser sends along: of the ways to deliver the ticked one, which comes first here."""
    found: dict[str, str] = {}
    for name, value in HIDDEN.findall(response.content.decode()):
        found.setdefault(name, value)
    return found


def test_an_order_is_shown_first_and_nothing_of_it_is_kept(member, cup):
    before = books.copy()

    shown = member.post(PAGE, typed(cup, act="preview", **hidden(member.get(PAGE))))

    text = shown.content.decode()
    assert (shown.status_code, books.copy(), Cart.objects.count(), Checkout.objects.count()) == (200, before, 0, 0)
    assert "Place order for CN¥32.00" in text
    assert "Standard · CN¥8.00" in text
    assert "Express · CN¥20.00" in text


def test_the_order_is_placed_and_the_buyer_gets_a_way_to_pay(member, cup):
    shown = member.post(PAGE, typed(cup, act="preview", **hidden(member.get(PAGE))))

    done = member.post(PAGE, typed(cup, act="confirm", note="Gift", **hidden(shown)), follow=True)

    order = Order.objects.get()
    staff = order.purchase.placed_by
    assert (order.status, str(order.total), order.language, order.note) == (
        "AWAITING_PAYMENT",
        "32.00",
        "zh-hans",
        "Gift",
    )
    assert order.pay_by == order.placed_at + timedelta(seconds=settings.STAFF_ORDER_PAY_SECONDS)
    assert staff is not None
    assert order.events.get().actor == staff
    assert order.lines.get().allocations.get().quantity == 2
    mail = Message.objects.get()
    assert (mail.kind, mail.recipient, mail.language) == ("order_to_pay", "li.na@example.com", "zh-hans")
    assert f"Order {order.number} is placed." in done.content.decode()
    assert mail.context["link"] in done.content.decode().replace("&amp;", "&")


def test_the_mailed_link_shows_the_order_and_the_way_to_pay(member, cup):
    shown = member.post(PAGE, typed(cup, act="preview", **hidden(member.get(PAGE))))
    member.post(PAGE, typed(cup, act="confirm", **hidden(shown)))
    link = Message.objects.get().context["link"].removeprefix(settings.SITE_URL)

    page = Client().get(link).content.decode()

    assert "待付款" in page
    assert f"/orders/{Order.objects.get().number}/confirm/" in page


def test_the_same_form_twice_is_one_order(member, cup):
    shown = member.post(PAGE, typed(cup, act="preview", **hidden(member.get(PAGE))))
    sent = typed(cup, act="confirm", **hidden(shown))

    answers = [member.post(PAGE, sent) for _ in range(2)]

    order = Order.objects.get()
    assert [each["Location"] for each in answers] == [f"/merchant/orders/order/{order.pk}/change/"] * 2
    assert books.mails() == [f"order_to_pay:{order.number}"]


def test_another_delivery_is_looked_at_before_it_is_placed(member, cup):
    shown = member.post(PAGE, typed(cup, act="preview", **hidden(member.get(PAGE))))
    sent = typed(cup, act="confirm", **hidden(shown)) | {"delivery": "express"}
    before = books.copy()

    answer = member.post(PAGE, sent)

    assert (answer.status_code, books.copy()) == (422, before)
    assert "What the order would be is not what was shown." in answer.content.decode()
    again = hidden(answer) | {"delivery": "express"}
    assert member.post(PAGE, typed(cup, act="confirm", **again)).status_code == 303
    assert str(Order.objects.get().total) == "44.00"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sku_0": ""}, "Enter what is ordered."),
        ({"sku_0": "NO-SUCH"}, "No product has the SKU NO-SUCH."),
        ({"units_0": "5"}, "There are not that many of"),
        ({"email": "nobody"}, "Enter an email address, like name@example.com"),
        ({"street": ""}, "Enter a street and house number"),
        ({"country": "US"}, "We do not deliver to this region yet"),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_the_reason(member, cup, changes, reason):
    before = books.copy()

    answer = member.post(
        PAGE, typed(cup, **{**changes, "act": "preview", "note": "Keep me"}, **hidden(member.get(PAGE)))
    )

    text = answer.content.decode()
    assert (answer.status_code, books.copy(), Cart.objects.count()) == (422, before, 0)
    assert reason in text
    assert "Keep me" in text


def test_goods_of_another_merchant_are_unknown_and_strangers_may_not_write(member, cup):
    foreign = make.only_variant(make.product(merchant=make.merchant()))
    answer = member.post(PAGE, typed(foreign, act="preview", **hidden(member.get(PAGE))))
    assert f"No product has the SKU {foreign.sku}." in answer.content.decode()

    member.force_login(make.user())
    assert member.get(PAGE).status_code == 302


def test_an_operator_writes_for_one_merchant_at_a_time(client, cup):
    client.force_login(make.operator())
    foreign = make.only_variant(make.product(merchant=make.merchant()))
    page = PAGE.replace("/merchant/", "/admin/")

    answer = client.post(page, typed(cup, act="preview", sku_1=foreign.sku, **hidden(client.get(page))))

    assert "One order holds goods of one merchant." in answer.content.decode()
