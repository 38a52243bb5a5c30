"""Run the checks; one that cannot be made says so and does not keep the others from being made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import ProgrammingError
from kombu.exceptions import OperationalError as QueueFailure
from redis.exceptions import RedisError

from shop.doctor.checks import CHECKS, Check, Clock, Level, Remark, wrong

SHORTEST = 4  # letters: what is shorter is no secret, and stands in every word
_TELLING = re.compile(r"KEY|SECRET|PASSWORD|TOKEN", re.IGNORECASE)
TOPICS = ("site", "database", "queue", "machine", "keys", "books")  # in this order they are read
REMEDIES = {
    "database": "Start PostgreSQL, or correct DATABASE_URL; the shop answers 503 until then.",
    "cache": "Start Redis, or correct REDIS_URL; every page is rendered anew until then.",
    "queue": "Start Redis, or correct BROKER_URL; mails and refunds wait until then.",
}


@dataclass(frozen=True)
class Report:
    """What a check has said."""

    name: str
    remarks: tuple[Remark, ...]

    @property
    def level(self) -> Level:
        """The worst of it."""
        levels = {remark.level for remark in self.remarks}
        return next((level for level in (Level.FAIL, Level.WARN) if level in levels), Level.OK)


def examine(*, now: Clock) -> list[Report]:
    """Return the report of every check; no text of it holds a secret."""
    gone: set[str] = set()
    checks = sorted(CHECKS.values(), key=lambda check: TOPICS.index(check.__module__.rpartition(".")[2]))
    return [_report(check, now, gone) for check in checks]


def _report(check: type[Check], now: Clock, gone: set[str]) -> Report:
    if check.server in gone:
        return Report(check.name, (Remark(Level.WARN, f"not examined: the {check.server} does not answer"),))
    return Report(check.name, tuple(map(_harmless, _remarks(check, now, gone))))


def _remarks(check: type[Check], now: Clock, gone: set[str]) -> list[Remark]:
    try:
        return list(check().remarks(now))
    except ProgrammingError as error:
        return [wrong(_first_line(error), "The database is not up to date: run manage.py prepare.")]
    except (DatabaseFailure, RedisError, QueueFailure) as error:
        gone.add(check.server)
        return [wrong(f"the {check.server} does not answer: {_first_line(error)}", REMEDIES[check.server])]


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _harmless(remark: Remark) -> Remark:
    """Return a remark in which no secret of the settings stands, wherever its words came from."""
    text = remark.text
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, "***")
    return Remark(remark.level, text, remark.remedy)


def _secrets() -> Iterator[str]:
    """Yield what must not be told: all settings that are called keys, secrets, passwords or tokens."""
    everything = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    found = [*_told(everything), *(urlsplit(url).password or "" for url in (settings.REDIS_URL, settings.BROKER_URL))]
    return (text for text in found if len(text) >= SHORTEST)


def _told(values: Mapping[Any, Any]) -> Iterator[str]:
    """Yield texts that stand under a telling name, however deep."""
    for name, value in values.items():
        parts = value if isinstance(value, list | tuple) else [value]
        yield from (part for part in parts if isinstance(part, str) and _TELLING.search(str(name)))
        for part in parts:
            if isinstance(part, Mapping):
                yield from _told(part)
