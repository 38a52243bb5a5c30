"""Many at once: threads that start together, each with a database connection of its own.

A race that happens once in a thousand runs proves nothing. `Crossing` makes acts meet at a statement, so that
they race every time, and can take a guard out of the statements that the shop really sends: the control of a test.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

Result = TypeVar("Result")
PATIENCE_SECONDS = 10
APART_SECONDS = 0.4  # acts that a lock keeps apart cannot meet; they go on then
ROW_LOCK = (r" FOR UPDATE\b.*$", "")


class Crossing:
    """Makes each act wait for the others after its first statement that the pattern `after` fits.

    are_kept_apart: a lock is expected to keep them from meeting; each goes on after a moment.
    An act without such a statement fails: nothing would have been tried.
    without: patterns to replace in every statement, such as ROW_LOCK: guards that are off.
    """

    def __init__(
        self,
        after: str,
        *,
        are_kept_apart: bool = False,
        without: Iterable[tuple[str, str]] = (),
        parties: int = 2,
    ) -> None:
        self._after = re.compile(after, re.DOTALL)
        self._seconds = APART_SECONDS if are_kept_apart else PATIENCE_SECONDS
        self._without = [(re.compile(pattern, re.DOTALL), instead) for pattern, instead in without]
        self._barrier = threading.Barrier(parties)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch the statements of this thread's connection."""
        has_met = False

        def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
            nonlocal has_met
            is_meeting = not has_met and self._after.search(sql)
            for pattern, instead in self._without:
                sql = pattern.sub(instead, sql)
            answer = run(sql, *rest)
            if is_meeting:
                has_met = True
                self._meet()
            return answer

        with connection.execute_wrapper(execute):
            yield
        assert has_met, f"no statement fits {self._after.pattern}"

    def _meet(self) -> None:
        try:
            self._barrier.wait(self._seconds)
        except threading.BrokenBarrierError:
            if self._seconds == PATIENCE_SECONDS:
                raise


def at_once(*acts: Callable[[], Result], crossing: Crossing | None = None) -> list[Result]:
    """Do these acts together, each in a thread, and return their results in order; raise what the first one raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        try:
            start.wait(PATIENCE_SECONDS)
            if crossing is None:
                return act()
            with crossing.watch():
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def while_held(rows: QuerySet[Any], act: Callable[[], Result], meanwhile: Callable[[], Any]) -> Result:
    """Lock these rows, start the act, do something else once the act waits for them, and return what the act did."""
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            list(rows.select_for_update())
            waiting = threads.submit(at_once, act)
            _wait_until_somebody_waits_for_us()
            meanwhile()
        return waiting.result()[0]


def _wait_until_somebody_waits_for_us() -> None:
    pause = threading.Event()
    with connection.cursor() as cursor:
        for _ in range(PATIENCE_SECONDS * 100):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
            pause.wait(0.01)
    raise AssertionError("nobody waits for our locks")


def in_lanes(acts: Iterable[Callable[[], Result]], *, lanes: int) -> list[Result]:
    """Do many acts, so many at once, each lane one after the other; return all results in no order."""
    queued = list(acts)

    def lane(number: int) -> Callable[[], list[Result]]:
        return lambda: [act() for act in queued[number::lanes]]

    return [result for results in at_once(*(lane(number) for number in range(lanes))) for result in results]


def caught(act: Callable[[], Result], *errors: type[Exception]) -> Callable[[], Result | Exception]:
    """Return the act as one that returns these errors instead of raising them."""

    def run() -> Result | Exception:
        try:
            return act()
        except errors as error:
            return error

    return run


@contextmanager
def without_constraint(table: str, name: str, *, repair: str) -> Iterator[None]:
    """Drop a constraint for a control; `repair` is the statement after which it holds again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        try:
            yield
        finally:
            cursor.execute(repair)
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
