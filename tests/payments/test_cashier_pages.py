"""The cashier and the way back from the gateway, as a browser sees them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from orders.models import Order
from orders.services import lifecycle, mails
from payments.models import Payment, ProviderEvent
from tests import books, make
from tests.payments.scenes import let_time_pass, presented

pytestmark = pytest.mark.django_db
PAGES = ["payment", "status", "return"]


@pytest.fixture
def shopper():
    return make.user()


@pytest.fixture
def browser(client, shopper):
    """The browser of the shopper who placed the order."""
    client.force_login(shopper)
    return client


@pytest.fixture
def order(shopper):
    return place(shopper)


def place(shopper: User, *, products: int = 1) -> Order:
    """Return an unpaid order of so many products."""
    cart = make.cart(*[make.only_variant(make.product()) for _ in range(products)], user=shopper)
    return make.order(cart, at=timezone.now(), user=shopper)


def pay(browser: Client, order: Order, **form: str):
    return browser.post(reverse("payments:pay", args=[order.number]), {"payment": "paylab"} | form)


def page(name: str, payment: Payment) -> str:
    return reverse(f"payments:{name}", args=[payment.uuid])


def test_paying_goes_to_the_gateway_and_back_and_ends_with_thanks(lab, browser, order):
    away = pay(browser, order)
    payment = Payment.objects.get()
    back = lab.press(payment.out_trade_no, "pay")

    returned = browser.get(back.headers["Location"], follow=True)

    assert (away.status_code, away["Location"]) == (303, payment.pay_url)
    assert returned.redirect_chain[-1] == (reverse("orders:thanks", args=[order.number]), 302)
    order.refresh_from_db()
    assert order.payment_status == "PAID"
    assert books.findings() == []


@pytest.mark.parametrize("query", ["", "status=succeeded&paid=1&amount=18.00", "trade_status=TRADE_SUCCESS"])
@pytest.mark.parametrize("name", PAGES)
def test_whatever_a_return_says_the_order_stays_unpaid(lab, browser, order, name, query):
    payment = presented(order)

    browser.get(f"{page(name, payment)}?{query}", follow=True)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, order.payment_status, order.paid_total) == ("AWAITING_PAYMENT", "NONE", 0)
    assert payment.status == Payment.Status.PRESENTED
    assert ProviderEvent.objects.count() == 0
    assert books.mails() == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_on_the_way_back_take_no_posts(lab, browser, order, name):
    payment = presented(order)
    before = books.copy()

    answer = browser.post(page(name, payment), {"status": "succeeded"})

    assert answer.status_code == 405
    assert books.copy() == before


def test_returning_before_the_notice_says_that_we_are_confirming(lab, browser, order):
    payment = presented(order)

    answer = browser.get(page("return", payment), follow=True)

    assert (answer.status_code, answer.redirect_chain) == (200, [(page("payment", payment), 302)])
    assert "We are confirming your payment" in answer.content.decode()
    assert f'data-poll="{page("status", payment)}"' in answer.content.decode()


def test_who_claims_to_have_paid_is_told_that_the_money_has_not_arrived(lab, browser, order):
    payment = presented(order)

    answer = browser.get(page("status", payment), {"claimed": "1"}, follow=True)

    assert "The money has not arrived yet." in answer.content.decode()
    assert f'data-poll="{page("status", payment)}?claimed=1"' in answer.content.decode()


def test_a_page_that_polls_asks_the_gateway_every_two_seconds_at_most(lab, browser, order):
    payment = presented(order)
    browser.get(page("status", payment))
    payment.refresh_from_db()
    asked_at = payment.queried_at
    lab.pay(payment.out_trade_no)

    browser.get(page("status", payment))

    payment.refresh_from_db()
    assert (payment.queried_at, payment.status) == (asked_at, Payment.Status.PRESENTED)


def test_a_declined_payment_is_told_and_may_be_tried_again(lab, browser, order):
    pay(browser, order)
    back = lab.press(Payment.objects.get().out_trade_no, "decline")

    answer = browser.get(back.headers["Location"], follow=True)
    again = pay(browser, order)

    assert "Payment failed" in answer.content.decode()
    assert f'action="{reverse("payments:pay", args=[order.number])}"' in answer.content.decode()
    assert ">Try again</button>" in answer.content.decode()
    assert again["Location"] == Payment.objects.get(out_trade_no=f"{order.number}-P2").pay_url


def test_leaving_the_gateway_leads_back_to_the_same_attempt(lab, browser, order):
    pay(browser, order)
    payment = Payment.objects.get()
    back = lab.press(payment.out_trade_no, "leave")

    answer = browser.get(back.headers["Location"], follow=True)

    assert payment.pay_url in answer.content.decode()
    assert pay(browser, order)["Location"] == payment.pay_url
    assert Payment.objects.count() == 1


def test_an_amount_in_the_form_is_not_listened_to(lab, browser, order):
    pay(browser, order, amount="0.01", total="0.01", currency="JPY")

    trade = lab.store.trade(f"{order.number}-P1")
    assert (trade["amount"], trade["currency"]) == ("18.00", "CNY")


def test_a_method_nobody_offers_is_told_and_opens_nothing(lab, browser, order):
    answer = pay(browser, order, payment="nobody")

    assert answer.status_code == 422
    assert "Choose a payment method" in answer.content.decode()
    assert Payment.objects.count() == 0


def test_a_gateway_that_is_down_is_told_and_charges_nothing(browser, order, settings):
    settings.PAYLAB_URL = "http://127.0.0.1:9"

    answer = pay(browser, order)

    order.refresh_from_db()
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.content.decode()
    assert (order.status, order.payment_status) == ("AWAITING_PAYMENT", "NONE")


def test_a_return_while_the_gateway_is_down_waits(browser, order, settings):
    settings.PAYLAB_URL = "http://127.0.0.1:9"
    payment = make.payment(order.purchase)

    answer = browser.get(page("return", payment), follow=True)

    assert "We are confirming your payment" in answer.content.decode()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.PRESENTED


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_paid_order_is_not_paid_again(lab, browser, order, method):
    pay(browser, order)
    lab.pay(Payment.objects.get().out_trade_no)
    browser.get(page("return", Payment.objects.get()))
    before = books.copy()

    answer = getattr(browser, method)(reverse("payments:pay", args=[order.number]), {"payment": "paylab"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("orders:thanks", args=[order.number]))
    assert books.copy() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_order_whose_time_is_over_is_cancelled_instead_of_paid(lab, browser, order, method):
    let_time_pass(order)

    answer = getattr(browser, method)(reverse("payments:pay", args=[order.number]), {"payment": "paylab"})

    order.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())
    assert (order.status, Payment.objects.count()) == (Order.Status.CANCELLED, 0)
    assert books.findings() == []


def test_an_order_under_review_asks_for_no_money(lab, browser, order):
    lifecycle.hold_for_review(purchase_id=order.purchase_id, details={}, at=timezone.now())

    shown, posted = browser.get(reverse("payments:pay", args=[order.number])), pay(browser, order)

    assert "We are checking it" in shown.content.decode()
    assert 'name="payment"' not in shown.content.decode()
    assert posted.status_code == 302
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("stranger", ["visitor", "shopper", "member"])
def test_a_stranger_finds_neither_cashier_nor_payment(lab, order, stranger):
    payment, other = presented(order), Client()
    if stranger != "visitor":
        other.force_login(make.user() if stranger == "shopper" else make.member())
    lab.pay(payment.out_trade_no)
    before = books.copy()

    answers = [other.get(page(name, payment)) for name in PAGES]
    answers += [other.get(reverse("payments:pay", args=[order.number])), pay(other, order)]

    assert {answer.status_code for answer in answers} == {404}
    assert all(f'href="{reverse("orders:lookup")}"' in answer.text for answer in answers)
    assert books.copy() == before


def test_whoever_has_the_mailed_link_may_look_but_not_pay(lab, order):
    token = mails.token(order.number)
    before = books.copy()

    answer = Client().post(f"{reverse('payments:pay', args=[order.number])}?t={token}", {"payment": "paylab"})

    assert answer.status_code == 404
    assert books.copy() == before


def test_paying_without_the_forms_token_is_refused(lab, shopper, order):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(shopper)

    answer = pay(careful, order)

    assert answer.status_code == 403
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_payment_are_kept_by_nobody(lab, browser, order, name):
    answer = browser.get(page(name, presented(order)))

    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("products", [1, 20])
def test_the_cashier_costs_the_same_for_one_line_and_for_many(
    lab, browser, shopper, products, django_assert_num_queries
):
    order = place(shopper, products=products)
    address = reverse("payments:pay", args=[order.number])
    browser.get(address)

    with django_assert_num_queries(3):
        browser.get(address)


@pytest.mark.parametrize("attempts", [1, 20])
def test_the_page_of_a_payment_costs_the_same_for_one_attempt_and_for_many(
    lab, browser, order, attempts, django_assert_num_queries
):
    for number in range(attempts - 1):
        make.payment(order.purchase, number=f"X{number}", status=Payment.Status.FAILED)
    address = page("payment", presented(order))
    browser.get(address)

    with django_assert_num_queries(5):
        browser.get(address)
