"""What silence does to a case at each stage: nothing a second before its deadline, and once from then on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from orders.models import Order, Repayment, ReturnCase
from orders.services import lifecycle, receiving, shipping
from orders.services.cases import answering, goods, timers
from orders.services.cases.writing import Act, WrongStageError
from shop.audit.returns import DecisionsAreCarriedOut
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import BUYER, LABEL, SHOP, Kind, Reason, Side, ask, at_the_shop, inspected, level, look

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def requested(order: Order) -> ReturnCase:
    return ask(order, Kind.REFUND_ONLY)


def approved(order: Order) -> ReturnCase:
    case = ask(order, Kind.RETURN)
    answering.approve(case=case, act=SHOP)
    return case


def sent(order: Order) -> ReturnCase:
    case = approved(order)
    goods.send(case=case, label=LABEL, act=BUYER)
    return case


def received(order: Order) -> ReturnCase:
    return at_the_shop(order, Kind.RETURN)


def to_be_replaced(order: Order) -> ReturnCase:
    case = at_the_shop(order, Kind.EXCHANGE)
    goods.inspect(case=case, found=inspected(case, damaged=1), act=SHOP)
    return case


def replaced(order: Order) -> ReturnCase:
    case = to_be_replaced(order)
    goods.replace(case=case, label=LABEL, act=SHOP)
    return case


def declined(order: Order) -> ReturnCase:
    case = requested(order)
    answering.reject(case=case, act=Act(Side.SHOP, NOW, text="No"))
    return case


def appealed(order: Order) -> ReturnCase:
    case = declined(order)
    answering.escalate(case=case, act=Act(Side.BUYER, NOW, text="Please look"))
    return case


STAGES = [
    (requested, 2 * DAY, "REFUNDING", Decimal(10)),
    (approved, 7 * DAY, "CLOSED", None),
    (sent, 10 * DAY, "REFUNDING", Decimal(10)),
    (received, 2 * DAY, "REFUNDING", Decimal(10)),
    (to_be_replaced, 7 * DAY, "REFUNDING", Decimal(10)),
    (replaced, 10 * DAY, "DONE", None),
    (appealed, 3 * DAY, "REFUNDING", Decimal(10)),
    (declined, 7 * DAY, "REJECTED", None),
]


@pytest.mark.parametrize(
    ("stage", "after", "outcome", "amount"), STAGES, ids=lambda value: getattr(value, "__name__", "")
)
def test_silence_ends_each_stage_at_its_deadline_and_once(
    arrived: Order, stage: Callable[[Order], ReturnCase], after: timedelta, outcome: str, amount: Decimal | None
) -> None:
    case = stage(arrived)
    before, on_shelf = look(case), level()[0]

    early = timers.act_on_due(at=NOW + after - SECOND)
    untouched = look(case)
    counts = [timers.act_on_due(at=NOW + after + late) for late in (0 * SECOND, SECOND, 30 * DAY)]

    assert early == 0
    assert (untouched.status, untouched.version) == (before.status, before.version)
    assert counts == [1, 0, 0]
    assert look(case).status == outcome
    assert look(case).due_at is None
    assert Repayment.objects.values_list("amount", flat=True).first() == amount
    assert level() == (on_shelf, 0)
    arrived.refresh_from_db()
    assert not arrived.has_open_case


def test_a_worker_that_slept_for_a_month_finds_the_same_outcome(arrived):
    case = requested(arrived)

    counts = [timers.act_on_due(at=NOW + 30 * DAY) for _ in range(2)]

    assert counts == [1, 0]
    assert look(case).status == "REFUNDING"
    assert Repayment.objects.count() == 1


def test_a_cancellation_is_granted_after_half_an_hour_while_nobody_packs(paid):
    case = ask(paid, Kind.CANCELLATION, 3, reason=Reason.NOT_WANTED)

    counts = [timers.act_on_due(at=NOW + moment) for moment in (30 * MINUTE - SECOND, 30 * MINUTE)]

    paid.refresh_from_db()
    assert counts == [0, 1]
    assert (look(case).status, paid.status) == ("REFUNDING", "CANCELLED")
    assert books.findings(DecisionsAreCarriedOut) == []


def test_a_cancellation_of_what_is_being_packed_waits_a_day_for_the_shop(paid):
    lifecycle.mark_picked(order=paid, actor=None, at=NOW)

    case = ask(paid, Kind.CANCELLATION, 3, reason=Reason.NOT_WANTED)

    assert case.due_at == NOW + DAY
    assert [timers.act_on_due(at=NOW + moment) for moment in (DAY - SECOND, DAY)] == [0, 1]
    assert look(case).status == "REFUNDING"


def test_packing_that_begins_within_the_half_hour_gives_the_shop_its_day(paid):
    case = ask(paid, Kind.CANCELLATION, 3, reason=Reason.NOT_WANTED)
    lifecycle.mark_picked(order=paid, actor=None, at=NOW + MINUTE)

    timers.act_on_due(at=NOW + 30 * MINUTE)

    waiting = look(case)
    assert (waiting.status, waiting.due_at) == ("REQUESTED", NOW + DAY)
    assert not Repayment.objects.exists()
    assert timers.act_on_due(at=NOW + DAY) == 1
    assert look(case).status == "REFUNDING"


def test_who_was_declined_can_appeal_until_the_last_second(arrived):
    case = declined(arrived)
    end = NOW + 7 * DAY

    with pytest.raises(WrongStageError):
        answering.escalate(case=case, act=Act(Side.BUYER, end + SECOND, text="Please"))
    answering.escalate(case=case, act=Act(Side.BUYER, end, text="Please"))

    assert look(case).status == "ESCALATED"


@pytest.mark.parametrize(
    "asked_at",
    [
        datetime(2026, 10, 24, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")),  # the clocks go back the next night
        datetime(2027, 3, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")),  # and forward the next night
        datetime(2026, 10, 31, 1, 30, tzinfo=ZoneInfo("America/New_York")),
        datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_two_days_are_forty_eight_hours_whatever_the_clocks_do(asked_at):
    with timezone.override(asked_at.tzinfo):
        moment = asked_at.astimezone(UTC)
        order = make.paid_order(at=moment)
        shipping.ship(order=order, label=LABEL, at=moment)
        receiving.confirm(order=order, at=moment)
        case = ask(order, Kind.REFUND_ONLY, at=moment)

        counts = [timers.act_on_due(at=moment + 48 * HOUR + each) for each in (-SECOND, 0 * SECOND)]

    assert case.due_at == moment + 48 * HOUR
    assert counts == [0, 1]
