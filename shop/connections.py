"""Turn the URLs of servers into what Django and Celery want to be told."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from psycopg_pool.base import AttemptWithBackoff

PREPARE_AFTER = 3  # times that a statement was seen on a connection

# A database that crashed is back within a second. By itself the pool pauses for 1, 2, 4 … seconds at each connection
# that turns out to be broken, even when the database is back: every thread waits until it gives up, and shows 503.
# For the same reason no attempt goes on for longer than somebody waits: its pauses would grow with the outage, and
# the shop would stay closed for a third of it once the database is back. The next visitor begins a new one.
AttemptWithBackoff.INITIAL_DELAY = 0.1
AttemptWithBackoff.DELAY_BACKOFF = 1.5


def database(url: str, *, statement_timeout_seconds: int, pool_size: int, is_prepared: bool) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL URL; `?host=/folder` names a unix socket.

    pool_size: connections of one process, 0 for one kept connection a thread (behind PgBouncer).
    is_prepared: whether PostgreSQL keeps the plans of statements it has seen (ADR 0012).
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    limits = {
        "statement_timeout": statement_timeout_seconds * 1000,
        "lock_timeout": min(statement_timeout_seconds, 4) * 1000,
        "idle_in_transaction_session_timeout": min(statement_timeout_seconds * 2, 10) * 1000,
    }
    options: dict[str, Any] = {
        "connect_timeout": 3,
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }
    if is_prepared:
        options |= {"server_side_binding": True, "prepare_threshold": PREPARE_AFTER}
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool_size else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query | options,
    }


def redis(url: str, number: int) -> str:
    """Return the URL of one numbered database of a Redis server."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return f"{parts.scheme}://{parts.netloc}/{number}"


def broker(url: str, number: int) -> str:
    """Return Celery's URL of one numbered database of a Redis server."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={number}"
    return redis(url, number)


@dataclass(frozen=True)
class Mail:
    """Where mail goes."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False
    folder: str | None = None


def mail(url: str) -> Mail:
    """Return the mail server of an smtp:// (STARTTLS with ?tls=1) or smtps:// URL, or file:///folder, or console:."""
    parts = urlsplit(url)
    if parts.scheme == "console":
        return Mail("django.core.mail.backends.console.EmailBackend")
    if parts.scheme == "file":
        return Mail("django.core.mail.backends.filebased.EmailBackend", folder=parts.path)
    is_secure = parts.scheme == "smtps"
    return Mail(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname or "localhost",
        port=parts.port or (465 if is_secure else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parse_qs(parts.query).get("tls") == ["1"],
        use_ssl=is_secure,
    )
