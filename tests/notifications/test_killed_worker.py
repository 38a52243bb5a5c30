"""A real worker is killed in the middle of a mail: none is lost, and a repeat says that it is one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from notifications.models import Message
from notifications.services import delivery
from tests.notifications.conftest import CONTEXT, send_to
from tests.notifications.postbox import Postbox

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PATIENCE_SECONDS = 60


class Stop:
    """A place in the conversation with the mail server at which it falls silent until the worker is dead."""

    def __init__(self) -> None:
        self.reached, self._may_go_on = threading.Event(), threading.Event()

    def __call__(self, _: str) -> str:
        """Answer the first one with silence, the others as usual."""
        if self.reached.is_set():
            return "250 OK"
        self.reached.set()
        self._may_go_on.wait(PATIENCE_SECONDS)
        return ""

    def end(self) -> None:
        """Let the server hang up."""
        self._may_go_on.set()


@contextmanager
def worker(mail_port: int) -> Iterator[Callable[[], None]]:
    """Run a worker, as the shop does, on the servers of the tests; yield what kills it."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    settings = {"DATABASE_URL": database, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "EMAIL_TIMEOUT_SECONDS": "60"}
    quiet = ["--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-W", "ignore", "-m", "celery", "--app", "shop", "worker", "--concurrency", "1", *quiet]
    process = subprocess.Popen(
        command, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )

    def kill() -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    try:
        yield kill
    finally:
        kill()


@pytest.mark.parametrize(
    ("command", "copies"), [("RCPT", 1), ("", 2)], ids=["before the mail was taken", "after the mail was taken"]
)
def test_a_worker_killed_in_the_middle_of_a_mail_loses_none(write, settings, queue, command, copies):
    stop = Stop()
    with Postbox({command: stop}) as postbox, worker(postbox.port) as kill:
        message = write(at=timezone.now())
        assert stop.reached.wait(PATIENCE_SECONDS)
        kill()
        stop.end()
        message.refresh_from_db()
        assert (message.status, message.attempts, message.sent_at) == (Message.Status.SENDING, 1, None)
        send_to(settings, postbox.port)

        early = delivery.deliver_due(at=timezone.now())
        late = delivery.deliver_due(at=message.due_at)

    message.refresh_from_db()
    assert (early, late) == (0, 1)
    assert (message.status, message.attempts) == (Message.Status.SENT, 2)
    assert postbox.ids() == [delivery.message_id(message)] * copies


def test_a_worker_killed_among_many_mails_loses_none(write, settings, queue):
    stop = Stop()

    def fall_silent_at_the_tenth(text: str) -> str:
        return stop(text) if "Subject: Order 10 " in text or stop.reached.is_set() else "250 OK"

    with Postbox({"": fall_silent_at_the_tenth}) as postbox, worker(postbox.port) as kill:
        messages = [write(f"order_confirmed:{number}", context=_context(number)) for number in range(30)]
        assert stop.reached.wait(PATIENCE_SECONDS)
        kill()
        stop.end()
        send_to(settings, postbox.port)

        while delivery.deliver_due(at=timezone.now() + delivery.CLAIM):
            pass

    assert set(Message.objects.values_list("status", flat=True)) == {Message.Status.SENT}
    ids = postbox.ids()
    assert set(ids) == {delivery.message_id(message) for message in messages}
    assert len(ids) == len(messages) + 1  # the one that was taken and not noted


def _context(number: int) -> dict[str, Any]:
    return CONTEXT | {"number": str(number)}
