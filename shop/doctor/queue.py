"""Redis, workers and beat, and what they have to do: nothing that was promised lies around."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import redis
from celery import current_app
from django.conf import settings
from django.core.mail import get_connection

from notifications.models import Message
from shop import connections, sweeps
from shop.doctor.checks import Check, Clock, Remark, doubtful, fine, unfit, wrong

PATIENCE_SECONDS = 2
LONG, TOO_LONG = 500, 5000  # tasks
LATE = timedelta(minutes=10)
GRACE_SECONDS = 60
SHORT_SECONDS = 60  # a sweep that is due so often is noted again soon after Redis was emptied
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Cache(Check):
    """Shared pages and limits."""

    server = "cache"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Ask for a sign of life."""
        url = connections.redis(settings.REDIS_URL, settings.REDIS_DATABASE)
        with redis.Redis.from_url(
            url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
        ) as server:
            yield fine(f"Redis {server.info('server')['redis_version']}")


class Queue(Check):
    """What was queued stays queued, and is taken up."""

    server = "queue"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Ask the broker what it would forget, and how much waits."""
        with current_app.connection_for_read() as broker:
            if broker.transport.driver_type != "redis":
                yield fine("the broker is not Redis; look at it with its own tools")
                return
            server: redis.Redis = broker.default_channel.client  # type: ignore[attr-defined]  # of Redis' channels
            yield from self.forgets(server.info())
            waiting = server.llen(current_app.conf.task_default_queue)
        yield fine(f"{waiting} tasks wait")
        if waiting > LONG:
            tell = wrong if waiting > TOO_LONG else doubtful
            yield tell(
                f"{waiting} tasks wait: workers are too few, or none runs", "Start more workers, or look at their log."
            )

    @staticmethod
    def forgets(info: dict[str, Any]) -> Iterator[Remark]:
        """Yield the ways in which this Redis would lose tasks."""
        policy = info.get("maxmemory_policy", "noeviction")
        if str(policy).startswith("allkeys"):
            yield wrong(
                f"maxmemory-policy is {policy}: a full Redis throws tasks away",
                "Set maxmemory-policy to noeviction or volatile-lru.",
            )
        if not info.get("aof_enabled"):
            yield unfit(
                "Redis keeps no append-only file: a crash empties the queue, and sweeps have to find everything again",
                "Set appendonly yes.",
            )


class Workers(Check):
    """Somebody does the work."""

    server = "queue"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Ask all workers for a sign of life."""
        answers = current_app.control.ping(timeout=PATIENCE_SECONDS)
        if answers:
            yield fine(f"{len(answers)} answer")
        else:
            yield wrong(
                "no worker answers: no mail leaves, no order expires", "Start a worker: docs/OPERATIONS.md says how."
            )


class Beat(Check):
    """Every sweep of the timetable was done when it was due."""

    server = "cache"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Compare when each was done last with how often it should be."""
        done = sweeps.last_done()
        late = []
        for name, entry in sorted(current_app.conf.beat_schedule.items()):
            seconds, last = float(entry["schedule"]), done.get(entry["task"])
            if last is None and seconds <= SHORT_SECONDS:
                late.append(f"{name} (never noted)")
            elif last is not None and now() - last > timedelta(seconds=3 * seconds + GRACE_SECONDS):
                late.append(f"{name} (for {_ago(now() - last)})")
        if late:
            remedy = "Start beat and a worker, one of each is enough; if both run, the worker's log has their errors."
            yield wrong(f"sweeps that are not done: {', '.join(late)}", remedy)


class Outbox(Check):
    """Mails leave."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look for mails that are overdue, and for those that were given up lately."""
        unsent = Message.objects.filter(status__in=[Message.Status.PENDING, Message.Status.SENDING])
        oldest = unsent.order_by("created_at", "pk").first()
        if oldest and now() - oldest.created_at > LATE:
            yield wrong(
                f"{unsent.count()} mails wait, the oldest for {_ago(now() - oldest.created_at)}",
                "Look at mail-server, workers and beat; the list of messages in the back office has the errors.",
            )
        lately = now() - timedelta(days=1)
        given_up = Message.objects.filter(status=Message.Status.FAILED, created_at__gte=lately).count()
        if given_up:
            yield doubtful(
                f"{given_up} mails of the last day were given up", "The back office says why and sends them again."
            )


class MailServer(Check):
    """Somebody takes our mails."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Connect and sign in; nothing is sent."""
        if settings.EMAIL_BACKEND != SMTP:
            yield unfit("mails go to a file or a screen, and to nobody", "Let EMAIL_URL be an smtp:// address.")
            return
        try:
            with get_connection():
                yield fine(f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
        except (smtplib.SMTPException, OSError) as error:
            name = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
            yield wrong(
                f"{name} does not take mails: {error}", "Correct EMAIL_URL, or start the server. Mails wait meanwhile."
            )


def _ago(age: timedelta) -> str:
    """Return an age in whole units: 5 min, 3 h, 2 d."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
