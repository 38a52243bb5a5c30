"""Emptying the outbox: each mail once, failures again later, hopeless ones given up, none lost."""

from __future__ import annotations

import email.utils
import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import QuerySet

from notifications import tasks
from notifications.models import Message
from notifications.services import delivery
from tests.crowd import at_once
from tests.notifications.conftest import CONTEXT, send_to
from tests.notifications.postbox import Postbox

pytestmark = pytest.mark.django_db
Status = Message.Status


def test_a_mail_is_sent_once(write, postbox, now):
    message = write()

    counts = [delivery.deliver_due(at=now) for _ in range(3)]

    message.refresh_from_db()
    assert counts == [1, 0, 0]
    assert (message.status, message.attempts, message.sent_at, message.error) == (Status.SENT, 1, now, "")
    assert postbox.ids() == [delivery.message_id(message)]
    assert postbox.recipients() == ["li.na@example.com"]


def test_a_mail_that_is_not_due_waits(write, postbox, now):
    message = write(at=now + timedelta(seconds=1))

    assert delivery.deliver_due(at=now) == 0

    message.refresh_from_db()
    assert (message.status, postbox.connections) == (Status.PENDING, 0)


def test_one_connection_carries_a_whole_batch(write, postbox, now):
    for number in range(delivery.BATCH + 1):
        write(f"order_confirmed:{number}")

    assert delivery.deliver_due(at=now) == delivery.BATCH
    assert postbox.connections == 1

    assert delivery.deliver_due(at=now) == 1
    assert len(set(postbox.ids())) == delivery.BATCH + 1


def test_the_task_sends_until_nothing_is_due(write, postbox):
    for number in range(delivery.BATCH + 1):
        write(f"order_confirmed:{number}")

    tasks.deliver_due()

    assert len(postbox.mails) == delivery.BATCH + 1
    assert set(Message.objects.values_list("status", flat=True)) == {Status.SENT}


def test_a_server_that_is_gone_is_tried_again_after_growing_pauses_and_then_given_up(write, settings, now):
    send_to(settings, 9)
    message, at, pauses = write(), now, []

    while message.status == Status.PENDING:
        delivery.deliver_due(at=at)
        message.refresh_from_db()
        pauses.append((message.due_at - at).total_seconds())
        at = message.due_at

    assert pauses[:-1] == list(delivery.PAUSES)
    assert (message.status, message.attempts, message.error) == (Status.FAILED, 7, "ConnectionRefusedError")
    assert delivery.deliver_due(at=at + timedelta(days=1)) == 0


def test_ten_minutes_without_a_server_cost_no_mail(write, settings, now):
    send_to(settings, 9)
    keys = [write(f"order_confirmed:{number}").key for number in range(30)]
    for minute in range(10):
        for _ in range(2):
            delivery.deliver_due(at=now + timedelta(minutes=minute))

    with Postbox() as postbox:
        send_to(settings, postbox.port)
        for _ in range(2):
            delivery.deliver_due(at=now + timedelta(minutes=30))

    assert sorted(postbox.ids()) == sorted(delivery.message_id(Message(key=key)) for key in keys)
    assert set(Message.objects.values_list("status", flat=True)) == {Status.SENT}


REFUSALS = {
    "550 no such mailbox": (Status.FAILED, "SMTPRecipientsRefused"),
    "450 come back later": (Status.PENDING, "SMTPRecipientsRefused"),
    "421 too busy": (Status.PENDING, "SMTPRecipientsRefused"),
}


@pytest.mark.parametrize(("answer", "end"), REFUSALS.items(), ids=REFUSALS)
def test_an_address_refused_for_good_is_given_up_and_one_refused_for_now_is_not(write, settings, now, answer, end):
    message = write()

    with Postbox({"RCPT": lambda _: answer}) as postbox:
        send_to(settings, postbox.port)
        delivery.deliver_due(at=now)

    message.refresh_from_db()
    assert (message.status, message.error) == end
    assert (message.attempts, postbox.mails) == (1, [])


def test_a_sender_refused_is_the_shops_own_fault_and_loses_no_mail(write, settings, now):
    message = write()

    with Postbox({"MAIL": lambda _: "530 log in first"}) as postbox:
        send_to(settings, postbox.port)
        delivery.deliver_due(at=now)

    message.refresh_from_db()
    assert (message.status, message.error) == (Status.PENDING, "SMTPSenderRefused")


def test_a_refused_address_does_not_hold_up_the_mails_behind_it(write, settings, now):
    bad, good = write("a", recipient="bad@example.com"), write("b")

    with Postbox({"RCPT": lambda line: "550 no" if "bad@" in line else "250 OK"}) as postbox:
        send_to(settings, postbox.port)
        delivery.deliver_due(at=now)

    assert postbox.recipients() == ["li.na@example.com"]
    assert (_status(bad), _status(good)) == (Status.FAILED, Status.SENT)


def test_a_mail_at_which_the_server_hangs_up_does_not_hold_up_the_mails_behind_it(write, settings, now):
    bad, good = write("a", recipient="bad@example.com"), [write("b"), write("c")]

    with Postbox({"RCPT": lambda line: "" if "bad@" in line else "250 OK"}) as postbox:
        send_to(settings, postbox.port)
        delivery.deliver_due(at=now)

    assert postbox.ids() == [delivery.message_id(each) for each in good]
    assert [_status(each) for each in (bad, *good)] == [Status.PENDING, Status.SENT, Status.SENT]


def test_a_server_that_hangs_up_after_taking_a_mail_gets_it_again_under_the_same_id(write, settings, now):
    message = write()
    answers = iter(["", "250 taken"])

    with Postbox({"": lambda _: next(answers)}) as postbox:
        send_to(settings, postbox.port)
        delivery.deliver_due(at=now)
        assert _status(message) == Status.PENDING
        delivery.deliver_due(at=now + timedelta(seconds=10))

    assert _status(message) == Status.SENT
    assert postbox.ids() == [delivery.message_id(message)] * 2


@pytest.mark.parametrize(
    "fields",
    [{"kind": "no_such_kind"}, {"context": {}}, {"context": CONTEXT | {"total": "much"}}, {"context": {"lines": 5}}],
    ids=["no template", "empty", "no amount", "no list"],
)
def test_a_mail_that_cannot_be_rendered_does_not_hold_up_the_mails_behind_it(write, postbox, now, fields):
    bad, good = write("a", **fields), write("b")

    delivery.deliver_due(at=now)

    bad.refresh_from_db()
    assert (bad.status, bad.attempts, _status(good)) == (Status.PENDING, 1, Status.SENT)
    assert postbox.ids() == [delivery.message_id(good)]


def test_a_claim_keeps_others_away_until_it_runs_out(write, postbox, now):
    message = write()
    delivery._claim(now)  # and the worker is killed

    assert delivery.deliver_due(at=now + delivery.CLAIM - timedelta(microseconds=1)) == 0
    assert delivery.deliver_due(at=now + delivery.CLAIM) == 1

    assert postbox.ids() == [delivery.message_id(message)]


def test_a_slow_server_gets_no_mail_of_a_claim_that_may_have_run_out(write, postbox, now, monkeypatch):
    messages = [write(f"order_confirmed:{number}") for number in range(3)]
    monkeypatch.setattr(delivery, "CLAIM", timedelta(0))

    delivery.deliver_due(at=now)

    assert postbox.ids() == [delivery.message_id(messages[0])]
    waiting = Message.objects.filter(pk__in=[each.pk for each in messages[1:]]).values_list(
        "status", "attempts", "due_at"
    )
    assert set(waiting) == {(Status.PENDING, 0, now)}

    delivery.deliver_due(at=now)
    delivery.deliver_due(at=now)

    assert postbox.ids() == [delivery.message_id(message) for message in messages]


def test_the_id_depends_on_the_key_alone():
    first = delivery.message_id(Message(key="order_confirmed:1", recipient="a@example.com", attempts=1))

    assert first == delivery.message_id(Message(key="order_confirmed:1", recipient="b@example.com", attempts=5))
    assert first != delivery.message_id(Message(key="order_confirmed:2"))
    assert email.utils.parseaddr(first)[1] == first.strip("<>")


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_three_workers_at_once_send_each_mail_once(write, postbox, now):
    messages = [write(f"order_confirmed:{number}") for number in range(50)]

    counts = at_once(*[partial(delivery.deliver_due, at=now)] * 3)

    assert sum(counts) == len(messages)
    assert sorted(postbox.ids()) == sorted(delivery.message_id(each) for each in messages)


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_row_locks_two_workers_send_the_same_mail(write, postbox, now, monkeypatch):
    message = write()
    both_have_looked, update = threading.Barrier(2, timeout=10), QuerySet.update

    def wait_and_update(self, **values):
        if values.get("status") == Status.SENDING:
            both_have_looked.wait()
        return update(self, **values)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self.all())
    monkeypatch.setattr(QuerySet, "update", wait_and_update)

    at_once(*[partial(delivery.deliver_due, at=now)] * 2)

    assert postbox.ids() == [delivery.message_id(message)] * 2


@pytest.mark.parametrize("mails", [1, 20])
def test_a_mail_costs_one_query_and_a_batch_four(write, postbox, now, mails, django_assert_num_queries):
    for number in range(mails):
        write(f"order_confirmed:{number}")

    with django_assert_num_queries(4 + mails):
        delivery.deliver_due(at=now)


def _status(message: Message) -> str:
    return Message.objects.values_list("status", flat=True).get(pk=message.pk)
