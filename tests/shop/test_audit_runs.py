"""Audits by night and by hand: done once, kept, told as an alarm, shown to operators."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone

from analytics.models import AuditRun
from analytics.services import audits
from notifications.models import Message
from orders.models import Order
from shop import audit, tasks
from shop.audit import schedule
from shop.celery import app
from tests import make

LIST = "/admin/analytics/auditrun/"
COMMITTED = pytest.mark.django_db(transaction=True, serialized_rollback=True)
pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def finding(**changes: object) -> dict[str, object]:
    """Return a finding as it is kept."""
    kept = {
        "code": "orders-are-expired",
        "is_proved": True,
        "count": 60,
        "columns": ["row", "since"],
        "rows": [["order 123456789016", "2026-11-22T03:00:00Z"]],
    }
    return kept | changes


def finished(*findings: dict[str, object], at: datetime = NIGHT) -> AuditRun:
    """Return a run that has ended."""
    run = audits.ask(at=at)
    taken = audits.take(at=at)
    assert taken == run
    audits.finish(run=taken, findings=list(findings), statements=34, at=at + timedelta(seconds=2))
    run.refresh_from_db()
    return run


def _same(moment: datetime) -> datetime:
    return moment


@pytest.fixture
def office(client):
    client.force_login(make.operator())
    return client


def test_beat_asks_for_it_and_for_the_deletion_of_old_runs(settings):
    timetable = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}

    assert timetable["shop.tasks.run_audits"] == settings.AUDIT_SWEEP_SECONDS
    assert timetable["shop.tasks.delete_old_audits"] == settings.CLEANING_SECONDS
    assert {tasks.run_audits.name, tasks.delete_old_audits.name} <= set(timetable)


@COMMITTED
def test_each_night_is_audited_once_from_its_hour_on(settings):
    settings.AUDIT_HOUR = 3
    moments = [NIGHT - timedelta(seconds=1), NIGHT, NIGHT + timedelta(minutes=1), NIGHT + timedelta(days=1, hours=9)]

    counts = [schedule.run_due(now=partial(_same, moment)) for moment in moments]

    assert counts == [0, 1, 0, 1]
    runs = AuditRun.objects.order_by("pk")
    assert [run.night for run in runs] == [date(2026, 11, 22), date(2026, 11, 23)]
    assert [(run.findings, run.statements) for run in runs] == [([], len(audit.INVARIANTS))] * 2
    assert runs[0].started_at == runs[0].finished_at == NIGHT


@COMMITTED
def test_the_hour_is_that_of_the_shops_zone(settings):
    settings.AUDIT_HOUR, settings.TIME_ZONE = 3, "Asia/Shanghai"

    done = schedule.run_due(now=lambda: datetime(2026, 11, 21, 19, 0, tzinfo=UTC))

    assert (done, AuditRun.objects.get().night) == (1, date(2026, 11, 22))


@COMMITTED
def test_what_is_found_is_kept_and_is_an_alarm(settings, caplog):
    order = make.paid_order(at=timezone.now())
    Message.objects.filter(key=f"order_confirmed:{order.number}").delete()

    with caplog.at_level(logging.ERROR, logger="shop.audit.schedule"):
        schedule.run_due(now=lambda: NIGHT)

    [kept] = AuditRun.objects.get().findings
    assert (kept["code"], kept["count"], kept["columns"]) == ("paid-orders-have-their-mail", 1, ["row", "since"])
    assert [row[0] for row in kept["rows"]] == [f"order {order.number}"]
    [record] = [each for each in caplog.records if each.name == "shop.audit.schedule"]
    assert (record.levelname, record.getMessage()) == ("ERROR", "audit finding")
    told = (record.__dict__["statement"], record.__dict__["row_count"], record.__dict__["first_rows"])
    assert told == ("paid-orders-have-their-mail", 1, f"order {order.number}")


@COMMITTED
def test_of_many_rows_the_first_are_kept_and_all_are_counted(monkeypatch):
    monkeypatch.setattr(schedule, "ROWS_KEPT", 2)
    variant = make.only_variant(make.product(stock=50))
    for _ in range(3):
        make.order(make.cart(variant), at=timezone.now())
    Order.objects.update(pay_by=timezone.now() - timedelta(hours=1))

    schedule.run_due(now=lambda: NIGHT)

    [kept] = AuditRun.objects.get().findings
    assert (kept["count"], len(kept["rows"])) == (3, 2)


def test_a_run_is_taken_once_and_again_only_when_its_worker_is_dead():
    run = audits.ask(at=NIGHT)

    first = audits.take(at=NIGHT)
    at_once = audits.take(at=NIGHT + timedelta(minutes=59))
    after_an_hour = audits.take(at=NIGHT + timedelta(minutes=61))

    assert (first, at_once, after_an_hour) == (run, None, run)
    assert first
    assert after_an_hour
    assert audits.finish(run=first, findings=[finding()], statements=1, at=NIGHT) is False
    assert audits.finish(run=after_an_hour, findings=[], statements=34, at=NIGHT) is True
    assert audits.finish(run=after_an_hour, findings=[finding()], statements=1, at=NIGHT) is False
    run.refresh_from_db()
    assert (run.findings, run.statements) == ([], 34)


def test_runs_are_kept_for_ninety_days():
    old, young = finished(at=NIGHT - timedelta(days=90, seconds=1)), finished(at=NIGHT - timedelta(days=90))

    assert audits.delete_old(at=NIGHT) == 1
    assert AuditRun.objects.get() == young != old


def test_the_page_says_what_was_found_what_to_do_and_shows_the_way(office):
    finished(at=NIGHT - timedelta(days=1))
    finished(
        finding(), finding(code="gone-since", count=1), finding(code="exports-are-packed", is_proved=False, rows=[])
    )

    page = office.get(LIST).text

    assert "3 of 34 statements do not hold" in page
    assert "Not true: an order waits for its payment no longer than it may" in page
    assert "Its goods cannot be sold to others." in page
    assert '<a href="/admin/orders/order/?q=123456789016">Order 123456789016</a>' in page
    assert "22 November 2026, 03:00" in page
    assert "Rows not shown here: 59." in page
    assert "Not true: gone-since" in page
    assert "Not proved, its query took too long: data that somebody wants to take away" in page
    assert "All 34 statements hold" in page  # the run before


def test_orders_that_are_told_beside_a_row_are_links_too(office):
    finished(finding(columns=["row", "orders"], rows=[["purchase 1", "123456789016 223456789010"]]))

    page = office.get(LIST).text

    assert '<th scope="row">Purchase 1</th>' in page
    assert '<a href="/admin/orders/order/?q=223456789010">223456789010</a>' in page


def test_a_page_of_one_run_shows_its_own_findings(office):
    run, later = finished(finding()), finished(at=NIGHT + timedelta(days=1))

    page, other = (office.get(f"{LIST}{each.pk}/change/").text for each in (run, later))

    assert "Order 123456789016" in page
    assert "Order 123456789016" not in other
    assert "All 34 statements hold" in other
    assert 'name="_save"' not in page


@pytest.mark.parametrize("invariant", audit.INVARIANTS.values(), ids=audit.INVARIANTS)
def test_rows_of_every_kind_have_a_name_and_no_dead_link(office, invariant):
    kind = invariant.query.split("'")[1].strip()
    finished(finding(code=invariant.code, columns=["row"], rows=[[f"{kind} 1"]]))

    page = office.get(LIST)

    [row] = page.context["findings"][0].rows
    assert row.name.text != ""
    assert row.name.url == "" or office.get(row.name.url).status_code in (200, 404)  # 404: no row has this number here


def test_in_chinese_too(office):
    finished(finding())

    assert office.get(f"/zh-hans{LIST}").status_code == 200


def test_the_button_queues_a_run_once_and_is_remembered(office):
    office.post(f"{LIST}run/")
    answer = office.post(f"{LIST}run/")

    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    run = AuditRun.objects.get()
    assert (run.night, run.started_at) == (None, None)
    assert LogEntry.objects.filter(object_id=str(run.pk)).count() == 2
    page = office.get(LIST).text
    assert "The audit is queued." in page
    assert "Waits for a worker" in page


@COMMITTED
def test_what_the_button_asked_for_is_run_by_the_next_sweep(office, settings):
    settings.AUDIT_HOUR = 24
    office.post(f"{LIST}run/")

    assert schedule.run_due(now=timezone.now) == 1
    assert AuditRun.objects.get().finished_at is not None


def test_a_look_at_the_button_does_nothing(office):
    assert office.get(f"{LIST}run/").status_code == 405
    assert not AuditRun.objects.exists()


def test_who_may_only_look_has_no_button(client):
    looker = make.user(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_auditrun"))
    client.force_login(looker)

    page = client.get(LIST)

    assert (page.status_code, "Run now" in page.text) == (200, False)
    assert client.post(f"{LIST}run/").status_code == 403
    assert not AuditRun.objects.exists()


def test_nobody_else_sees_anything(client):
    finished(finding())
    client.force_login(make.member())

    assert client.get(LIST).status_code == 302
    assert client.post(f"{LIST}run/").status_code == 302
    assert client.get("/merchant/analytics/auditrun/").status_code == 404
    assert AuditRun.objects.count() == 1


def test_runs_are_not_written_by_hand(office):
    run = finished(finding())

    assert office.get(f"{LIST}add/").status_code == 403
    assert office.post(f"{LIST}{run.pk}/change/", {"statements": 0}).status_code == 403
    assert office.post(f"{LIST}{run.pk}/delete/", {"post": "yes"}).status_code == 403
    run.refresh_from_db()
    assert (run.statements, run.findings) == (34, [finding()])


@pytest.mark.parametrize("runs", [1, 20])
def test_the_page_costs_the_same_for_one_run_and_for_many(office, runs, django_assert_max_num_queries):
    for number in range(runs):
        finished(*[finding()] * runs, at=NIGHT + timedelta(days=number))

    with django_assert_max_num_queries(12):
        assert office.get(LIST).status_code == 200
