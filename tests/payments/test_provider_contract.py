"""What every payment provider must do, whichever it is: trades, refunds and bills at a gateway that works."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.money import Money
from payments.providers.interface import (
    GatewayRefusedError,
    GatewayUnavailableError,
    RefundStatus,
    TradeStatus,
)
from tests.crowd import at_once
from tests.payments.benches import BENCHES, NUMBER, PRICE, now, refund, trade


@pytest.fixture(params=BENCHES)
def bench(request, lab):
    """A provider and its gateway."""
    return BENCHES[request.param](lab)


@pytest.fixture
def provider(bench):
    """The adapter alone."""
    return bench.provider


def test_a_trade_can_be_asked_for_again_under_its_number(provider):
    first = provider.create(trade(), at=now())

    again = provider.create(trade(), at=now())

    assert first.pay_url.startswith("http")
    assert again == first


def test_a_number_cannot_be_used_for_another_amount(provider):
    provider.create(trade(), at=now())

    with pytest.raises(GatewayRefusedError):
        provider.create(trade(money=Money(Decimal("0.01"), "CNY")), at=now())

    assert provider.query(NUMBER, at=now()).money == PRICE


@pytest.mark.parametrize("amount", ["0.01", "19.90", "123456.78", "9999999999.99"])
def test_the_gateway_is_asked_for_exactly_our_amount(provider, amount):
    provider.create(trade(money=Money(Decimal(amount), "CNY")), at=now())

    assert provider.query(NUMBER, at=now()).money == Money(Decimal(amount), "CNY")


def test_a_trade_nobody_asked_for_is_unknown(provider):
    assert provider.query(NUMBER, at=now()).status == TradeStatus.UNKNOWN


def test_a_waiting_trade_says_whose_it_is(provider):
    provider.create(trade(), at=now())

    state = provider.query(NUMBER, at=now())

    assert (state.status, state.account, state.out_trade_no) == (TradeStatus.WAITING, provider.account(), NUMBER)
    assert state.money == PRICE
    assert state.trade_no


def test_a_paid_trade_has_succeeded(bench, provider):
    provider.create(trade(), at=now())

    bench.pay(NUMBER)

    assert provider.query(NUMBER, at=now()).status == TradeStatus.SUCCEEDED


def test_a_declined_trade_has_failed(bench, provider):
    provider.create(trade(), at=now())

    bench.decline(NUMBER)

    assert provider.query(NUMBER, at=now()).status == TradeStatus.FAILED


def test_a_closed_trade_can_no_longer_be_paid(bench, provider):
    provider.create(trade(), at=now())

    closed = provider.close(NUMBER, at=now())
    bench.pay(NUMBER)

    assert closed.status == TradeStatus.CLOSED
    assert provider.query(NUMBER, at=now()).status == TradeStatus.CLOSED


def test_closing_twice_is_closing_once(provider):
    provider.create(trade(), at=now())
    first = provider.close(NUMBER, at=now())

    again = provider.close(NUMBER, at=now())

    assert again == first


def test_closing_a_paid_trade_tells_that_it_was_paid(bench, provider):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)

    state = provider.close(NUMBER, at=now())

    assert (state.status, state.money) == (TradeStatus.SUCCEEDED, PRICE)


def test_closing_what_was_never_asked_for_says_unknown(provider):
    assert provider.close(NUMBER, at=now()).status == TradeStatus.UNKNOWN


def test_a_trade_cannot_be_paid_after_its_time(bench, provider):
    provider.create(trade(minutes=-1), at=now())

    bench.pay(NUMBER)

    assert provider.query(NUMBER, at=now()).status == TradeStatus.CLOSED


def test_a_trade_that_ran_out_of_time_is_closed_by_itself(provider):
    provider.create(trade(minutes=-1), at=now())

    assert provider.query(NUMBER, at=now()).status == TradeStatus.CLOSED


def test_a_refund_is_given_once_for_each_number(bench, provider):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)

    states = [provider.refund(refund(money=Money(Decimal(50), "CNY")), at=now()) for _ in range(3)]

    assert [state.status for state in states] == [RefundStatus.SUCCEEDED] * 3
    assert bench.movements(now().date()) == [("payment", NUMBER, "68.00"), ("refund", NUMBER, "50.00")]


def test_a_refund_number_cannot_be_used_for_another_amount(bench, provider):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)
    provider.refund(refund(money=Money(Decimal(5), "CNY")), at=now())

    with pytest.raises(GatewayRefusedError):
        provider.refund(refund(money=Money(Decimal(60), "CNY")), at=now())

    assert bench.movements(now().date()) == [("payment", NUMBER, "68.00"), ("refund", NUMBER, "5.00")]


def test_more_than_was_paid_is_not_refunded(bench, provider):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)
    provider.refund(refund("R1", money=Money(Decimal(40), "CNY")), at=now())

    with pytest.raises(GatewayRefusedError):
        provider.refund(refund("R2", money=Money(Decimal("28.01"), "CNY")), at=now())

    assert provider.refund(refund("R3", money=Money(Decimal(28), "CNY")), at=now()).status == RefundStatus.SUCCEEDED
    assert provider.refund_query("R2", at=now()).status == RefundStatus.UNKNOWN


@pytest.mark.race
def test_refunds_at_once_never_give_more_than_was_paid(bench, provider):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)

    def ask(number: str) -> bool:
        try:
            provider.refund(refund(number), at=now())
        except GatewayRefusedError:
            return False
        return True

    given = at_once(*(lambda number=f"R{place}": ask(number) for place in range(10)))

    assert sorted(given) == [False] * 9 + [True]
    assert bench.movements(now().date()) == [("payment", NUMBER, "68.00"), ("refund", NUMBER, "68.00")]


@pytest.mark.parametrize("amount", ["0", "-1", "-68"])
def test_a_refund_gives_something(bench, provider, amount):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)

    with pytest.raises(GatewayRefusedError):
        provider.refund(refund(money=Money(Decimal(amount), "CNY")), at=now())

    assert bench.movements(now().date()) == [("payment", NUMBER, "68.00")]


def test_what_was_not_paid_is_not_refunded(provider):
    provider.create(trade(), at=now())

    with pytest.raises(GatewayRefusedError):
        provider.refund(refund(), at=now())

    assert provider.refund_query(refund().number, at=now()).status == RefundStatus.UNKNOWN


def test_a_trade_nobody_knows_is_not_refunded(provider):
    with pytest.raises(GatewayRefusedError):
        provider.refund(refund(of="999999999999-P1"), at=now())

    assert provider.refund_query(refund().number, at=now()).status == RefundStatus.UNKNOWN


def test_another_currency_is_not_refunded(bench, provider):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)

    with pytest.raises(GatewayRefusedError):
        provider.refund(refund(money=Money(Decimal(68), "JPY")), at=now())

    assert bench.movements(now().date()) == [("payment", NUMBER, "68.00")]


def test_a_refund_can_be_asked_about(bench, provider):
    provider.create(trade(), at=now())
    bench.pay(NUMBER)
    given = provider.refund(refund(), at=now())

    state = provider.refund_query(refund().number, at=now())

    assert state == given
    assert (state.status, state.number) == (RefundStatus.SUCCEEDED, refund().number)


def test_the_bill_of_a_day_without_movements_is_empty(bench, provider):
    provider.create(trade(), at=now())

    assert bench.movements(now().date()) == []


def test_the_bill_lists_what_was_paid_and_refunded(bench, provider):
    for number in (NUMBER, "200000000024-P1", "300000000031-P1"):
        provider.create(trade(number), at=now())
    bench.pay(NUMBER)
    bench.decline("200000000024-P1")
    provider.refund(refund(money=Money(Decimal("0.50"), "CNY")), at=now())

    movements = bench.movements(now().date())

    assert movements == [("payment", NUMBER, "68.00"), ("refund", NUMBER, "0.50")]


def test_a_gateway_that_is_gone_is_unavailable_for_everything(bench, provider):
    bench.stop()

    acts = [
        lambda: provider.create(trade(), at=now()),
        lambda: provider.query(NUMBER, at=now()),
        lambda: provider.close(NUMBER, at=now()),
        lambda: provider.refund(refund(), at=now()),
        lambda: provider.refund_query("R1", at=now()),
        lambda: provider.download_bill(now().date(), at=now()),
    ]

    for act in acts:
        with pytest.raises(GatewayUnavailableError):
            act()


def test_the_answer_to_a_notice_is_one_plain_word(provider):
    assert provider.acknowledgement() == "success"


def test_the_provider_says_what_it_takes(provider):
    assert provider.capabilities.supports("CNY")
    assert provider.code.isascii()
    assert provider.code == provider.code.lower()
    assert len(provider.code) <= 20
    assert provider.account()
