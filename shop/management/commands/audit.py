"""`manage.py audit`: prove the books, and name the rows that are wrong."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop import audit

SHOWN = 20


class Command(BaseCommand):
    """Ask for every invariant on one snapshot; exit 1 when one does not hold."""

    help = "Prove that stock, orders, payments, mails and accounts agree; exit 1 and name the rows where they do not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("--json", action="store_true", help="print findings as JSON, with every row")
        parser.add_argument(
            "--only", action="append", default=[], metavar="CODE", help="ask for this statement alone; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit and report."""
        only = options["only"]
        if unknown := sorted(set(only) - set(audit.INVARIANTS)):
            known = "\n  ".join(audit.INVARIANTS)
            raise CommandError(f"There is no statement called {', '.join(unknown)}. These there are:\n  {known}")
        with audit.snapshot():
            findings = audit.run(only=only)
        if options["json"]:
            self.stdout.write(json.dumps([_content(each) for each in findings], default=str))
        else:
            self._print(findings, asked=len(set(only) or audit.INVARIANTS))
        if findings:
            sys.exit(1)

    def _print(self, findings: list[audit.Finding], *, asked: int) -> None:
        for finding in findings:
            self.stdout.write(_head(finding))
            for row in finding.rows[:SHOWN]:
                cells = zip(finding.columns[1:], row[1:], strict=True)
                self.stdout.write("  " + ", ".join([str(row[0]), *(f"{name} {value}" for name, value in cells)]))
            if len(finding.rows) > SHOWN:
                self.stdout.write(
                    f"  and {len(finding.rows) - SHOWN} more: audit --only {finding.invariant.code} --json"
                )
            self.stdout.write(f"  To do: {finding.invariant.repair}")
        self.stdout.write(f"{asked - len(findings)} of {asked} statements hold")


def _head(finding: audit.Finding) -> str:
    """Return the line above the rows."""
    name = f"{finding.invariant.statement} [{finding.invariant.code}]"
    if not finding.is_proved:
        return f"NOT PROVED: {name} (its query took longer than {audit.STATEMENT_SECONDS} s)"
    return f"NOT TRUE: {name} (rows: {len(finding.rows)})"


def _content(finding: audit.Finding) -> dict[str, Any]:
    """Return what machines read."""
    return {
        "code": finding.invariant.code,
        "statement": str(finding.invariant.statement),
        "is_proved": finding.is_proved,
        "columns": finding.columns,
        "rows": finding.rows,
        "repair": str(finding.invariant.repair),
    }
