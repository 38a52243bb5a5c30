"""Wake a worker up, without ever depending on it: a sweep does the work when the wake-up is lost."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core.breaker import CircuitBreaker

logger = logging.getLogger(__name__)
breaker = CircuitBreaker(seconds=5)


def on_commit(task: str, **ids: int) -> None:
    """Queue the task of this name once the transaction is committed.

    A broker that is gone costs a second at most, and a log line.
    """
    transaction.on_commit(partial(_send, task, ids))


def _send(task: str, ids: dict[str, int]) -> None:
    if breaker.is_open:
        return
    try:
        current_app.send_task(task, kwargs=ids)
    except OperationalError as error:
        breaker.trip()
        logger.warning("broker unavailable", extra={"task": task, "error": type(error).__name__})
