"""The doctor: each check is made to fail, says what to do, and tells no secret."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from celery import current_app
from django.core import checks as django_checks
from django.core.management import call_command
from django.db import connection

from shop import doctor, receivers, sweeps
from shop.doctor import CHECKS, Level, books, database, examination, keys, machine, queue, site
from tests.notifications.postbox import Postbox
from tests.shop.illnesses import FAULTS, SMTP, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(queue, "PATIENCE_SECONDS", 0.2)
    settings.DEMO = False
    return World(settings, monkeypatch, tmp_path)


def remarks(check: type[doctor.Check], world: World, level: Level = Level.FAIL) -> list[str]:
    """Return what a check says at this level."""
    return [remark.text for remark in check().remarks(world.now) if remark.level == level]


@pytest.mark.parametrize(
    ("check", "level", "text", "plant"), FAULTS, ids=[f"{fault[0].__name__}-{fault[2]}" for fault in FAULTS]
)
def test_a_check_fails_and_says_what_to_do(world, check, level, text, plant):
    plant(world)

    found = [remark for remark in check().remarks(world.now) if remark.level == level and text in remark.text]

    assert len(found) == 1
    assert found[0].remedy != ""


def test_every_check_is_made_to_fail():
    tried = {fault[0] for fault in FAULTS} | {queue.Cache}

    assert set(CHECKS.values()) == tried
    assert {check.__module__.rpartition(".")[2] for check in tried} == set(examination.TOPICS)


@pytest.mark.parametrize(
    "check",
    [site.Debug, site.SiteAddress, site.Demo, site.OrderNumberKey, site.SecondStep, site.StaticFiles],
    ids=lambda check: check.__name__,
)
def test_a_shop_as_it_should_be_is_left_alone(world, check):
    world.set(DEBUG=False, IS_HTTPS=True, TRUSTED_PROXIES=1, ALLOWED_HOSTS=["shop.example"])
    world.set(MFA_REQUIRED_FOR_OFFICES=True, STATIC_HASHED=True, STATIC_ROOT=str(world.folder))
    (world.folder / "staticfiles.json").touch()

    assert remarks(check, world, Level.WARN) + remarks(check, world, Level.FAIL) == []


@pytest.mark.parametrize(
    "check",
    [
        *(database.DatabaseAnswers, database.DatabaseLimits, database.DatabaseIsUpToDate, database.Clocks),
        *(queue.Cache, queue.Outbox, machine.MediaFolder, machine.DatabaseVolume, keys.SealedSecrets),
    ],
    ids=lambda check: check.__name__,
)
def test_servers_as_they_should_be_are_left_alone(world, check):
    for name in database.LIMITS:
        world.sql(f"SET LOCAL {name} = '8s'")

    assert remarks(check, world, Level.WARN) + remarks(check, world, Level.FAIL) == []


def test_what_is_the_nature_of_a_demo_is_only_doubtful(world):
    world.set(DEMO=True)

    for check in (site.Settings, site.SiteAddress, queue.MailServer, queue.Queue, keys.PaymentProviders):
        assert remarks(check, world) == []


def test_a_durable_server_has_nothing_off():
    assert list(database.DatabaseIsDurable.weak(dict.fromkeys(database.DURABLE, "on"))) == []
    assert list(database.DatabaseIsDurable.weak({"synchronous_commit": "remote_apply"})) == []


@pytest.mark.parametrize(
    ("info", "levels"),
    [
        ({"maxmemory_policy": "noeviction", "aof_enabled": 1}, []),
        ({"maxmemory_policy": "volatile-lru", "aof_enabled": 1}, []),
        ({"maxmemory_policy": "allkeys-lru", "aof_enabled": 1}, [Level.FAIL]),
        ({"maxmemory_policy": "noeviction", "aof_enabled": 0}, [Level.FAIL]),
    ],
)
def test_a_redis_that_forgets_tasks_is_found(world, info, levels):
    assert [remark.level for remark in queue.Queue.forgets(info)] == levels


def test_errors_of_djangos_own_checks_fail_in_a_demo_too(world, monkeypatch):
    world.set(DEMO=True)
    error = django_checks.Error("A model is broken.", id="models.E001")
    monkeypatch.setattr(django_checks.registry.registry, "registered_checks", {lambda **_: [error]})

    assert remarks(site.Settings, world) == ["models.E001: A model is broken."]


def test_sweeps_that_workers_have_noted_are_in_order_until_they_stop(world):
    for entry in current_app.conf.beat_schedule.values():
        receivers.note_sweep(sender=current_app.tasks.get(entry["task"]) or type("Task", (), {"name": entry["task"]}))
    receivers.note_sweep(sender=type("Task", (), {"name": "catalog.tasks.something_else"}))

    in_order = remarks(queue.Beat, world)
    world.late = timedelta(minutes=2)
    stopped = remarks(queue.Beat, world)

    assert in_order == []
    assert len(sweeps.last_done()) == len(current_app.conf.beat_schedule)
    assert len(stopped) == 1
    assert "deliver mails (for 2 min)" in stopped[0]
    assert "delete idle carts" not in stopped[0]  # due each hour


def test_a_mail_server_that_answers_is_fine_and_gets_nothing(world):
    with Postbox() as postbox:
        world.set(**SMTP, EMAIL_PORT=postbox.port)

        assert remarks(queue.MailServer, world, Level.OK) == [f"127.0.0.1:{postbox.port}"]
        assert postbox.mails == []


def test_a_database_elsewhere_is_not_looked_at(world):
    world.monkeypatch.setitem(connection.settings_dict, "HOST", "db.example")

    assert remarks(machine.DatabaseVolume, world, Level.OK) == ["cannot be seen from here; watch it there"]


def test_without_redis_its_other_checks_are_left_out(world):
    world.set(REDIS_URL=f"unix://{world.folder}/nowhere.sock", DEMO=True)
    world.monkeypatch.setattr(current_app.conf, "broker_read_url", f"redis+socket://{world.folder}/nowhere.sock")

    reports = {report.name: report for report in doctor.examine(now=world.now)}

    assert [reports[name].level for name in ("cache", "queue", "workers", "beat")] == ["FAIL", "FAIL", "WARN", "WARN"]
    assert reports["cache"].remarks[0].text.startswith("the cache does not answer: ")
    assert reports["queue"].remarks[0].text.startswith("the queue does not answer: ")
    assert reports["workers"].remarks[0].text == "not examined: the queue does not answer"
    assert reports["database-answers"].level == Level.OK


@pytest.mark.django_db(transaction=True)
def test_without_a_database_everything_else_is_still_said(no_database, world):
    reports = {report.name: report for report in doctor.examine(now=world.now)}

    assert [name for name, report in reports.items() if "the database does not answer" in str(report.remarks)] == [
        *("database-answers", "database-is-durable", "database-limits", "database-is-up-to-date", "clocks"),
        *("database-account", "outbox", "database-volume", "sealed-secrets", "books"),
    ]
    assert reports["database-answers"].level == Level.FAIL
    assert reports["outbox"].level == Level.WARN
    assert reports["cache"].level == Level.OK


def test_a_table_that_is_missing_is_told_as_that(world):
    world.sql("ALTER TABLE analytics_auditrun RENAME TO elsewhere")

    report = examination._report(books.Books, world.now, set())

    assert report.level == Level.FAIL
    assert report.remarks[0].text.startswith('relation "analytics_auditrun" does not exist')
    assert "manage.py prepare" in report.remarks[0].remedy


def test_no_secret_is_told_wherever_the_words_came_from(world):
    secrets = {"SECRET_KEY": "canary-a" * 7, "ORDER_NUMBER_KEY": "canary-b", "EMAIL_HOST_PASSWORD": "canary-c.invalid"}
    world.set(**SMTP, **secrets, SECRET_KEY_FALLBACKS=["canary-d"], PAYLAB_PRIVATE_KEY="canary-e")
    world.set(EMAIL_HOST="canary-c.invalid", EMAIL_PORT=25, SITE_URL="https://canary-d.example")
    world.set(REDIS_URL="redis://:canary-f@127.0.0.1:1", ALLOWED_HOSTS=["*"])
    world.set(SOCIALACCOUNT_PROVIDERS={"oidc": {"APPS": [{"client_id": "x", "secret": "canary-g"}]}})
    world.monkeypatch.setattr(site, "fine", lambda text: doctor.Remark(Level.OK, f"{text} canary-g canary-e canary-f"))

    text = str(doctor.examine(now=world.now))

    assert "***" in text
    assert "canary" not in text


def test_the_command_lists_every_check_and_fails(world):
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("doctor", stdout=out)

    lines = out.getvalue().splitlines()
    assert end.value.code == 1
    assert [name for name in CHECKS if not any(line[6:].partition(":")[0] == name for line in lines)] == []
    assert "FAIL  workers" in lines
    assert "      FAIL: no worker answers: no mail leaves, no order expires" in lines
    assert "            -> Start a worker: docs/OPERATIONS.md says how." in lines
    assert lines[-1].endswith(" FAIL")


def test_machines_are_answered_in_json(world):
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=out)

    reports = {report["name"]: report for report in json.loads(out.getvalue())}
    assert set(reports) == set(CHECKS)
    assert reports["debug"] == {"name": "debug", "level": "OK", "remarks": []}
    assert reports["workers"]["level"] == "FAIL"


def test_a_shop_without_failures_ends_well(world, monkeypatch):
    monkeypatch.setattr(examination, "CHECKS", {"debug": site.Debug, "clocks": database.Clocks})
    out = StringIO()

    call_command("doctor", stdout=out)

    assert out.getvalue().splitlines()[0] == "OK    debug"
    assert out.getvalue().splitlines()[-1] == "2 OK, 0 WARN, 0 FAIL"


def test_two_checks_of_one_name_are_refused():
    with pytest.raises(TypeError, match="two checks called Outbox"):
        type("Outbox", (doctor.Check,), {})
