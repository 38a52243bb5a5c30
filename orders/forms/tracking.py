"""What staff enter of a parcel's way."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import ShipmentEvent
from orders.providers.carriers import Told, TrackingEvent


class TrackingForm(forms.Form):
    """One event, as the carrier tells it."""

    kind = forms.ChoiceField(label=_("What happened"), choices=ShipmentEvent.Kind.choices)
    happened_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    text = forms.CharField(
        label=_("What the carrier says"), max_length=300, required=False, help_text=_("The buyer reads it.")
    )

    def tracker(self) -> Told:
        """Return who tells it: the person at the form."""
        typed = self.cleaned_data
        kind = ShipmentEvent.Kind(typed["kind"])
        return Told([TrackingEvent(kind, typed["happened_at"], typed["place"].strip(), typed["text"].strip())])
