"""Currencies without decimals go to the gateway, and come back, as whole numbers; those with three are refused."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from catalog.models import Price
from catalog.services import prices
from core.money import Money, UnsupportedCurrencyError
from orders.models import Order, Repayment
from orders.services import lifecycle
from payments.models import Refund
from payments.services import attempts, refunds
from tests import books, make
from tests.conftest import NOW
from tests.payments.scenes import presented

pytestmark = pytest.mark.django_db


@pytest.fixture
def yen(settings) -> Order:
    """An order of three cups at ¥1,980 and ¥800 for delivery, in a shop that sells in yen."""
    settings.CURRENCY = "JPY"
    product = make.product("Cup", price=None)
    variant = make.only_variant(product)
    prices.set_base(variant=variant, amount=Decimal(1980), currency="JPY")
    make.delivery(price=Decimal(800), free_from=None, currency="JPY")
    return make.order(make.cart(variant, quantity=3), at=timezone.now())


def test_yen_are_asked_for_paid_and_given_back_without_decimals(lab, yen):
    payment = presented(yen)
    trade = lab.store.trade(payment.out_trade_no)
    lab.pay(payment.out_trade_no)
    attempts.ask(payment=payment, at=timezone.now())
    yen.refresh_from_db()
    findings = books.findings()
    refund = refunds.request(
        payment=payment, amount=Money(Decimal(1980), "JPY"), reason=Refund.Reason.SURPLUS, at=timezone.now()
    )
    refunds.execute_due(at=timezone.now())

    assert (trade["amount"], trade["currency"]) == ("6740", "JPY")
    assert (yen.payment_status, yen.paid_total, findings) == ("PAID", Decimal(6740), [])
    assert lab.refunds() == [(refund.number, "1980")]


@pytest.mark.parametrize("amount", ["1980.4", "1979.50"])
def test_a_price_with_a_fraction_of_a_yen_is_what_it_is_shown_as(amount):
    variant = make.only_variant(make.product("Cup", price=None))

    for _ in range(2):
        prices.set_base(variant=variant, amount=Decimal(amount), currency="JPY")
        prices.set_sale(variant=variant, amount=Decimal(amount), currency="JPY")
    prices.change_sale(variant=variant, amount=Decimal(amount), currency="JPY", at=NOW)

    assert [price.amount for price in Price.objects.all()] == [Decimal(1980)] * 2


def test_a_fraction_of_a_yen_is_not_given_back(client, yen):
    make.payment(yen.purchase, status="SUCCEEDED")
    lifecycle.receive_payment(purchase_id=yen.purchase_id, at=timezone.now())
    client.force_login(make.operator())
    before = books.copy()

    form = {"delivery": "0", "other": "0.40", "token": str(uuid4())}
    answer = client.post(f"/admin/orders/order/{yen.pk}/refund/", form)

    assert answer.status_code == 422
    assert "JPY has no decimals." in answer.text
    assert (books.copy(), Repayment.objects.count()) == (before, 0)


def test_dinars_have_three_decimals_and_are_no_currency_of_the_shop():
    variant = make.only_variant(make.product("Cup", price=None))

    with pytest.raises(UnsupportedCurrencyError):
        prices.set_base(variant=variant, amount=Decimal("1.234"), currency="KWD")

    assert not Price.objects.exists()
