"""The address providers send notices to: what it believes, what it refuses, and what it answers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import signatures
from paylab.notices import HEADERS
from payments import views
from payments.models import Payment, ProviderEvent
from tests import books, make
from tests.laboratory import Letter, key_pair
from tests.payments.scenes import expired, pending, presented, sold_out

pytestmark = pytest.mark.django_db
Verdict = ProviderEvent.Verdict
ADDRESS = "/payments/notify/paylab/"


@pytest.fixture
def paid_at_the_gateway(lab):
    """An unpaid order whose shopper has just paid at the gateway; the shop does not know yet."""
    order = make.order(at=timezone.now())
    payment = presented(order)
    lab.pay(payment.out_trade_no)
    return payment


def send(letter: Letter, *, client: Client | None = None, **changes: str):
    """Post a notice as a gateway does: no cookie, no token."""
    poster = client or Client(enforce_csrf_checks=True)
    return poster.post(ADDRESS, letter.body, "application/json", headers=letter.headers | changes)


def verdicts() -> list[tuple[str, int]]:
    """Return verdict and count of each notice in the inbox, oldest first."""
    return list(ProviderEvent.objects.order_by("pk").values_list("verdict", "seen_count"))


def test_a_genuine_notice_makes_the_order_paid_before_the_browser_returns(lab, paid_at_the_gateway):
    answer = send(lab.notice(paid_at_the_gateway.out_trade_no))

    order = paid_at_the_gateway.purchase.orders.get()
    event = ProviderEvent.objects.get()
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"success", "text/plain")
    assert (order.status, order.payment_status, order.paid_total) == ("OPEN", "PAID", order.total)
    assert (event.verdict, event.is_verified, event.payment) == (Verdict.APPLIED, True, paid_at_the_gateway)
    assert books.mails() == [f"order_confirmed:{order.number}"]
    assert books.findings() == []


def test_the_answer_sets_no_cookie_and_is_not_a_page(lab, paid_at_the_gateway):
    answer = send(lab.notice(paid_at_the_gateway.out_trade_no))

    assert not answer.cookies
    assert not answer.templates


def test_the_same_notice_twice_counts_once_and_is_answered_twice(lab, paid_at_the_gateway):
    letter = lab.notice(paid_at_the_gateway.out_trade_no)
    send(letter)
    before = books.copy()

    again = send(letter)

    assert (again.status_code, again.content) == (200, b"success")
    assert books.copy() == before
    assert verdicts() == [(Verdict.APPLIED, 2)]


def test_another_notice_about_the_same_success_changes_nothing(lab, paid_at_the_gateway):
    send(lab.notice(paid_at_the_gateway.out_trade_no))
    before = books.copy()

    again = send(lab.notice(paid_at_the_gateway.out_trade_no))

    assert again.status_code == 200
    assert books.copy() == before
    assert verdicts() == [(Verdict.APPLIED, 1), (Verdict.NO_CHANGE, 1)]


@pytest.mark.parametrize("status", ["waiting", "closed", "failed"])
def test_older_news_after_a_success_is_passed_over(lab, paid_at_the_gateway, status):
    number = paid_at_the_gateway.out_trade_no
    send(lab.notice(number))
    before = books.copy()

    answer = send(lab.notice(number, status=status))

    assert answer.status_code == 200
    assert books.copy() == before
    assert verdicts() == [(Verdict.APPLIED, 1), (Verdict.NO_CHANGE, 1)]


def test_a_notice_after_expiry_opens_the_order_again(lab):
    scene = expired()
    trade = {"app_id": "kaishi-demo", "out_trade_no": scene.payment.out_trade_no, "trade_no": "L1"}
    trade |= {"amount": "68.00", "currency": "CNY", "status": "succeeded"}

    answer = send(lab.signed({"event_id": "E1", "trade": trade}))

    assert answer.status_code == 200
    assert (scene.look().order.status, scene.order.payment_status) == ("OPEN", "PAID")
    assert books.findings() == []


def test_a_notice_after_the_goods_are_gone_sends_the_money_back(lab):
    scene = sold_out()
    trade = {"app_id": "kaishi-demo", "out_trade_no": scene.payment.out_trade_no, "trade_no": "L1"}
    trade |= {"amount": "68.00", "currency": "CNY", "status": "succeeded"}

    answer = send(lab.signed({"event_id": "E1", "trade": trade}))

    assert answer.status_code == 200
    assert (scene.look().order.status, scene.payment.is_surplus) == ("CANCELLED", True)
    assert [refund.amount for refund in scene.payment.refunds.all()] == [scene.payment.amount]
    assert books.findings() == []


def _strange(letter: Letter) -> Letter:
    headers = signatures.sign(letter.body, private_key=key_pair()[0], names=HEADERS, at=timezone.now())
    return Letter(letter.body, headers)


FORGERIES = {
    "another key": _strange,
    "no signature": lambda letter: Letter(letter.body, {}),
    "changed number": lambda letter: Letter(letter.body.replace(b"-P1", b"-P2"), letter.headers),
    "changed status": lambda letter: Letter(letter.body.replace(b"failed", b"succeeded"), letter.headers),
    "nothing": lambda letter: Letter(b"", letter.headers),
    "no JSON": lambda letter: Letter(b"<xml>", letter.headers),
    "bytes": lambda letter: Letter(b"\xff\xfe\x00", letter.headers),
    "old": lambda letter: Letter(letter.body, letter.headers | {"Paylab-Timestamp": "1700000000"}),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_notice_is_refused_kept_and_changes_nothing(lab, forge):
    payment = presented(make.order(at=timezone.now()))
    letter, before = forge(lab.notice(payment.out_trade_no, status="failed")), books.copy()

    answer = send(letter)

    event = ProviderEvent.objects.get()
    assert (answer.status_code, answer.content) == (400, b"")
    assert books.copy() == before
    assert (event.verdict, event.is_verified, event.event_id, event.payment) == (Verdict.FORGED, False, "", None)
    assert bytes(event.body) == letter.body


def test_a_forger_does_not_take_the_number_of_a_coming_notice(lab, paid_at_the_gateway):
    letter = lab.notice(paid_at_the_gateway.out_trade_no)
    send(_strange(letter))

    answer = send(letter)

    assert answer.status_code == 200
    assert paid_at_the_gateway.purchase.orders.get().payment_status == "PAID"
    assert verdicts() == [(Verdict.FORGED, 1), (Verdict.APPLIED, 1)]


def test_a_notice_for_another_account_has_no_effect(lab, paid_at_the_gateway):
    before = books.copy()

    answer = send(lab.notice(paid_at_the_gateway.out_trade_no, app_id="somebody-else"))

    assert answer.status_code == 200
    assert books.copy() == before
    assert verdicts() == [(Verdict.FOREIGN, 1)]


WRONG = [{"amount": "9.99"}, {"amount": "18.01"}, {"amount": "0.01"}, {"amount": "-18.00"}, {"currency": "JPY"}]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: ",".join(wrong.values()))
def test_money_that_does_not_fit_is_never_paid(lab, paid_at_the_gateway, wrong):
    answer = send(lab.notice(paid_at_the_gateway.out_trade_no, **wrong))

    order = paid_at_the_gateway.purchase.orders.get()
    paid_at_the_gateway.refresh_from_db()
    assert answer.status_code == 200
    assert (order.status, order.payment_status, order.paid_total) == ("AWAITING_PAYMENT", "NEEDS_REVIEW", Decimal(0))
    assert paid_at_the_gateway.status == Payment.Status.PRESENTED
    assert verdicts() == [(Verdict.MISMATCH, 1)]
    assert books.mails() == []


def test_a_notice_with_the_number_of_another_order_does_not_pay_it(lab, paid_at_the_gateway):
    dear = presented(make.order(make.cart(make.only_variant(make.product(price="500.00"))), at=timezone.now()))

    send(lab.notice(paid_at_the_gateway.out_trade_no, out_trade_no=dear.out_trade_no))

    order = dear.purchase.orders.get()
    assert (order.status, order.paid_total) == ("AWAITING_PAYMENT", Decimal(0))
    assert verdicts() == [(Verdict.MISMATCH, 1)]


def test_a_notice_about_a_payment_nobody_knows_waits_to_be_played_again(lab):
    scene = pending()
    number = scene.payment.out_trade_no
    trade = {"app_id": "kaishi-demo", "out_trade_no": number, "trade_no": "L1", "amount": "68.00"}
    letter = lab.signed({"event_id": "E1", "trade": trade | {"currency": "CNY", "status": "succeeded"}})
    Payment.objects.filter(pk=scene.payment.pk).update(out_trade_no="lost")  # as after the restore of an old backup
    before = books.copy()

    first = send(letter)

    assert (first.status_code, verdicts()) == (200, [(Verdict.UNKNOWN, 1)])
    assert books.copy() == before
    Payment.objects.filter(pk=scene.payment.pk).update(out_trade_no=number)
    send(letter)
    assert scene.look().order.payment_status == "PAID"
    assert verdicts() == [(Verdict.APPLIED, 2)]
    assert ProviderEvent.objects.get().payment == scene.payment


def test_a_huge_notice_is_turned_away_unread():
    answer = Client().post(ADDRESS, b"x" * (views.NOTICE_LIMIT + 1), "application/json")

    assert answer.status_code == 413
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_only_posts_are_taken(method):
    answer = getattr(Client(), method)(ADDRESS)

    assert answer.status_code == 405
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("provider", ["nobody", "PAYLAB", "paylab2"])
def test_a_provider_nobody_knows_has_no_address(lab, provider):
    letter = lab.signed({})

    answer = Client().post(reverse("notify", args=[provider]), letter.body, "application/json", headers=letter.headers)

    assert answer.status_code == 404
    assert ProviderEvent.objects.count() == 0


def test_secrets_of_a_browser_are_not_kept_with_a_notice(lab):
    client = Client()
    client.cookies["sessionid"] = "secret"

    send(lab.signed({}), client=client, Authorization="Basic secret")

    assert "secret" not in str(ProviderEvent.objects.get().headers)


@pytest.mark.parametrize("others", [0, 20])
def test_a_notice_costs_the_same_in_a_full_inbox(lab, paid_at_the_gateway, others, django_assert_num_queries):
    for _ in range(others):
        send(lab.notice(paid_at_the_gateway.out_trade_no, status="waiting"))
    letter = lab.notice(paid_at_the_gateway.out_trade_no)

    with django_assert_num_queries(27):
        send(letter)
