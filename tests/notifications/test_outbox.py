"""A mail is a row in the transaction it tells of."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import redis
from celery import Celery
from django.contrib.auth.models import Permission
from django.db import transaction

from core import nudge
from notifications.models import Message
from notifications.selectors import rendering
from notifications.services import delivery, outbox
from shop.celery import app
from tests import make
from tests.conftest import NOW
from tests.notifications.conftest import CONTEXT, send_to

pytestmark = pytest.mark.django_db
Status = Message.Status


class _UndoneError(Exception):
    """Something went wrong after the mail was written."""


def woken(queue: redis.Redis) -> list[str]:
    """Return the tasks in the queue."""
    return [json.loads(message)["headers"]["task"] for message in queue.lrange("celery", 0, -1)]


def test_a_mail_waits_for_a_worker(write, now):
    message = write()

    assert (message.status, message.attempts, message.due_at, message.sent_at) == (Status.PENDING, 0, now, None)
    assert message.context == CONTEXT


def test_what_is_rolled_back_sends_nothing(write, postbox, now, queue, django_capture_on_commit_callbacks):
    @transaction.atomic
    def write_and_fail() -> None:
        write()
        raise _UndoneError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(_UndoneError):
        write_and_fail()

    assert Message.objects.count() == 0
    assert woken(queue) == []
    assert delivery.deliver_due(at=now) == 0
    assert postbox.connections == 0


def test_a_worker_is_woken_after_the_commit_and_not_before(write, queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write()
        assert woken(queue) == []

    assert woken(queue) == ["notifications.tasks.deliver_due"]


def test_a_key_that_was_used_changes_nothing(write):
    first = write()

    write(recipient="somebody@example.com", at=first.due_at + timedelta(hours=1))

    assert list(Message.objects.values("recipient", "due_at")) == [
        {"recipient": "li.na@example.com", "due_at": first.due_at}
    ]


@pytest.mark.parametrize("mails", [0, 20])
def test_writing_costs_one_query_however_full_the_outbox_is(write, mails, now, django_assert_num_queries):
    for number in range(mails):
        write(f"order_confirmed:{number}")

    with django_assert_num_queries(3):  # the row, between a savepoint and its end
        outbox.write(key="new", kind="order_confirmed", recipient="a@example.com", language="en", context={}, at=now)


def test_a_mail_can_be_sent_again_under_the_same_id(write, postbox, now):
    message = write()
    delivery.deliver_due(at=now)

    outbox.send_again(message=message, at=now)
    delivery.deliver_due(at=now)

    assert postbox.ids() == [delivery.message_id(message)] * 2


def test_a_mail_server_that_is_gone_does_not_disturb_a_checkout(settings, now):
    send_to(settings, 9)

    order = make.paid_order()
    delivery.deliver_due(at=now)

    message = Message.objects.get(key=f"order_confirmed:{order.number}")
    assert (message.status, message.attempts, message.error) == (Status.PENDING, 1, "ConnectionRefusedError")


def test_a_broker_that_is_gone_does_not_disturb_a_checkout(monkeypatch, now, django_capture_on_commit_callbacks):
    lost = Celery("lost", set_as_current=False)
    lost.conf.update(
        broker_url="redis://127.0.0.1:9/0",
        broker_transport_options=app.conf.broker_transport_options,
        task_publish_retry=app.conf.task_publish_retry,
    )
    monkeypatch.setattr(nudge, "current_app", lost)

    with django_capture_on_commit_callbacks(execute=True):
        order = make.paid_order()

    assert nudge.breaker.is_open
    message = Message.objects.get(key=f"order_confirmed:{order.number}")
    assert (message.status, message.attempts) == (Status.PENDING, 0)


def test_the_list_shows_subjects_also_of_mails_that_cannot_be_rendered(client, write):
    write()
    subject = rendering.subject(Message.objects.get())
    Message.objects.create(key="odd", kind="no_such_kind", recipient="a@example.com", language="en", due_at=NOW)
    client.force_login(make.operator())

    page = client.get("/admin/notifications/message/").text

    assert subject in page
    assert "no_such_kind</" in page


@pytest.mark.parametrize(("right", "status"), [("view_message", "SENT"), ("change_message", "PENDING")])
def test_sending_again_takes_more_than_the_right_to_look(client, write, postbox, now, right, status):
    message = write()
    delivery.deliver_due(at=now)
    operator = make.user(is_staff=True)
    operator.user_permissions.set(Permission.objects.filter(codename__in=["view_message", right]))
    client.force_login(operator)

    chosen = {"action": "send_again", "_selected_action": [message.pk]}
    client.post("/admin/notifications/message/", chosen)

    message.refresh_from_db()
    assert message.status == status
