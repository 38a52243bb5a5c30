"""`manage.py audit`: prove the books, and name the rows that are wrong."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from shop import audit

SHOWN = 20


class Command(BaseCommand):
    """Run every check on one snapshot; exit 1 when one does not hold."""

    help = "Prove that stock, orders, payments and mails agree; exit 1 and name the rows where they do not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("--json", action="store_true", help="print findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit and report."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            findings = audit.run()
        if options["json"]:
            content = {finding.check.statement: finding.rows for finding in findings}
            self.stdout.write(json.dumps(content, default=str))
        else:
            self._print(findings)
        if findings:
            sys.exit(1)

    def _print(self, findings: list[audit.Finding]) -> None:
        for finding in findings:
            self.stdout.write(f"NOT TRUE: {finding.check.statement} ({len(finding.rows)} rows)")
            for row in finding.rows[:SHOWN]:
                self.stdout.write("  " + ", ".join(str(value) for value in row))
        self.stdout.write(f"{len(audit.CHECKS) - len(findings)} of {len(audit.CHECKS)} statements hold")
