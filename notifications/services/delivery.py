"""Empty the outbox: claim, send, note.

A message is claimed for a while before it is sent, so that two workers never send the same one, and a
worker that is killed loses none: its claim runs out and the message is sent again under the same
Message-ID, by which mail programs recognise a repeat.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from notifications.models import Message
from notifications.selectors import rendering

logger = logging.getLogger(__name__)

BATCH = 20
CLAIM = timedelta(seconds=60)
PAUSES = (10, 30, 120, 600, 3600, 21600)  # seconds before the next attempt; then it is given up
UNREACHABLE = (OSError, smtplib.SMTPException)
PERMANENT = 500  # answers of a mail server from here on mean never, those below mean later


def deliver_due(*, at: datetime) -> int:
    """Send the messages that are due, at most one batch; return how many were claimed."""
    messages = _claim(at)
    if not messages:
        return 0
    began = time.monotonic()
    connection = get_connection()
    try:
        for place, message in enumerate(messages):
            if place and time.monotonic() - began > CLAIM.total_seconds() / 2:  # a slow server: claim the rest anew
                _hand_back(messages[place:], at)
                break
            try:
                connection.open()
            except UNREACHABLE as error:
                for waiting in messages[place:]:
                    _postpone(waiting, error, at)
                break
            _send(message, connection, at)
    finally:
        _hang_up(connection)
    return len(messages)


def message_id(message: Message) -> str:
    """Return the Message-ID, the same for every attempt at one message."""
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


@transaction.atomic
def _claim(at: datetime) -> Sequence[Message]:
    """Take due messages for ourselves until the claim runs out."""
    due = Message.objects.filter(status__in=[Message.Status.PENDING, Message.Status.SENDING], due_at__lte=at).order_by(
        "due_at", "pk"
    )
    messages = list(due.select_for_update(skip_locked=True)[:BATCH])
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        status=Message.Status.SENDING, attempts=F("attempts") + 1, due_at=at + CLAIM
    )
    for message in messages:
        message.attempts += 1
    return messages


def _hand_back(messages: Sequence[Message], at: datetime) -> None:
    """Give up a claim before it runs out, as if it had never been made."""
    claimed = Message.objects.filter(pk__in=[message.pk for message in messages], status=Message.Status.SENDING)
    claimed.update(status=Message.Status.PENDING, attempts=F("attempts") - 1, due_at=at)


def _send(message: Message, connection: BaseEmailBackend, at: datetime) -> None:
    try:
        mail = rendering.mail(message)
    except rendering.UNREADABLE as error:
        # One bad template must not hold up the mails behind it, and the next release mends it.
        _postpone(message, error, at)
        return
    mail.extra_headers["Message-ID"] = message_id(message)
    mail.connection = connection
    try:
        mail.send()
    except ValueError as error:  # a line break in a header
        _give_up(message, error)
    except UNREACHABLE as error:
        _hang_up(connection)  # it may be broken: the mails behind this one get a new one
        _postpone(message, error, at)
    else:
        Message.objects.filter(pk=message.pk).update(status=Message.Status.SENT, sent_at=at, error="")
        logger.info("mail sent", extra={"mail": message.pk, "kind": message.kind})


def _hang_up(connection: BaseEmailBackend) -> None:
    """Close a connection, however broken it is."""
    with suppress(*UNREACHABLE):
        connection.close()


def _is_refused_for_good(error: Exception) -> bool:
    """Tell whether the address will never take mail; "come back later" is no such answer."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= PERMANENT for code, _ in error.recipients.values())


def _postpone(message: Message, error: Exception, at: datetime) -> None:
    """Note a failure that may heal; give up when it will not or has not."""
    if message.attempts > len(PAUSES) or _is_refused_for_good(error):
        _give_up(message, error)
        return
    pause = timedelta(seconds=PAUSES[message.attempts - 1])
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.PENDING, due_at=at + pause, error=type(error).__name__
    )
    logger.warning("mail postponed", extra={"mail": message.pk, "error": type(error).__name__})


def _give_up(message: Message, error: Exception) -> None:
    Message.objects.filter(pk=message.pk).update(status=Message.Status.FAILED, error=type(error).__name__)
    logger.error("mail given up", extra={"mail": message.pk, "error": type(error).__name__})
