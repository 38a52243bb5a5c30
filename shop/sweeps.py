"""When each sweep of the timetable was done last: noted by workers in the cache, where a flush forgets it."""

from __future__ import annotations

from datetime import datetime

from celery import current_app
from django.core.cache import cache

KEPT_SECONDS = 7 * 86400


def note(*, task: str, at: datetime) -> None:
    """Note that a task was done, when it is one of the timetable."""
    if task in _tasks():
        cache.set(_key(task), at, KEPT_SECONDS)


def last_done() -> dict[str, datetime]:
    """Return when each was done last; those of which nothing is known are left out."""
    names = {_key(task): task for task in _tasks()}
    return {names[key]: at for key, at in cache.get_many(list(names)).items()}


def _tasks() -> set[str]:
    return {str(entry["task"]) for entry in current_app.conf.beat_schedule.values()}


def _key(task: str) -> str:
    return f"sweep:{task}"
