"""Ask for the exceptions of every invariant, on one snapshot of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from shop.audit.invariants import INVARIANTS, Invariant

STATEMENT_SECONDS = 60  # for each statement; pages have eight seconds


@dataclass(frozen=True)
class Finding:
    """A statement that does not hold, with the rows; or one whose query took too long, with none."""

    invariant: type[Invariant]
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[Any, ...]] = ()
    is_proved: bool = True


@contextmanager
def snapshot() -> Iterator[None]:
    """Let everything inside see the database at one moment, and change nothing; not inside a transaction."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
        yield


def run(*, only: Collection[str] = ()) -> list[Finding]:
    """Return what does not hold, of all invariants or of those with these codes; empty when the books are right."""
    asked = [each for each in INVARIANTS.values() if not only or each.code in only]
    return [finding for finding in map(_ask, asked) if finding.rows or not finding.is_proved]


def _ask(invariant: type[Invariant]) -> Finding:
    """Return the exceptions; one query that takes too long does not keep the others from being asked."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(invariant.query)
            columns = tuple(column.name for column in cursor.description or ())
            return Finding(invariant, columns, cursor.fetchall())
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return Finding(invariant, is_proved=False)
