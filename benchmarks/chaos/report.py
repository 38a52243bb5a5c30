"""The outcome of a run, as a table and as JSON."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks.chaos.faults import Fault
from benchmarks.chaos.judge import Evidence, Promise

GOAL_SECONDS = 5.0
SHOWN = 10


def outcome(evidence: Evidence, promises: Sequence[Promise], *, seconds: float) -> dict[str, Any]:
    """Return all figures; seconds: how long shoppers were in the shop."""
    orders = evidence.books.orders.values()
    copies = Counter(mail.message_id for mail in evidence.mails)
    by_kind: dict[str, list[Fault]] = defaultdict(list)
    for fault in evidence.faults:
        by_kind[fault.kind].append(fault)
    return {
        "seconds": round(seconds),
        "shoppers": len(evidence.visits),
        "endings": _sorted(Counter(visit.ending.partition(":")[0] for visit in evidence.visits)),
        "orders": len(orders),
        "paid": sum(order["is_paid"] for order in orders),
        "states": _sorted(Counter(f"{order['status']}, {order['payment_status']}" for order in orders)),
        "paid shown": sum(visit.is_paid_shown for visit in evidence.visits),
        "notices carried": _sorted(evidence.carried),
        "notices forged": _sorted(evidence.forged),
        "verdicts": _sorted(Counter(evidence.books.notices)),
        "answers": _sorted(evidence.log.statuses),
        "mails": len(copies),
        "repeated mails": len(evidence.mails) - len(copies),
        "scarce stock left": _scarce(evidence),
        "faults": len(evidence.faults),
        "outages": [_outage(fault) for fault in evidence.faults],
        "by kind": {kind: _times(faults) for kind, faults in sorted(by_kind.items())},
        "all kinds": _times(evidence.faults),
        "log bytes": {file.name: file.stat().st_size for file in evidence.files},
        "promises": {promise.text: promise.broken for promise in promises},
        "kept": not any(promise.broken for promise in promises),
    }


def table(result: dict[str, Any]) -> str:
    """Return the outcome for people."""
    plain = ("seconds", "shoppers", "orders", "paid", "paid shown", "mails", "repeated mails", "faults")
    grouped = ("endings", "states", "answers", "notices carried", "notices forged", "verdicts", "scarce stock left")
    lines = ["| | |", "|---|---|", *(f"| {name} | {result[name]:,} |" for name in plain)]
    lines += [f"| {name} | {_list(result[name])} |" for name in (*grouped, "log bytes")]
    lines += ["", "| killed with -9 | times | s until it works again: p50, p95, max | s until the next purchase |"]
    lines += ["|---|---|---|---|"]
    rows = {**result["by kind"], "all": result["all kinds"]}
    lines += [_row(kind, row) for kind, row in rows.items()]
    p95 = result["all kinds"]["purchase"]["p95"]
    lines += ["", f"p95 until the next purchase {p95} s (goal {GOAL_SECONDS:.0f} s)", ""]
    for text, broken in result["promises"].items():
        lines += [f"{'BROKEN' if broken else 'kept  '} {text}", *(f"         {each}" for each in broken[:SHOWN])]
        lines += [f"         and {len(broken) - SHOWN} more"] if len(broken) > SHOWN else []
    return "\n".join(lines)


def _outage(fault: Fault) -> dict[str, Any]:
    """Return seconds from the kill; None for what did not happen."""
    moments = {"back": fault.back_at, "purchase": fault.purchase_at}
    return {"kind": fault.kind} | {name: at and round(at - fault.killed_at, 2) for name, at in moments.items()}


def _scarce(evidence: Evidence) -> dict[str, str]:
    levels = evidence.books.levels
    scarce = [product for product in evidence.products if product.is_scarce]
    return {each.sku: f"{each.stock - levels[each.sku]['allocated']} of {each.stock}" for each in scarce}


def _times(faults: Sequence[Fault]) -> dict[str, Any]:
    outages = [fault.back_at - fault.killed_at for fault in faults if fault.back_at]
    purchases = [fault.purchase_at - fault.killed_at for fault in faults if fault.purchase_at]
    return {"times": len(faults), "outage": _spread(outages), "purchase": _spread(purchases)}


def _spread(values: Sequence[float]) -> dict[str, float]:
    """Return median, 95th percentile (nearest rank) and maximum."""
    ordered = sorted(values) or [0.0]
    rank = max(0, -(-len(ordered) * 95 // 100) - 1)
    figures = {"p50": statistics.median(ordered), "p95": ordered[rank], "max": ordered[-1]}
    return {name: round(value, 2) for name, value in figures.items()}


def _row(kind: str, row: dict[str, Any]) -> str:
    return f"| {kind} | {row['times']} | {_three(row['outage'])} | {_three(row['purchase'])} |"


def _three(figures: dict[str, float]) -> str:
    return ", ".join(f"{value:.1f}" for value in figures.values())


def _list(counts: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {count}" for name, count in counts.items()) or "none"


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common())
