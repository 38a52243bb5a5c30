"""What is wrong with a shop in a test of the doctor: for each check, how it comes to fail and what it then says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from analytics.models import AuditRun
from core import sealing
from notifications.models import Message
from shop import doctor
from shop.doctor import Level, books, database, keys, machine, queue, site
from tests import make
from tests.notifications.postbox import Postbox

SMTP = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
    "EMAIL_HOST_USER": "",
}


class World:
    """What a test may change to make a check fail."""

    def __init__(self, settings: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.settings, self.monkeypatch, self.folder = settings, monkeypatch, folder
        self.late = timedelta(0)

    def set(self, **values: object) -> None:
        """Change settings."""
        for name, value in values.items():
            setattr(self.settings, name, value)

    def sql(self, statement: str) -> None:
        """Do something to the database that is taken back with the test."""
        with connection.cursor() as cursor:
            cursor.execute(statement)

    def now(self) -> datetime:
        """Say what time it is."""
        return timezone.now() + self.late


def _as_it_is(_world: World) -> None:
    """Leave servers of tests as they are: not durable, and nobody works for them."""


def _mail_that_waits(world: World) -> None:
    Message.objects.create(key="x", kind="x", recipient="anna@example.com", language="en", due_at=timezone.now())
    world.late = timedelta(minutes=11)


def _mail_given_up(world: World) -> None:
    options = {"recipient": "anna@example.com", "language": "en", "due_at": timezone.now()}
    Message.objects.create(key="x", kind="x", status=Message.Status.FAILED, **options)


def _secret_of_another_key(world: World) -> None:
    sealed = sealing.seal("x")
    Authenticator.objects.create(user=make.user(), type=Authenticator.Type.TOTP, data={"secret": sealed})
    world.set(SECRET_KEY="another" * 10)


def _audited(world: World, **fields: Any) -> None:
    AuditRun.objects.create(asked_at=timezone.now(), **({"finished_at": timezone.now()} | fields))


def _audited_long_ago(world: World) -> None:
    _audited(world)
    world.late = timedelta(hours=27)


def _media_in_a_file(world: World) -> None:
    (world.folder / "x").touch()
    world.set(MEDIA_ROOT=str(world.folder / "x" / "media"))


def _closed_port() -> int:
    with Postbox() as postbox:
        return postbox.port


FAULTS: list[tuple[type[doctor.Check], Level, str, Callable[[World], object]]] = [
    (site.Settings, Level.FAIL, "security.W009", lambda world: world.set(SECRET_KEY="django-insecure-x")),
    (site.Settings, Level.FAIL, "security.W020", lambda world: world.set(ALLOWED_HOSTS=[])),
    (site.Settings, Level.FAIL, "security.W018", lambda world: world.set(DEBUG=True)),
    (site.Debug, Level.FAIL, "DEBUG is on", lambda world: world.set(DEBUG=True)),
    (site.SiteAddress, Level.FAIL, "SITE_URL is not https", lambda world: world.set(IS_HTTPS=False)),
    (site.SiteAddress, Level.FAIL, "ALLOWED_HOSTS has *", lambda world: world.set(ALLOWED_HOSTS=["*"])),
    (site.SiteAddress, Level.WARN, "no proxy", lambda world: world.set(IS_HTTPS=True, TRUSTED_PROXIES=0)),
    (site.Demo, Level.FAIL, "in a public shop", lambda world: world.set(DEMO=True, IS_HTTPS=True)),
    (site.Demo, Level.WARN, "DEMO is on", lambda world: world.set(DEMO=True, IS_HTTPS=False)),
    (site.OrderNumberKey, Level.FAIL, "is shorter", lambda world: world.set(ORDER_NUMBER_KEY="x" * 31)),
    (
        site.OrderNumberKey,
        Level.FAIL,
        "is SECRET_KEY",
        lambda world: world.set(ORDER_NUMBER_KEY=world.settings.SECRET_KEY),
    ),
    (site.SecondStep, Level.WARN, "a password alone", lambda world: world.set(MFA_REQUIRED_FOR_OFFICES=False)),
    (
        site.StaticFiles,
        Level.FAIL,
        "not collected",
        lambda world: world.set(STATIC_HASHED=True, STATIC_ROOT=str(world.folder)),
    ),
    (
        database.DatabaseAnswers,
        Level.FAIL,
        "too old",
        lambda world: world.monkeypatch.setattr(database, "OLDEST", 10**6),
    ),
    (
        database.DatabaseAnswers,
        Level.WARN,
        "connections are",
        lambda world: world.monkeypatch.setattr(database, "FULL", 0),
    ),
    (database.DatabaseIsDurable, Level.FAIL, "fsync is off", _as_it_is),
    (database.DatabaseIsDurable, Level.FAIL, "synchronous_commit is off", _as_it_is),
    (
        database.DatabaseLimits,
        Level.WARN,
        "statement_timeout is 0",
        lambda world: world.sql("SET LOCAL statement_timeout = 0"),
    ),
    (database.DatabaseLimits, Level.WARN, "lock_timeout is 0", lambda world: world.sql("SET LOCAL lock_timeout = 0")),
    (
        database.DatabaseIsUpToDate,
        Level.FAIL,
        "1 migrations are not applied: analytics.0001_initial",
        lambda world: world.sql("DELETE FROM django_migrations WHERE app = 'analytics'"),
    ),
    (
        database.DatabaseIsUpToDate,
        Level.FAIL,
        "orders_order_by_email was never finished",
        lambda world: world.sql(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_order_by_email'::regclass"
        ),
    ),
    (database.Clocks, Level.FAIL, "differ in time", lambda world: setattr(world, "late", timedelta(seconds=3))),
    (database.Clocks, Level.FAIL, "differ in time", lambda world: setattr(world, "late", timedelta(seconds=-3))),
    (database.DatabaseAccount, Level.WARN, "is a superuser", _as_it_is),
    (queue.Queue, Level.FAIL, "no append-only file", _as_it_is),
    (queue.Queue, Level.WARN, "tasks wait: workers", lambda world: world.monkeypatch.setattr(queue, "LONG", -1)),
    (queue.Workers, Level.FAIL, "no worker answers", _as_it_is),
    (queue.Beat, Level.FAIL, "deliver mails (never noted)", _as_it_is),
    (queue.Outbox, Level.FAIL, "1 mails wait, the oldest for 11 min", _mail_that_waits),
    (queue.Outbox, Level.WARN, "1 mails of the last day were given up", _mail_given_up),
    (queue.MailServer, Level.FAIL, "to nobody", lambda world: world.set(EMAIL_BACKEND="django...filebased")),
    (queue.MailServer, Level.FAIL, "Connection refused", lambda world: world.set(**SMTP, EMAIL_PORT=_closed_port())),
    (
        machine.MediaFolder,
        Level.FAIL,
        "cannot be written",
        _media_in_a_file,
    ),
    (
        machine.MediaFolder,
        Level.WARN,
        "MB are free",
        lambda world: world.monkeypatch.setattr(machine, "LITTLE", 10**18),
    ),
    (
        machine.DatabaseVolume,
        Level.FAIL,
        "MB are free",
        lambda world: [world.monkeypatch.setattr(machine, name, 10**18) for name in ("LITTLE", "TOO_LITTLE")],
    ),
    (keys.PaymentProviders, Level.FAIL, "nobody can pay", lambda world: world.set(PAYLAB_PRIVATE_KEY="")),
    (keys.PaymentProviders, Level.FAIL, "no real money", _as_it_is),
    (keys.SealedSecrets, Level.FAIL, "1 secrets of second steps cannot be opened", _secret_of_another_key),
    (books.Books, Level.WARN, "never audited", _as_it_is),
    (
        books.Books,
        Level.WARN,
        "not audited last night",
        _audited_long_ago,
    ),
    (books.Books, Level.FAIL, "do not hold: a-code", lambda world: _audited(world, findings=[{"code": "a-code"}])),
]
