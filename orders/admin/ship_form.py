"""The form of a parcel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order, OrderLine, Shipment
from orders.providers import carriers
from orders.services import shipping


class ShipForm(forms.Form):
    """Carrier, number, and how many units of each line; all that is left, unless changed."""

    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), choices=Shipment.Carrier.choices)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=60)

    def __init__(self, *args: Any, order: Order, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lines = [line for line in order.lines.order_by("position") if line.ready_quantity]
        for line in self._lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=line.title,
                help_text=" · ".join(filter(None, [line.sku, line.options])),
                min_value=0,
                max_value=line.ready_quantity,
                initial=line.ready_quantity,
            )

    def clean_tracking_number(self) -> str:
        """Return the number as carriers write it."""
        return shipping.tracking_number(self.cleaned_data["tracking_number"])

    def clean(self) -> dict[str, Any]:
        """Demand something in the parcel, and a number that its carrier may have given."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        carrier, number = cleaned.get("carrier"), cleaned.get("tracking_number")
        if carrier and number and not carriers.accepts(carrier, number):
            self.add_error("tracking_number", wrong_number(carrier))
        if self._lines and not self.errors and not any(self.quantities().values()):
            raise forms.ValidationError(_("Nothing to ship: every quantity is zero."))
        return cleaned

    def quantities(self) -> dict[int, int]:
        """Return units by order line id."""
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] for line in self._lines}

    def lines(self) -> list[tuple[OrderLine, forms.BoundField]]:
        """Return lines with their fields, for the page."""
        return [(line, self[f"line_{line.pk}"]) for line in self._lines]


def wrong_number(carrier: str) -> str:
    """Say how a tracking number of this carrier looks."""
    names = {"carrier": Shipment.Carrier(carrier).label, "example": carriers.example(carrier)}
    return _("This is no number of %(carrier)s, which looks like %(example)s. Is it another carrier's?") % names
