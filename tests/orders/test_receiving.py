"""Receipt: confirmed once, extended once, and taken for granted after a silence, whatever the clocks do meanwhile."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from notifications.models import Message
from orders.models import Order
from orders.services import lifecycle, receiving, shipping
from orders.services.receiving import CannotReceiveError, ExtendedBeforeError
from tests import books, make

pytestmark = pytest.mark.django_db
LABEL = shipping.Label("SF", "SF1")
TEN_DAYS, SECOND = timedelta(days=10), timedelta(seconds=1)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def _shipped(at: datetime) -> Order:
    order = make.paid_order(at=at)
    shipping.ship(order=order, label=LABEL, at=at)
    order.refresh_from_db()
    return order


def test_the_buyer_confirms_and_that_completes_the_order(now):
    order, buyer = _shipped(now), make.user()

    receiving.confirm(order=order, actor=buyer, at=now)

    order.refresh_from_db()
    assert (order.status, order.fulfilment_status, order.completed_at) == ("COMPLETED", "RECEIVED", now)
    assert order.is_to_review
    assert order.events.filter(kind="RECEIVED").values_list("actor", flat=True).get() == buyer.pk
    assert books.findings() == []


def test_who_confirms_twice_has_confirmed_once(now):
    order = _shipped(now)
    receiving.confirm(order=order, at=now)
    before = books.copy()

    with pytest.raises(CannotReceiveError):
        receiving.confirm(order=order, at=now + SECOND)

    assert books.copy() == before


@pytest.mark.parametrize("state", ["unpaid", "paid", "partly shipped", "cancelled"])
def test_what_has_not_left_whole_cannot_be_received_nor_extended(state, now):
    order = make.order(make.cart(make.only_variant(make.product(stock=3)), quantity=2))
    if state == "cancelled":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    elif state != "unpaid":
        lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)
    if state == "partly shipped":
        shipping.ship(order=order, label=LABEL, quantities={order.lines.get().pk: 1}, at=now)
    before = books.copy()

    with pytest.raises(CannotReceiveError):
        receiving.confirm(order=order, at=now)
    with pytest.raises(CannotReceiveError):
        receiving.extend(order=order, at=now)

    assert books.copy() == before


@pytest.mark.parametrize(
    "left_at",
    [
        datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        datetime(2026, 10, 20, 2, 30, tzinfo=BERLIN),  # the clocks of Berlin go back on the 25th
        datetime(2027, 3, 20, 2, 30, tzinfo=BERLIN),  # and forward on the 28th
        datetime(2026, 10, 25, 1, 30, tzinfo=NEW_YORK),
        datetime(2028, 2, 25, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_silence_completes_an_order_after_ten_days_and_not_a_second_before(left_at):
    with timezone.override(left_at.tzinfo):
        order = _shipped(left_at.astimezone(UTC))
        end = left_at.astimezone(UTC) + TEN_DAYS

        counts = [receiving.confirm_due(at=moment) for moment in (end - SECOND, end, end + SECOND)]

    order.refresh_from_db()
    assert counts == [0, 1, 0]
    assert (order.status, order.completed_at) == ("COMPLETED", end)
    assert order.events.filter(kind="RECEIVED", actor=None).count() == 1


def test_an_order_completes_once_though_the_worker_slept_for_a_week(now):
    order = _shipped(now)

    counts = [receiving.confirm_due(at=now + TEN_DAYS + timedelta(days=7)) for _ in range(2)]

    assert counts == [1, 0]
    assert order.events.filter(kind="RECEIVED").count() == 1


def test_the_time_is_counted_from_the_last_parcel(now):
    order = make.paid_order(make.cart(make.only_variant(make.product(stock=3)), quantity=2))
    line, later = order.lines.get().pk, now + timedelta(days=4)
    shipping.ship(order=order, label=LABEL, quantities={line: 1}, at=now)
    shipping.ship(order=order, label=LABEL, quantities={line: 1}, at=later)

    counts = [receiving.confirm_due(at=moment + TEN_DAYS) for moment in (now, later - SECOND, later)]

    assert counts == [0, 0, 1]


def test_the_buyer_gets_three_more_days_once(now):
    order, buyer = _shipped(now), make.user()

    until = receiving.extend(order=order, actor=buyer, at=now + timedelta(days=9))

    assert until == now + timedelta(days=13)
    assert receiving.confirm_due(at=until - SECOND) == 0
    before = books.copy()
    with pytest.raises(ExtendedBeforeError):
        receiving.extend(order=order, actor=buyer, at=now + timedelta(days=9))
    assert books.copy() == before
    assert order.events.get(kind="EXTENDED").details == {"until": until.isoformat()}
    assert receiving.confirm_due(at=until) == 1


def test_the_buyer_is_asked_two_days_before_and_once(now):
    order = _shipped(now)
    soon = now + timedelta(days=8)

    counts = [receiving.remind(at=moment) for moment in (soon - SECOND, soon, soon + SECOND)]

    assert counts == [0, 1, 0]
    context = Message.objects.get(kind="receipt_reminder").context
    assert (context["until"], context["is_extended"]) == ((now + TEN_DAYS).isoformat(), False)
    assert books.mails("receipt_reminder") == [f"receipt_reminder:{order.number}"]


def test_an_order_that_left_before_there_were_deadlines_gets_the_whole_time(now):
    order = _shipped(now - timedelta(days=60))
    Order.objects.update(receive_by=None)

    receiving.remind(at=now)

    order.refresh_from_db()
    assert order.receive_by == now + TEN_DAYS
    assert receiving.confirm_due(at=now) == 0


def test_what_was_sold_counts_whether_it_was_received_or_not(now):
    order = _shipped(now)

    receiving.confirm(order=order, at=now)

    order.refresh_from_db()
    assert (order.paid_total, order.refunded_total) == (Decimal(18), Decimal(0))
