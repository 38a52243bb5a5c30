"""Two workers, two beats, an impatient operator: each audit is asked for once and done once."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.utils import timezone

from analytics.models import AuditRun
from analytics.services import audits
from shop.audit import schedule
from tests.crowd import Crossing, at_once

AFTER_LOOKING = r'^SELECT .* FROM "analytics_auditrun" WHERE .*"finished_at" IS NULL'
WITHOUT_THE_GUARD = (r'"started_at" IS NULL\)', '"id" > 0)')


def test_two_workers_do_a_run_once():
    audits.ask(at=timezone.now())
    take = partial(audits.take, at=timezone.now())

    runs = at_once(take, take, crossing=Crossing(AFTER_LOOKING))

    assert sorted(run is not None for run in runs) == [False, True]


def test_control_without_looking_again_both_do_it():
    audits.ask(at=timezone.now())
    take = partial(audits.take, at=timezone.now())

    runs = at_once(take, take, crossing=Crossing(AFTER_LOOKING, without=[WITHOUT_THE_GUARD]))

    assert [run is not None for run in runs] == [True, True]


def test_a_night_that_two_sweeps_ask_for_has_one_run():
    ask = partial(audits.ask_for_night, night=date(2026, 11, 22), at=timezone.now())

    at_once(ask, ask, crossing=Crossing(r'^SELECT .* FROM "analytics_auditrun"'))

    assert AuditRun.objects.count() == 1


def test_a_button_pressed_ten_times_at_once_asks_for_one_run():
    runs = at_once(*[partial(audits.ask, at=timezone.now())] * 10)

    assert AuditRun.objects.count() == 1
    assert {run.pk for run in runs} == {AuditRun.objects.get().pk}


def test_two_sweeps_at_once_audit_a_night_once(settings):
    settings.AUDIT_HOUR = 0
    sweep = partial(schedule.run_due, now=timezone.now)

    counts = at_once(sweep, sweep)

    assert sorted(counts) == [0, 1]
    assert AuditRun.objects.get().finished_at is not None
