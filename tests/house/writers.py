"""Finds code that writes what only one module may write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import sources
from tests.house.sources import Source

WRITES = {
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
    "save",
    "add",
    "set",
    "clear",
    "remove",
}
SALES = "orders/services/sales.py"  # marks what it has counted
STOCK = "catalog/services/stock.py"
TRANSFERS = "catalog/services/transfers.py"
WAITING = "catalog/services/waiting.py"
BACKORDERS = "orders/services/backorders.py"
LIFECYCLE = "orders/services/lifecycle.py"
PLACING = "orders/services/placing.py"
SHIPPING = "orders/services/shipping.py"
FORGETTING = "orders/services/forgetting.py"  # takes the person out
ADDRESSING = "orders/services/addressing.py"
HIDING = "orders/services/hiding.py"  # a mark of the buyer's list
RECEIVING = "orders/services/receiving.py"  # marks whom it has reminded
REPAYING = "orders/services/repaying.py"
EDITING = "orders/services/editing.py"
JOINING = "orders/services/joining.py"  # gives a guest's orders to an account
HOLDING = "orders/services/holding.py"
CASES = "orders/services/cases/"
PAYMENTS = "payments/services/"
OUTBOX = "notifications/services/"
PROFILE = "accounts/services/profile.py"
TWO_STEP = "accounts/services/two_step.py"

MODELS = {
    "Address": ("accounts/services/addresses.py",),
    "StockLevel": (STOCK, TRANSFERS, WAITING),
    "StockMovement": (STOCK, TRANSFERS, WAITING, "catalog/services/products.py"),  # the ledger goes with its product
    "LowStockAlert": ("catalog/services/low_stock.py",),
    "ProductCard": ("catalog/services/cards.py",),
    "Purchase": (PLACING, LIFECYCLE, JOINING, FORGETTING),
    "Order": (PLACING, LIFECYCLE, JOINING, FORGETTING, HIDING, SALES, RECEIVING, ADDRESSING),
    "OrderLine": (PLACING, SHIPPING, REPAYING, LIFECYCLE, EDITING, BACKORDERS),
    "OrderEdit": (EDITING, SALES, FORGETTING),
    "OrderEditLine": (EDITING,),
    "OrderEvent": (LIFECYCLE,),
    "Repayment": (REPAYING,),
    "ReturnCase": (CASES, FORGETTING),
    "ReturnLine": (CASES,),
    "CaseEntry": (CASES, FORGETTING),
    "CasePicture": (CASES, FORGETTING),
    "RepaymentLine": (REPAYING,),
    "Allocation": (HOLDING, BACKORDERS),
    "Backorder": (BACKORDERS,),
    "Shipment": (SHIPPING,),
    "ShipmentLine": (SHIPPING,),
    "ShipmentEvent": ("orders/services/tracking.py", FORGETTING),
    "Lookup": ("orders/services/lookups.py", FORGETTING),
    "Payment": (PAYMENTS, "shop/demo/orders.py"),  # which makes rows in an empty shop
    "ProviderEvent": (PAYMENTS,),
    "Refund": (PAYMENTS,),
    "Message": (OUTBOX,),
    "Avatar": (PROFILE,),
    "ProfileChange": (PROFILE,),
    "Consent": ("accounts/services/consents.py",),
    "SocialAccount": ("accounts/services/identities.py",),
    "AuditRun": ("analytics/services/audits.py",),
    "AuditEntry": (TWO_STEP, "accounts/services/locking.py", "accounts/services/viewings.py"),
}
RELATED = {
    "addresses": "Address",
    "low_stock_alerts": "LowStockAlert",
    "stock_levels": "StockLevel",
    "movements": "StockMovement",
    "orders": "Order",
    "allocations": "Allocation",
    "backorders": "Backorder",
    "shipments": "Shipment",
    "payments": "Payment",
    "refunds": "Refund",
    "repayments": "Repayment",
    "edits": "OrderEdit",
    "events": "OrderEvent",
    "cases": "ReturnCase",
    "entries": "CaseEntry",
}
FIELDS = {
    "on_hand": (STOCK, TRANSFERS),
    "allocated": (STOCK, WAITING),
    "backordered": (STOCK, WAITING),
    "backorder_ceiling": (WAITING,),
    "waiting_quantity": (BACKORDERS,),
    "filled_at": (BACKORDERS,),
    "received_at": ("catalog/services/deliveries.py",),
    "payment_status": (LIFECYCLE,),
    "fulfilment_status": (LIFECYCLE,),
    "paid_total": (LIFECYCLE,),
    "added_total": (LIFECYCLE,),
    "credited_total": (LIFECYCLE,),
    "refunded_total": (LIFECYCLE,),
    "repayments_total": (LIFECYCLE,),
    "repaid_delivery": (LIFECYCLE,),
    "receive_by": (LIFECYCLE,),
    "has_open_case": (LIFECYCLE,),
    "picked_at": (LIFECYCLE,),
    "ship_by": (LIFECYCLE,),
    "urged_at": (LIFECYCLE,),
    "undone_at": (SHIPPING,),
    "cancelled_quantity": (LIFECYCLE,),
    "completed_at": (LIFECYCLE,),
    "is_to_review": (LIFECYCLE,),
    "repaid_quantity": (REPAYING,),
    "repaid_amount": (REPAYING,),
    "settled_at": (REPAYING,),
    "paid_at": (LIFECYCLE,),
    "cancelled_at": (LIFECYCLE,),
    "shipped_quantity": (SHIPPING,),
    "refunded": (PAYMENTS,),
    "is_surplus": (PAYMENTS,),
    "provider_trade_no": (PAYMENTS,),
    "verdict": (PAYMENTS,),
    "grace_began_at": ("core/factors.py",),
    "status": (
        LIFECYCLE,
        CASES,
        EDITING,
        PAYMENTS,
        OUTBOX,
        "catalog/services/products.py",
        "catalog/services/importing/",
    ),
}
_TABLES = (
    "address|stocklevel|stockmovement|productcard|purchase|order|orderline|orderevent|allocation|payment|refund"
    "|repayment|orderedit|ordereditline|returncase|returnline|caseentry|message|shipment|shipmentline|shipmentevent"
)
_SQL = re.compile(rf"\b(?:UPDATE|INTO|DELETE\s+FROM|TRUNCATE)\s+\"?[a-z]+_(?:{_TABLES})\b", re.IGNORECASE)


def strangers(root: Path) -> list[str]:
    """Return every line that writes a delicate row or field outside its owner."""
    return sorted(
        f"{source.at(node)} {what}"
        for source in sources.python(root)
        for node, what, owners in _writes(source)
        if not source.path.startswith(owners)
    )


def _writes(source: Source) -> Iterator[tuple[ast.AST, str, tuple[str, ...]]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield from _by_call(node)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            yield from _by_assignment(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value):
            yield node, "SQL", ("/",)


def _by_call(node: ast.Call) -> Iterator[tuple[ast.AST, str, tuple[str, ...]]]:
    words = sources.name_of(node).split(".")
    if words[0] == "setattr" and len(node.args) == 3 and _text(node.args[1]) in FIELDS:
        yield node, _text(node.args[1]), FIELDS[_text(node.args[1])]
    if words[-1] not in WRITES:
        return
    if words[0] in MODELS and "objects" in words:
        yield node, words[0], MODELS[words[0]]
    yield from ((node, RELATED[word], MODELS[RELATED[word]]) for word in words[1:-1] if word in RELATED)
    if words[-1] in ("save", "bulk_update"):
        yield from ((node, name, FIELDS[name]) for name in map(_text, ast.walk(node)) if name in FIELDS)


def _by_assignment(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[tuple[ast.AST, str, tuple[str, ...]]]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in (each for one in targets for each in ast.walk(one)):
        is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
        if isinstance(target, ast.Attribute) and not is_own and target.attr in FIELDS:
            yield node, target.attr, FIELDS[target.attr]


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
