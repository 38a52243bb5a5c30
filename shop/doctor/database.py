"""PostgreSQL: it answers, keeps what it was told, and is up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from shop.doctor.checks import Check, Clock, Remark, doubtful, fine, wrong

OLDEST = 140_000  # what Django 5.2 works with
DURABLE = ("synchronous_commit", "fsync", "full_page_writes")
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
FULL = 0.8
CLOCK_SECONDS = 2


def ask(query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def values(*names: str) -> dict[str, str]:
    """Return parameters of the server as this connection has them; those we may not see are left out."""
    rows = ask("SELECT name, setting FROM pg_settings")
    return {name: value for name, value in rows if name in names}


class DatabaseAnswers(Check):
    """Without it there is no shop."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Ask for its version and its room."""
        found = values("server_version", "server_version_num", "max_connections")
        yield fine(f"PostgreSQL {found['server_version']}")
        if int(found["server_version_num"]) < OLDEST:
            yield wrong("this PostgreSQL is too old", "Move to PostgreSQL 14 or newer.")
        used, room = ask("SELECT count(*) FROM pg_stat_activity")[0][0], int(found["max_connections"])
        if used > FULL * room:
            yield doubtful(
                f"{used} of {room} connections are used",
                "Raise max_connections, lower DATABASE_POOL_SIZE, or put PgBouncer between.",
            )


class DatabaseIsDurable(Check):
    """An order that was shown survives a crash."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at the parameters that give up safety for speed."""
        yield from self.weak(values(*DURABLE))

    @staticmethod
    def weak(found: Mapping[str, str]) -> Iterator[Remark]:
        """Yield the parameters that are off."""
        for name in DURABLE:
            if found.get(name) == "off":
                yield wrong(
                    f"{name} is off: a crash loses orders that were shown", f"Set {name} = on in postgresql.conf."
                )


class DatabaseLimits(Check):
    """One query that hangs does not hold up the shop."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at the limits of this connection, which are those of the web."""
        found = values(*LIMITS)
        for name in LIMITS:
            if found.get(name) == "0":
                yield doubtful(
                    f"{name} is 0: a query or a lock may hang for ever",
                    "Take DATABASE_STATEMENT_TIMEOUT_SECONDS=0 out; behind PgBouncer set it for the role.",
                )


class DatabaseIsUpToDate(Check):
    """Tables are as the code wants them."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look for migrations that are not applied and for indexes that were not finished."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            names = ", ".join(f"{step.app_label}.{step.name}" for step, _is_backwards in plan[:5])
            yield wrong(f"{len(plan)} migrations are not applied: {names}", "Run manage.py prepare.")
        for (name,) in ask("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"):
            yield wrong(f"the index {name} was never finished", f"Run REINDEX INDEX CONCURRENTLY {name}.")


class Clocks(Check):
    """Machine and database agree on the time: deadlines of payments are decided by both."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Compare the database's clock with the middle of the time its answer took."""
        before = now()
        theirs = ask("SELECT clock_timestamp()")[0][0]
        after = now()
        gap = abs(theirs - (before + (after - before) / 2))
        yield fine(f"{gap.total_seconds():.3f} s apart")
        if gap - (after - before) / 2 > timedelta(seconds=CLOCK_SECONDS):
            yield wrong("this machine and the database differ in time", "Let both follow a time server (NTP).")


class DatabaseAccount(Check):
    """The shop does not have more power over its database than it needs."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at the role of this connection."""
        is_superuser = ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")[0][0]
        if is_superuser and not settings.DEMO:
            yield doubtful(
                "the shop is a superuser of its database server",
                "Let it own its database alone, with a role of its own.",
            )
