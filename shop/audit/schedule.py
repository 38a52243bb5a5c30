"""Audit the books each night, and whenever an operator asks for it; keep what was found."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from analytics.services import audits
from shop.audit.invariants import INVARIANTS
from shop.audit.runs import Finding, run, snapshot

logger = logging.getLogger(__name__)
ROWS_KEPT = 20  # of each finding; the command shows all
ROWS_LOGGED = 5


def run_due(*, now: Callable[[], datetime]) -> int:
    """Do every run that is due, tonight's once its hour has come; return how many.

    Each finding is logged as an error: that is the alarm. Called twice, or by two workers at once: each run is
    done once.
    """
    local = timezone.localtime(now(), timezone.get_default_timezone())
    if local.hour >= settings.AUDIT_HOUR:
        audits.ask_for_night(night=local.date(), at=now())
    count = 0
    while found := audits.take(at=now()):
        with snapshot():
            findings = run()
        for finding in findings:
            _raise_alarm(finding)
        audits.finish(run=found, findings=[_kept(each) for each in findings], statements=len(INVARIANTS), at=now())
        count += 1
    return count


def _raise_alarm(finding: Finding) -> None:
    rows = ", ".join(str(row[0]) for row in finding.rows[:ROWS_LOGGED])
    found = {"statement": finding.invariant.code, "is_proved": finding.is_proved}
    logger.error("audit finding", extra=found | {"row_count": len(finding.rows), "first_rows": rows})


def _kept(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.invariant.code,
        "is_proved": finding.is_proved,
        "count": len(finding.rows),
        "columns": list(finding.columns),
        "rows": [list(row) for row in finding.rows[:ROWS_KEPT]],
    }
