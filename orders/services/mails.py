"""The mails of an order: written to the outbox with everything they show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from accounts import selectors as accounts
from accounts.selectors import addresses
from catalog.selectors import content
from notifications.services import outbox
from orders.models import Backorder, Order, OrderEdit, OrderLine, Shipment

_signer = signing.TimestampSigner(salt="order-link")


def confirmed(*, order: Order, at: datetime) -> None:
    """Say that an order is paid, and from when on what is not there yet is sent."""
    lines = list(order.lines.order_by("position"))
    days = _promised_days(order) if any(line.waiting_quantity for line in lines) else {}
    told = [
        _line(line, line.quantity) | {"waiting": line.waiting_quantity, "ships_on": days.get(line.pk, "")}
        for line in lines
    ]
    _write(order, "order_confirmed", {"lines": told}, at)


def cancelled(*, order: Order, at: datetime) -> None:
    """Say that an order is cancelled, and why."""
    is_first = order.cancel_reason == Order.CancelReason.UNPAID  # one that is paid late may end a second time
    key = f"order_cancelled:{order.number}" + ("" if is_first else f":{order.cancel_reason.lower()}")
    context = {"reason": order.cancel_reason, "is_paid": order.paid_at is not None}
    _write(order, "order_cancelled", context, at, key=key)


def refunded(*, order: Order, amount: str, number: str, at: datetime) -> None:
    """Say that money is on its way back; `number` is the refund's."""
    _write(order, "payment_refunded", {"amount": amount}, at, key=f"payment_refunded:{order.number}:{number}")


def order_refunded(*, order: Order, amount: str, number: str, at: datetime) -> None:
    """Say that money of the order is back; `number` is the refund's."""
    _write(order, "order_refunded", {"amount": amount}, at, key=f"order_refunded:{order.number}:{number}")


def receipt_reminder(*, order: Order, at: datetime) -> None:
    """Ask whether everything arrived, before the order counts as received."""
    until = order.receive_by.isoformat() if order.receive_by else ""
    _write(order, "receipt_reminder", {"until": until, "is_extended": order.is_receipt_extended}, at)


def shipped(*, shipment: Shipment, at: datetime) -> None:
    """Say that a parcel is on its way, and what is in it."""
    _write(shipment.order, "order_shipped", _parcel(shipment), at, key=f"order_shipped:{shipment.pk}")


def unshipped(*, shipment: Shipment, at: datetime) -> None:
    """Say that a parcel has not left after all, and what is in it."""
    _write(shipment.order, "order_unshipped", _parcel(shipment), at, key=f"order_unshipped:{shipment.pk}")


def readdressed(*, order: Order, at: datetime) -> None:
    """Show the address an order goes to now."""
    _write(order, "order_readdressed", {}, at, key=f"order_readdressed:{order.number}:{at.isoformat()}")


def to_pay(*, order: Order, at: datetime) -> None:
    """Show an order that staff wrote for the buyer, and how to pay for it."""
    _write(order, "order_to_pay", {"pay_by": order.pay_by.isoformat()}, at)


def change_proposed(*, edit: OrderEdit, at: datetime) -> None:
    """Show a change that waits for its difference to be paid."""
    details = {**_change(edit), "pay_by": edit.pay_by.isoformat()}
    _write(edit.order, "order_change", details, at, key=f"order_change:{edit.pk}")


def changed(*, edit: OrderEdit, at: datetime) -> None:
    """Say that an order is changed, and what it is now."""
    _write(edit.order, "order_changed", _change(edit), at, key=f"order_changed:{edit.pk}")


def urged(*, order: Order, at: datetime) -> None:
    """Tell those who handle the merchant's orders that a buyer waits."""
    path = reverse("merchant:orders_order_change", args=[order.pk])
    for worker in accounts.order_workers(merchant=order.merchant):
        language = worker.language or settings.LANGUAGE_CODE
        with translation.override(language):
            shop = content.storefront().name
        context = {
            "shop": shop,
            "number": order.number,
            "name": worker.username,
            "link": f"{settings.SITE_URL}{path}",
            "paid_at": order.paid_at.isoformat() if order.paid_at else "",
            "ship_by": order.ship_by.isoformat() if order.ship_by else "",
        }
        outbox.write(
            key=f"order_urged:{order.number}:{at.isoformat()}:{worker.pk}",
            kind="order_urged",
            recipient=worker.email,
            language=language,
            context=context,
            at=at,
        )


def access_code(*, order: Order, lookup_id: int, code: str, minutes: int, at: datetime) -> None:
    """Send the code with which the buyer opens the order in a browser that does not know them."""
    with translation.override(order.language):
        shop = content.storefront().name
    context = {"shop": shop, "number": order.number, "name": order.name, "code": code, "minutes": minutes}
    outbox.write(
        key=f"order_code:{lookup_id}",
        kind="order_code",
        recipient=order.email,
        language=order.language,
        context=context,
        at=at,
    )


def link(order: Order) -> str:
    """Return the address of the order's page with a token that opens it to whoever has the mail."""
    with translation.override(order.language):
        path = reverse("orders:order", args=[order.number])
    return f"{settings.SITE_URL}{path}?t={token(order.number)}"


def token(number: str) -> str:
    """Return the token that opens the page of this order."""
    return _signer.sign(number).removeprefix(f"{number}:")


def is_token_valid(number: str, given: str) -> bool:
    """Tell whether the token is ours, for this order, and not too old."""
    try:
        _signer.unsign(f"{number}:{given}", max_age=settings.ORDER_LINK_SECONDS)
    except signing.BadSignature:
        return False
    return True


def _write(order: Order, kind: str, details: dict[str, Any], at: datetime, key: str = "") -> None:
    with translation.override(order.language):
        shop = content.storefront().name
        address = [order.name, order.phone, addresses.one_line(order)]
    context = {
        "shop": shop,
        "number": order.number,
        "name": order.name,
        "link": link(order),
        "currency": order.currency,
        "items_total": str(order.items_total),
        "discount_total": str(order.discount_total),
        "delivery_total": str(order.delivery_total),
        "total": str(order.total),
        "delivery_name": order.delivery_name,
        "arrives_from": order.delivery_from.isoformat(),
        "arrives_to": order.delivery_to.isoformat(),
        "address": address,
        **details,
    }
    if "lines" not in context:
        context["lines"] = [_line(line, line.quantity) for line in order.lines.order_by("position")]
    outbox.write(
        key=key or f"{kind}:{order.number}",
        kind=kind,
        recipient=order.email,
        language=order.language,
        context=context,
        at=at,
    )


def _promised_days(order: Order) -> dict[int, str]:
    """Return from when on the lines that wait are sent, where that was promised."""
    promised = Backorder.objects.filter(line__order=order, filled_at=None).exclude(promised_on=None)
    return {row.line_id: str(row.promised_on) for row in promised}


def _parcel(shipment: Shipment) -> dict[str, Any]:
    """Return what is on a parcel, and in it."""
    lines = [_line(row.line, row.quantity) for row in shipment.lines.select_related("line").order_by("line__position")]
    with translation.override(shipment.order.language):
        carrier = str(shipment.get_carrier_display())
    return {"lines": lines, "carrier": carrier, "tracking_number": shipment.tracking_number}


def _change(edit: OrderEdit) -> dict[str, Any]:
    """Return what is taken out of an order and put in."""
    with translation.override(edit.order.language):
        parts = [
            {
                "is_removed": bool(row.line_id),
                "title": row.title,
                "quantity": row.quantity,
                "total": str(row.amount),
            }
            for row in edit.rows()
        ]
    difference = edit.difference
    return {
        "parts": parts,
        "note": edit.note,
        "difference": str(abs(difference.amount)),
        "is_refund": difference.amount < 0,
        "is_even": not difference,
    }


def _line(line: OrderLine, quantity: int) -> dict[str, object]:
    return {
        "title": line.title,
        "options": line.options,
        "quantity": quantity,
        "unit_price": str(line.unit_price),
        "total": str(line.unit_price * quantity),
    }
