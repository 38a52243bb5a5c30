"""A table of orders to ship that comes back from a spreadsheet, with carriers and tracking numbers filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import sheets
from orders.models import Shipment
from orders.selectors import to_ship
from orders.services import shipping
from orders.services.batches import Row, Told, Verdict

BYTE_LIMIT = 1_000_000
SEAL_SECONDS = 86_400
_SALT = "orders.batch"
TRACK = "track-"

LABELS: dict[Verdict, str | Promise] = {
    Verdict.WILL_SHIP: _("Will ship"),
    Verdict.SHIPPED: _("Shipped"),
    Verdict.DONE: _("Done already: this parcel has left"),
    Verdict.EMPTY: _("No tracking number: left alone"),
    Verdict.NOT_A_NUMBER: _("This is no order number; in a table saved as numbers, digits are lost"),
    Verdict.TWICE: _("This order is in the file twice"),
    Verdict.UNKNOWN: _("You have no order with this number"),
    Verdict.CANCELLED: _("The order is cancelled"),
    Verdict.UNPAID: _("The order is not paid"),
    Verdict.WAITING: _("What is left is not there yet"),
    Verdict.LEFT: _("Everything has left already"),
    Verdict.CANCELLATION: _("The buyer has asked to cancel: answer that first"),
    Verdict.CARRIER: _("We do not know this carrier"),
    Verdict.FORMAT: _("No tracking number of this carrier; one that a spreadsheet rounded has lost digits"),
    Verdict.CHANGED: _("The order has changed since this was shown: look again"),
}


class BatchForm(forms.Form):
    """The file, and the carrier of rows that name none."""

    file = forms.FileField(label=_("Table with tracking numbers (CSV)"))
    carrier = forms.ChoiceField(label=_("Carrier where the table names none"), choices=Shipment.Carrier.choices)

    def clean(self) -> dict[str, Any]:
        """Read the table."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file, carrier = cleaned.get("file"), cleaned.get("carrier")
        if file and carrier:
            self.rows = _rows(file, carrier)
        return cleaned


def typed_rows(typed: Mapping[str, str], carrier: str) -> list[Row]:
    """Return the rows of a list in which tracking numbers were typed, in fields called `track-<order number>`."""
    fields = ((name.removeprefix(TRACK), text) for name, text in typed.items() if name.startswith(TRACK))
    found = [(number, shipping.tracking_number(text)) for number, text in fields]
    return [Row(place, number, carrier, tracking) for place, (number, tracking) in enumerate(found, 1) if tracking]


def seal(told: Sequence[Told], *, user_id: int) -> str:
    """Return what was shown to ship, signed for this user: exactly that is done when it comes back."""
    rows = [each.row for each in told if each.verdict == Verdict.WILL_SHIP]
    units = [each.units for each in told if each.verdict == Verdict.WILL_SHIP]
    sealed = [
        (row.line, row.number, row.carrier, row.tracking_number, count) for row, count in zip(rows, units, strict=True)
    ]
    return signing.dumps([user_id, sealed], salt=_SALT, compress=True)


def unseal(sealed: str, *, user_id: int) -> list[Row]:
    """Return the rows that were shown to this user; raise BadSignature for others, or after a day."""
    owner, rows = signing.loads(sealed, salt=_SALT, max_age=SEAL_SECONDS)
    if owner != user_id:
        raise signing.BadSignature
    return [Row(*row) for row in rows]


def _rows(file: Any, carrier: str) -> list[Row]:
    """Return the rows of a file; raise ValidationError when it is no such table."""
    if file.size > BYTE_LIMIT:
        raise forms.ValidationError(_("The file is too large: 1 MB at most."))
    try:
        table = sheets.read(file.read())
    except sheets.UnreadableError as error:
        raise forms.ValidationError(_("This is no CSV file: save the table as “CSV UTF-8” or “CSV”.")) from error
    places = [
        _place(table[0][1] if table else [], name) for name in (to_ship.NUMBER, to_ship.CARRIER, to_ship.TRACKING)
    ]
    if places[0] is None or places[2] is None:
        raise forms.ValidationError(_("The first row has to name the columns “Order number” and “Tracking number”."))
    if len(table) - 1 > to_ship.LIMIT:
        raise forms.ValidationError(_("Too many rows: 1,000 at most."))
    carriers = _carriers()
    found = []
    for line, cells in table[1:]:
        number, named, tracking = ("" if at is None or at >= len(cells) else cells[at] for at in places)
        code = carriers.get(named.casefold(), named[:10]) if named else carrier
        found.append(Row(line, re.sub(r"\D", "", number) or number[:20], code, shipping.tracking_number(tracking)[:60]))
    return found


def _place(head: Sequence[str], name: str | Promise) -> int | None:
    """Return where a column is, called in any of the shop's languages."""
    names = _in_all_languages(name)
    return next((place for place, cell in enumerate(head) if cell.casefold() in names), None)


def _carriers() -> dict[str, str]:
    """Return the codes of carriers by code and by name in each language, without capitals."""
    names = {name: str(code) for code, label in Shipment.Carrier.choices for name in _in_all_languages(label)}
    return names | {code.casefold(): code for code in Shipment.Carrier.values}


def _in_all_languages(text: str | Promise) -> set[str]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(text).casefold())
    return found
