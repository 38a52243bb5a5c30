"""The books of the shop: a copy to compare with, and what the audit says of them."""

from __future__ import annotations

from typing import Any

from django.db import models

from catalog.models import StockLevel, StockMovement
from notifications.models import Message
from orders.models import Allocation, Order, OrderEvent, OrderLine, Purchase, Shipment
from payments.models import Payment, Refund
from shop import audit

BOOKS: tuple[type[models.Model], ...] = (
    Purchase,
    Order,
    OrderLine,
    OrderEvent,
    Allocation,
    Shipment,
    StockLevel,
    StockMovement,
    Payment,
    Refund,
    Message,
)


def copy() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every book: equal copies mean that nothing has changed."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in BOOKS}


def findings(*besides: type[audit.Invariant]) -> list[tuple[str, Any]]:
    """Return what the audit finds, statement and rows; empty when the books are right.

    besides: invariants that look at the clock on the wall, where a test plays at another time.
    """
    return [(str(each.invariant.statement), each.rows) for each in audit.run() if each.invariant not in besides]


def mails(kind: str = "") -> list[str]:
    """Return the keys of the mails in the outbox, oldest first, of one kind or all."""
    found = Message.objects.filter(kind=kind) if kind else Message.objects.all()
    return list(found.order_by("pk").values_list("key", flat=True))
