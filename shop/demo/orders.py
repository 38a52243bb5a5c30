"""A few orders, so that the back office has something to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from cart import services as carts
from cart.models import Cart
from catalog.models import Variant
from orders.models import Order, Purchase
from orders.selectors import quoting
from orders.services import checkouts, placing, shipping
from payments.models import Payment
from payments.providers import registry
from payments.providers.interface import TradeState, TradeStatus
from payments.services import settlement
from shop.demo.content import read

# (customer, SKU positions in products.json, hours ago, delivery, shipped)
PLAN = (
    (0, (3, 5), 74, "standard", True),
    (1, (14,), 50, "sf", True),
    (2, (12, 15), 31, "abroad", False),
    (0, (7, 17), 20, "standard", False),
    (3, (5,), 9, "abroad", False),
    (1, (1, 2), 2, "sf", False),
)


def load(*, at: datetime) -> None:
    """Place, pay and partly ship the planned orders."""
    customers, rows = read("customers"), read("products")
    for number, (customer, places, hours, delivery, is_shipped) in enumerate(PLAN):
        moment = at - timedelta(hours=hours)
        purchase = _place(customers[customer], [_sku(rows[place]) for place in places], delivery, moment)
        _pay(purchase, number, moment + timedelta(minutes=4))
        if is_shipped:
            for order in Order.objects.filter(purchase=purchase):
                label = shipping.Label("SF", f"SF1{order.number}")
                shipping.ship(order=order, label=label, at=moment + timedelta(hours=6))


def _sku(row: dict[str, Any]) -> str:
    """Return a product's SKU of which there are enough."""
    return str(max(row["variants"], key=lambda variant: variant["stock"])["sku"])


def _place(customer: dict[str, Any], skus: list[str], delivery: str, at: datetime) -> Purchase:
    user = User.objects.get(username=customer["username"])
    cart = Cart.objects.create(kind=Cart.Kind.BUY_NOW, user=user)
    for variant in Variant.objects.filter(sku__in=skus).select_related("product").order_by("pk"):
        carts.add(cart=cart, variant=variant, quantity=1, at=at)
    checkout = checkouts.find(cart=cart)
    address = {"district": "", "province": "", "postcode": "", **customer["address"]}
    checkouts.set_address(checkout=checkout, email=user.email, address=address)
    checkout = checkouts.find(cart=cart)
    checkouts.set_delivery(checkout=checkout, code=delivery)
    language = "zh-hans" if address["country"] == "CN" else "en"
    agreement = placing.Agreement(
        checkout_token=checkout.token,
        digest=quoting.quote(checkout=checkout, at=at).digest,
        language=language,
        user=user,
    )
    return placing.place(agreement=agreement, at=at)


def _pay(purchase: Purchase, number: int, at: datetime) -> None:
    """Book a payment as the laboratory would have reported it."""
    provider = registry.get("paylab")
    order = purchase.orders.order_by("pk")[0]
    payment = Payment.objects.create(
        purchase=purchase,
        provider=provider.code,
        out_trade_no=f"{order.number}-P1",
        amount=purchase.total,
        currency=purchase.currency,
        expires_at=purchase.pay_by,
        status=Payment.Status.PRESENTED,
    )
    state = TradeState(
        TradeStatus.SUCCEEDED, provider.account(), payment.out_trade_no, f"DEMO{number:012d}", payment.money
    )
    settlement.apply(payment_id=payment.pk, state=state, at=at)
