"""Carts at random: what the page shows is what the order is, what the gateway is asked for and what the mail says.

As many carts as CARTS says, 12 unless told.
"""

from __future__ import annotations

import os
import random
import re
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cart import services as carts
from catalog.models import Variant
from catalog.services import prices
from core.money import Money, written
from notifications.models import Message
from notifications.selectors import rendering
from orders.models import Order
from payments.services import settlement
from tests import books, make
from tests.laboratory import Laboratory, lab
from tests.payments.scenes import news, presented

__all__ = ["lab"]
pytestmark = pytest.mark.django_db
REVIEW, CART = reverse("checkout:review"), reverse("cart:cart")
CENT, FREE_FROM, DELIVERY = Decimal("0.01"), Decimal(300), Decimal("7.35")
BERLIN = ZoneInfo("Europe/Berlin")


def test_page_order_gateway_and_mail_say_the_same_to_the_cent(client, lab):
    chance = random.Random(os.environ.get("SEED", "1"))
    make.delivery(price=DELIVERY, free_from=FREE_FROM)
    costs = dict(_on_sale(chance) for _ in range(8))

    for _ in range(int(os.environ.get("CARTS", "12"))):
        chosen = {
            variant: chance.choice([1, 2, 3, 7, 99]) for variant in chance.sample(list(costs), chance.randint(1, 8))
        }
        goods = sum((costs[variant] * quantity for variant, quantity in chosen.items()), Decimal(0))
        total = goods if goods >= FREE_FROM else goods + DELIVERY

        said = _said(client, lab, chosen)

        assert said == {name: _written(total) for name in said}
    assert books.findings() == []


def _on_sale(chance: random.Random) -> tuple[Variant, Decimal]:
    """Return a variant and what it costs: half of them a third of the price, with the odd half cents."""
    price = Decimal(chance.randint(1, 9999)) / 100
    variant = make.only_variant(make.product(price=str(price), stock=9999))
    reduced = (price * Decimal("0.335")).quantize(CENT, ROUND_HALF_UP)
    if not reduced or chance.random() < 0.5:
        return variant, price
    prices.set_sale(variant=variant, amount=reduced, currency="CNY")
    return variant, reduced


def _said(client: Client, lab: Laboratory, chosen: dict[Variant, int]) -> dict[str, str]:
    """Buy this, and return the sum that each place says."""
    cart = make.cart()
    for variant, quantity in chosen.items():
        carts.add(cart=cart, variant=variant, quantity=quantity, at=timezone.now())
    client.cookies.clear()
    make.carry(client, cart)
    form = make.review_form(make.checkout(cart), at=timezone.now())
    page = _text(client.get(REVIEW).text)
    client.post(REVIEW, form)
    order = Order.objects.latest("pk")
    payment = presented(order)
    settlement.apply(payment_id=payment.pk, state=news(payment), at=timezone.now())
    mail = rendering.mail(Message.objects.get(key=f"order_confirmed:{order.number}"))
    return {
        "review": _after(page, "To pay"),
        "order": _written(order.total),
        "lines and delivery": _written(sum((line.total for line in order.lines.all()), order.delivery_total)),
        "gateway": _written(Decimal(lab.store.trade(payment.out_trade_no)["amount"])),
        "mail": _after(str(mail.body), "Total"),
        "mail in HTML": _after(_text(str(mail.alternatives[0][0])), "Total"),
    }


def _written(amount: Decimal) -> str:
    return str(written(Money(amount, "CNY"), "en"))


def _text(page: str) -> str:
    """Return the words of a page."""
    return re.sub(r"<[^>]*>", "", page)


def _after(text: str, word: str) -> str:
    """Return the last amount that follows a word."""
    return str(re.findall(rf"{word}[^\d]*?(CN¥[\d,.]+)", text)[-1])
