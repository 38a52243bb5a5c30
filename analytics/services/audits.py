"""Runs of the audit: asked for, taken up by one worker, finished, and deleted after a while."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from analytics.models import AuditRun
from core import nudge

TASK = "shop.tasks.run_audits"
GIVEN_UP_AFTER = timedelta(hours=1)  # longer than any run: its worker is dead, and another one begins again
KEPT_DAYS = 90


@transaction.atomic
def ask(*, at: datetime) -> AuditRun:
    """Let a worker audit the books now; return the run that waits already, if there is one."""
    AuditRun.objects.bulk_create([AuditRun(asked_at=at)], ignore_conflicts=True)
    nudge.on_commit(TASK)
    return AuditRun.objects.filter(night=None).latest("pk")


def ask_for_night(*, night: date, at: datetime) -> None:
    """See to it that a night has its run; called again: no change."""
    if not AuditRun.objects.filter(night=night).exists():
        AuditRun.objects.bulk_create([AuditRun(night=night, asked_at=at)], ignore_conflicts=True)


def take(*, at: datetime) -> AuditRun | None:
    """Return the next run to be done, which is the caller's from now on; None when there is none."""
    is_given_up = Q(started_at__lt=at - GIVEN_UP_AFTER)
    for run in AuditRun.objects.filter(Q(started_at=None) | is_given_up, finished_at=None).order_by("pk"):
        if AuditRun.objects.filter(pk=run.pk, started_at=run.started_at, finished_at=None).update(started_at=at):
            run.started_at = at
            return run
    return None


def finish(*, run: AuditRun, findings: list[dict[str, Any]], statements: int, at: datetime) -> bool:
    """Keep what a run has found; false, and no change, when another worker has begun it again meanwhile."""
    own = AuditRun.objects.filter(pk=run.pk, started_at=run.started_at, finished_at=None)
    return bool(own.update(findings=findings, statements=statements, finished_at=at))


def delete_old(*, at: datetime) -> int:
    """Delete the runs of more than ninety days ago; return how many."""
    return AuditRun.objects.filter(asked_at__lt=at - timedelta(days=KEPT_DAYS)).delete()[0]
