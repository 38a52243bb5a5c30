"""Write rows in batches: one transaction each, with a note of how far the file has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F

from accounts.models import Merchant
from catalog.models import ImportRun
from catalog.services import cards, stock
from catalog.services.importing import planning, products
from catalog.services.importing.reading import Problem, Row, fingerprint, rows

BATCH = 500


@dataclass(frozen=True)
class Source:
    """A file and how to read it.

    currency: overrides what rows say; stock: units of rows that name none, None for "not counted".
    """

    path: Path
    merchant: Merchant
    default_currency: str
    currency: str | None = None
    stock: int | None = None


@dataclass
class Report:
    """What became of the rows."""

    run: ImportRun
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


Progress = Callable[[int, int], None]


def run(*, source: Source, at: datetime, progress: Progress, restart: bool = False) -> Report:
    """Import a file; the same unfinished file goes on where its last batch ended.

    Reads the file twice and holds one batch in memory. Importing it again changes nothing.
    progress: called with rows done and rows in all. Raises DamagedFileError, before anything is written.
    """
    found = planning.survey(rows(source.path, currency=source.default_currency))
    plan = planning.prepare(found)
    state = _state(source, restart=restart)
    report = Report(state)
    context = products.Context(source.merchant, plan, at, stock.main_location(source.merchant))
    for batch in _batches(_skipping(rows(source.path, currency=source.default_currency), state.rows_done), source):
        _write(batch, context, report)
        progress(report.run.rows_done, found.row_count)
    ImportRun.objects.filter(pk=state.pk).update(finished_at=at)
    return report


def _state(source: Source, *, restart: bool) -> ImportRun:
    """Return the unfinished run of this very file, or a new one."""
    mark = fingerprint(source.path, source.merchant.pk, source.currency, source.stock, source.default_currency)
    unfinished = ImportRun.objects.filter(fingerprint=mark, finished_at=None).order_by("-pk").first()
    if unfinished and not restart:
        return unfinished
    return ImportRun.objects.create(merchant=source.merchant, file_name=source.path.name, fingerprint=mark)


def _skipping(all_rows: Iterable[Row | Problem], count: int) -> Iterator[Row | Problem]:
    for place, row in enumerate(all_rows):
        if place >= count:
            yield row


def _batches(all_rows: Iterable[Row | Problem], source: Source) -> Iterator[list[Row | Problem]]:
    """Yield rows by the batch; a product that occurs again begins a new one, so that the later row counts."""
    batch: list[Row | Problem] = []
    seen: set[str] = set()
    for row in all_rows:
        if len(batch) >= BATCH or (isinstance(row, Row) and _occurs(row, seen)):
            yield batch
            batch, seen = [], set()
        if isinstance(row, Row):
            batch.append(products.with_options(row, currency=source.currency, stock=source.stock))
            seen.update([row.external_id, *products.sku_candidates(row)])
        else:
            batch.append(row)
    if batch:
        yield batch


def _occurs(row: Row, seen: set[str]) -> bool:
    """Tell whether the row may be about a product of which these ids and SKUs are."""
    return bool(row.external_id and row.external_id in seen) or (row.is_known_by_sku and row.sku in seen)


@transaction.atomic
def _write(batch: Sequence[Row | Problem], context: products.Context, report: Report) -> None:
    """Write one batch and the note of it together: after a crash both are there or neither."""
    refused = [row for row in batch if isinstance(row, Problem)]
    outcome = products.write([row for row in batch if isinstance(row, Row)], context)
    if outcome.changed_ids:
        cards.refresh(product_ids=outcome.changed_ids, at=context.at)
    problems = [*refused, *outcome.problems]
    report.problems += problems
    report.notes += outcome.notes
    ImportRun.objects.filter(pk=report.run.pk).update(
        rows_done=F("rows_done") + len(batch),
        rows_created=F("rows_created") + outcome.created,
        rows_updated=F("rows_updated") + outcome.updated,
        rows_unchanged=F("rows_unchanged") + outcome.unchanged,
        rows_refused=F("rows_refused") + len(problems),
    )
    report.run.refresh_from_db()
