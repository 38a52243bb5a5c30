"""Kill one process of the shop with -9, and measure how long it takes until its work goes on."""

from __future__ import annotations

import random
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
import psycopg
import redis

from benchmarks.chaos.postbox import Postbox
from benchmarks.chaos.stage import Stage

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.05
KINDS = (
    "web worker",
    "web master",
    "worker",
    "child of the worker",
    "PostgreSQL backend",
    "PostgreSQL postmaster",
    "Redis",
    "beat",
    "gateway",
)
NAMES = {
    "web master": "web",
    "worker": "worker",
    "PostgreSQL postmaster": "postgres",
    "Redis": "redis",
    "beat": "beat",
    "gateway": "paylab",
}
FAMILIES = {"web worker": "web", "child of the worker": "worker", "PostgreSQL backend": "postgres"}


@dataclass
class Fault:
    """A process that was killed; moments are seconds of the monotonic clock."""

    kind: str
    killed_at: float
    back_at: float | None = None
    purchase_at: float | None = None  # the first order that was placed by a press after the kill

    @property
    def over_at(self) -> float:
        """When nobody should notice it any more; far away while it lasts."""
        return max(self.back_at or float("inf"), self.purchase_at or 0)


def plan(count: int, chance: random.Random) -> list[str]:
    """Return kinds of faults in a random order, each as often as the others."""
    kinds = [KINDS[number % len(KINDS)] for number in range(count)]
    chance.shuffle(kinds)
    return kinds


class Killer:
    """Kills on a stage."""

    def __init__(self, stage: Stage, postbox: Postbox, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance
        self._is_back: dict[str, Callable[[float], bool]] = {
            "web": lambda _: self._answers(),
            "postgres": lambda _: self._database_answers(),
            "redis": lambda _: bool(redis.Redis.from_url(stage.redis_url).ping()),
            "paylab": lambda _: self._gateway_listens(),
            "worker": lambda since: any(mail.at > since for mail in postbox.mails[-50:]),
            "beat": lambda _: True,
        }

    def strike(self, kind: str) -> Fault:
        """Kill one process of a kind and wait until its work goes on, or for a minute.

        A worker is back with the next mail that is sent, beat as soon as it runs.
        """
        name = NAMES.get(kind) or FAMILIES[kind]
        victim, size = self._victim(kind, name)
        fault = Fault(kind, time.monotonic())
        victim.kill()
        end = fault.killed_at + PATIENCE_SECONDS
        while time.monotonic() < end and fault.back_at is None:
            time.sleep(POLL_SECONDS)
            if self._works_again(name, victim, size=size, since=fault.killed_at):
                fault.back_at = time.monotonic()
        return fault

    def _victim(self, kind: str, name: str) -> tuple[psutil.Process, int]:
        """Return whom to kill, and how many of its kind there are; the one before may have ended just now."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            parent = self._stage.process(name)
            found = [each for each in (parent,) if each] if kind in NAMES else _children(parent)
            if found and (victim := self._chance.choice(found)).is_running():
                return victim, len(found) if kind in FAMILIES else 0
            time.sleep(POLL_SECONDS)
        raise SystemExit(f"no {kind} to kill; see {self._stage.log}")

    def _works_again(self, name: str, victim: psutil.Process, *, size: int, since: float) -> bool:
        parent = self._stage.process(name)
        if parent is None or parent == victim or (name != "postgres" and len(_children(parent)) < size):
            return False
        try:
            return self._is_back[name](since)
        except (OSError, psycopg.Error, redis.RedisError, urllib.error.URLError):
            return False

    def _answers(self) -> bool:
        with urllib.request.urlopen(f"{self._stage.url}/healthz/", timeout=2) as answer:
            return bool(answer.status == 200)

    def _database_answers(self) -> bool:
        with psycopg.connect(self._stage.database_url, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)

    def _gateway_listens(self) -> bool:
        with socket.create_connection(("127.0.0.1", urlsplit(self._stage.paylab_url).port or 0), timeout=2):
            return True


def _children(parent: psutil.Process | None) -> list[psutil.Process]:
    """Return the children that do a client's work: of PostgreSQL its backends, of others all."""
    if parent is None:
        return []
    try:
        found = parent.children()
        return [child for child in found if _is_client(child)] if parent.name() == "postgres" else found
    except psutil.NoSuchProcess:
        return []


def _is_client(child: psutil.Process) -> bool:
    try:
        return "[local]" in " ".join(child.cmdline())
    except psutil.NoSuchProcess:
        return False
