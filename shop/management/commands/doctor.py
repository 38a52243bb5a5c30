"""`manage.py doctor`: say what is not as it should be, and what to do about it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop import doctor
from shop.doctor import Level, Report


class Command(BaseCommand):
    """Run every check; exit 1 when one fails."""

    help = "Look at settings, database, queue, mail, disk, clock, keys and books; exit 1 when something is wrong."
    requires_system_checks = ()  # they are among what is looked at

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("--json", action="store_true", help="print the reports as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine and report."""
        reports = doctor.examine(now=timezone.now)
        if options["json"]:
            self.stdout.write(json.dumps([_content(report) for report in reports]))
        else:
            self._print(reports)
        if any(report.level == Level.FAIL for report in reports):
            sys.exit(1)

    def _print(self, reports: list[Report]) -> None:
        for report in reports:
            known = "; ".join(remark.text for remark in report.remarks if remark.level == Level.OK)
            self.stdout.write(f"{report.level:<4}  {report.name}{': ' if known else ''}{known}")
            for remark in report.remarks:
                if remark.level != Level.OK:
                    arrow = f"\n            -> {remark.remedy}" if remark.remedy else ""
                    self.stdout.write(f"      {remark.level}: {remark.text}{arrow}")
        counts = Counter(report.level for report in reports)
        self.stdout.write(", ".join(f"{counts[level]} {level}" for level in Level))


def _content(report: Report) -> dict[str, Any]:
    """Return what machines read."""
    remarks = [{"level": each.level, "text": each.text, "remedy": each.remedy} for each in report.remarks]
    return {"name": report.name, "level": report.level, "remarks": remarks}
