"""What a buyer types into a return case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Variant
from core.forms import UploadField
from core.money import Money
from orders.models import ReturnCase, Shipment
from orders.selectors.alternatives import Alternative
from orders.selectors.claims import Claim
from orders.services import shipping
from orders.services.cases.requesting import PICTURE_LIMIT, Wish

Kind, Reason = ReturnCase.Kind, ReturnCase.Reason
AFTER_SENDING = (Reason.NO_REASON, Reason.QUALITY, Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM, Reason.DAMAGED)


class _ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(UploadField):
    """Several photographs, each of which can be decoded."""

    widget = _ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[File[bytes]]:
        """Return the files; too many, or one that is no picture, is refused."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > PICTURE_LIMIT:
            raise ValidationError(_("At most %(count)s pictures.") % {"count": PICTURE_LIMIT})
        return [super(PicturesField, self).clean(file, initial) for file in files]


class ReturnForm(forms.Form):
    """Which units, why, for how much, and what the buyer would like to happen.

    is_unsent: the units have not left, so only their money can go back.
    """

    kind = forms.ChoiceField(label=gettext_lazy("What do you need?"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    amount = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=2)
    explanation = forms.CharField(label=gettext_lazy("Explanation"), required=False, max_length=500)
    pictures = PicturesField(required=False)

    def __init__(
        self,
        *args: Any,
        claims: Sequence[Claim],
        is_unsent: bool,
        others: Mapping[int, Sequence[Alternative]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._claims, self.is_unsent, self._others = claims, is_unsent, others
        if is_unsent:
            del self.fields["amount"]
        kinds = [Kind.CANCELLATION] if is_unsent else [Kind.REFUND_ONLY, Kind.RETURN, Kind.EXCHANGE]
        labels = [(kind, Kind.REFUND_ONLY.label if is_unsent else kind.label) for kind in kinds]
        cast("forms.ChoiceField", self.fields["kind"]).choices = labels
        reasons = [Reason.NOT_WANTED, Reason.OTHER] if is_unsent else [*AFTER_SENDING, Reason.OTHER]
        cast("forms.ChoiceField", self.fields["reason"]).choices = [(each, each.label) for each in reasons]
        for claim in claims:
            self.fields[f"line_{claim.line.pk}"] = forms.IntegerField(
                min_value=0,
                max_value=claim.quantity,
                required=False,
                label=claim.line.title,
                initial=claim.quantity if len(claims) == 1 else None,
            )
            if own := others.get(claim.line.pk):
                choices = [("", _("The same again")), *((str(each.variant.pk), each.name) for each in own)]
                self.fields[f"wanted_{claim.line.pk}"] = forms.ChoiceField(choices=choices, required=False)

    @property
    def lines(self) -> list[tuple[Claim, forms.BoundField, forms.BoundField | None]]:
        """Claims with their fields, for the page."""
        return [
            (claim, self[f"line_{pk}"], self[f"wanted_{pk}"] if f"wanted_{pk}" in self.fields else None)
            for claim, pk in ((claim, claim.line.pk) for claim in self._claims)
        ]

    def clean(self) -> dict[str, Any]:
        """At least one unit has to be asked for."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        named = [f"line_{claim.line.pk}" for claim in self._claims]
        if not any(cleaned.get(name) for name in named) and not any(name in self.errors for name in named):
            raise ValidationError(_("Choose at least one item."))
        return cleaned

    def wish(self, currency: str) -> Wish:
        """Return what is asked for, once the form is valid."""
        cleaned = self.cleaned_data
        units = {claim.line.pk: cleaned.get(f"line_{claim.line.pk}") or 0 for claim in self._claims}
        amount = cleaned.get("amount")
        return Wish(
            kind=Kind(cleaned["kind"]),
            reason=Reason(cleaned["reason"]),
            units=units,
            amount=None if amount is None else Money(amount, currency),
            explanation=cleaned["explanation"],
            pictures=cast("list[IO[bytes]]", cleaned["pictures"]),
            wanted=self._wanted(),
        )

    def _wanted(self) -> dict[int, Variant]:
        chosen = {}
        for claim in self._claims:
            key = self.cleaned_data.get(f"wanted_{claim.line.pk}")
            for each in self._others.get(claim.line.pk, ()):
                if str(each.variant.pk) == key:
                    chosen[claim.line.pk] = each.variant
        return chosen


class SendForm(forms.Form):
    """How the goods travel back."""

    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), choices=Shipment.Carrier.choices)
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter the tracking number")},
    )

    def label(self) -> shipping.Label:
        """Return what is on the parcel."""
        number = shipping.tracking_number(self.cleaned_data["tracking_number"])
        return shipping.Label(self.cleaned_data["carrier"], number)


class MessageForm(forms.Form):
    """A word in the thread."""

    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=1000,
        error_messages={"required": gettext_lazy("Write something first")},
    )
