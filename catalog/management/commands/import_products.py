"""`manage.py import_products FILE`: import a product file. docs/IMPORT.md describes the columns."""

from __future__ import annotations

import csv
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Merchant
from accounts.selectors import default_merchant
from catalog.services.importing import writing
from catalog.services.importing.reading import DamagedFileError, Problem
from core import money

SHOWN = 50


class Command(BaseCommand):
    """Import JSON lines or CSV, plain or gzip."""

    help = "Import products from a JSON lines or CSV file, plain or .gz. Importing a file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--merchant", help="slug of the merchant; default: the shop's default merchant")
        parser.add_argument("--currency", help="read all prices in this currency, whatever the rows say")
        parser.add_argument("--stock", type=int, help="units of rows that name none; default: not counted")
        parser.add_argument("--report", type=Path, help="write all problems and notes to this CSV file")
        parser.add_argument("--restart", action="store_true", help="begin an unfinished file anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, show how it goes, and report what was refused; exit 1 when something was."""
        began = time.monotonic()
        source = self._source(options)
        try:
            report = writing.run(
                source=source, at=timezone.now(), progress=self._progress, restart=bool(options["restart"])
            )
        except DamagedFileError as error:
            raise CommandError(f"{source.path} cannot be unpacked: it is damaged, or not compressed at all") from error
        self._show(report)
        if options["report"]:
            _write_report(options["report"], report)
        run = report.run
        self.stdout.write(
            f"{run.rows_done} rows in {time.monotonic() - began:.1f} s: {run.rows_created} created,"
            f" {run.rows_updated} updated, {run.rows_unchanged} unchanged, {run.rows_refused} refused"
        )
        if run.rows_refused:
            sys.exit(1)

    def _source(self, options: dict[str, Any]) -> writing.Source:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"there is no file {path}")
        if options["currency"]:
            try:
                money.digits(options["currency"])
            except money.UnsupportedCurrencyError as error:
                raise CommandError(f"{options['currency']} is no currency this shop can hold") from error
        if options["stock"] is not None and options["stock"] < 0:
            raise CommandError("--stock must not be negative")
        merchant = default_merchant()
        if options["merchant"]:
            found = Merchant.objects.filter(slug=options["merchant"]).first()
            if found is None:
                raise CommandError(f"there is no merchant {options['merchant']}")
            merchant = found
        return writing.Source(path, merchant, settings.CURRENCY, options["currency"], options["stock"])

    def _progress(self, done: int, total: int) -> None:
        """Show how far it is: one line that changes in a terminal, a line each tenth otherwise."""
        percent = done * 100 // max(total, 1)
        if self.stderr.isatty():
            self.stderr.write(f"\r{done}/{total} rows, {percent} %", ending="\n" if done == total else "")
        elif done == total or percent // 10 != (done - writing.BATCH) * 100 // max(total, 1) // 10:
            self.stderr.write(f"{done}/{total} rows, {percent} %")

    def _show(self, report: writing.Report) -> None:
        for problem in report.problems[:SHOWN]:
            self.stdout.write(f"line {problem.line}, column {problem.column}: {problem.message}")
        if len(report.problems) > SHOWN:
            self.stdout.write(f"... and {len(report.problems) - SHOWN} more; --report FILE lists all")
        if report.notes:
            count = len(report.notes)
            self.stdout.write(f"{count} SKUs were another product's already; the rows' ids are used instead")


def _write_report(path: Path, report: writing.Report) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "kind", "message"])
        for kind, found in (("refused", report.problems), ("note", report.notes)):
            writer.writerows(_report_row(kind, problem) for problem in found)


def _report_row(kind: str, problem: Problem) -> list[object]:
    return [problem.line, problem.column, kind, problem.message]
