"""Findings that were kept, for a page: in the reader's language, each row with the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from analytics.models import AuditRun
from core.templatetags.kaishi import moment
from shop.audit.columns import LABELS
from shop.audit.invariants import INVARIANTS

BY_NUMBER = {"case", "order", "payment", "refund"}  # their lists find them by it; the others are named by primary key
MODELS = {
    "case": "orders.ReturnCase",
    "decision": "orders.Repayment",
    "export": "accounts.DataExport",
    "level": "catalog.StockLevel",
    "line": "orders.OrderLine",
    "lookup": "orders.Lookup",
    "message": "notifications.Message",
    "notice": "payments.ProviderEvent",
    "order": "orders.Order",
    "payment": "payments.Payment",
    "product": "catalog.Product",
    "purchase": "orders.Purchase",
    "refund": "payments.Refund",
    "shipment": "orders.Shipment",
    "user": "accounts.User",
}


@dataclass(frozen=True)
class Named:
    """A text, and where the back office shows what it names, if it does."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    """A row that is wrong, and what its other columns say: each one text, or several orders."""

    name: Named
    cells: list[list[Named]]


@dataclass(frozen=True)
class ShownFinding:
    """A finding as a page shows it; `more` counts the rows that were not kept."""

    code: str
    statement: str | Promise
    repair: str | Promise
    is_proved: bool
    count: int
    labels: list[str | Promise]
    rows: list[Row]
    more: int

    @property
    def command(self) -> str:
        """What an operator types to see it as it is now."""
        return f"manage.py audit --only {self.code} --json"


def findings(run: AuditRun) -> list[ShownFinding]:
    """Return what a run has found; a statement that has gone since is shown by its code."""
    return [_shown(each) for each in run.findings]


def _shown(kept: dict[str, Any]) -> ShownFinding:
    invariant = INVARIANTS.get(kept["code"])
    return ShownFinding(
        code=kept["code"],
        statement=invariant.statement if invariant else kept["code"],
        repair=invariant.repair if invariant else "",
        is_proved=kept["is_proved"],
        count=kept["count"],
        labels=[LABELS.get(column, column) for column in kept["columns"]],
        rows=[_row(kept["columns"], row) for row in kept["rows"]],
        more=kept["count"] - len(kept["rows"]),
    )


def _row(columns: list[str], row: list[Any]) -> Row:
    kind, _space, number = str(row[0]).partition(" ")
    cells = [_cell(column, value) for column, value in zip(columns[1:], row[1:], strict=True)]
    if kind not in MODELS:
        return Row(Named(f"{_('currency') if kind == 'currency' else kind} {number}"), cells)
    return Row(Named(f"{_meta(kind).verbose_name} {number}", _url(kind, number)), cells)


def _cell(column: str, value: Any) -> list[Named]:
    if column == "orders":
        return [Named(number, _url("order", number)) for number in str(value).split()]
    since = parse_datetime(value) if column == "since" and value else None
    return [Named(moment(since) if since else "" if value is None else str(value))]


def _meta(kind: str) -> Any:
    return apps.get_model(MODELS[kind])._meta  # noqa: SLF001  public by custom


def _url(kind: str, number: str) -> str:
    """Return the page of the operators' office; empty when it has none."""
    meta = _meta(kind)
    name = f"admin:{meta.app_label}_{meta.model_name}"
    try:
        if kind in BY_NUMBER:
            return f"{reverse(f'{name}_changelist')}?{urlencode({'q': number})}"
        return reverse(f"{name}_change", args=[number])
    except NoReverseMatch:
        return ""
