"""The books: audited last night, and found right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from analytics.models import AuditRun
from shop.doctor.checks import Check, Clock, Remark, doubtful, fine, wrong

OLD = timedelta(hours=26)


class Books(Check):
    """The nightly audit runs, and is silent."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at the last audit."""
        latest = AuditRun.objects.filter(finished_at__isnull=False).order_by("-finished_at", "-pk").first()
        if latest is None or latest.finished_at is None:
            yield doubtful("the books were never audited", "Run manage.py audit; beat does it each night.")
            return
        yield fine(f"audited at {latest.finished_at:%Y-%m-%d %H:%M} UTC")
        if now() - latest.finished_at > OLD:
            yield doubtful(
                "the books were not audited last night", "Start beat and a worker, and look in the worker's log."
            )
        if latest.findings:
            codes = ", ".join(finding["code"] for finding in latest.findings)
            yield wrong(f"statements that do not hold: {codes}", "Run manage.py audit: it says what to do about each.")
