"""What the shop and the platform type when they handle a return case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import Money
from orders.forms.cases import SendForm
from orders.models import ReturnCase, ReturnLine
from orders.services.cases.goods import Inspected

Status = ReturnCase.Status


class AnswerForm(forms.Form):
    """Words for the buyer, and the case as it was when they were written."""

    text = forms.CharField(
        label=_("Words for the buyer"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class InspectForm(AnswerForm):
    """What became of each unit, and how much goes back."""

    amount = forms.DecimalField(
        label=_("Amount that goes back"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    field_order = ("amount", "text", "version")

    def __init__(self, *args: Any, case: ReturnCase, **options: Any) -> None:
        super().__init__(*args, **options)
        self._case, self._rows = case, list(case.lines.select_related("line").order_by("pk"))
        if case.kind == ReturnCase.Kind.EXCHANGE:
            del self.fields["amount"]
        for row in self._rows:
            for name, label in (("sellable", _("sellable")), ("damaged", _("damaged")), ("missing", _("missing"))):
                self.fields[f"{name}_{row.pk}"] = forms.IntegerField(
                    label=label,
                    min_value=0,
                    max_value=row.quantity,
                    initial=row.quantity if name == "sellable" else 0,
                )

    def rows(self) -> list[tuple[ReturnLine, list[forms.BoundField]]]:
        """Return lines with their three fields, for the page."""
        return [(row, [self[f"{name}_{row.pk}"] for name in ("sellable", "damaged", "missing")]) for row in self._rows]

    def found(self) -> dict[int, Inspected]:
        """Return what was counted, by return line."""
        data = self.cleaned_data
        return {
            row.pk: Inspected(data[f"sellable_{row.pk}"], data[f"damaged_{row.pk}"], data[f"missing_{row.pk}"])
            for row in self._rows
        }

    def money(self) -> Money | None:
        """Return how much goes back; none for all that was asked for."""
        amount = self.cleaned_data.get("amount")
        return None if amount is None else Money(amount, self._case.order.currency)


class ReplaceForm(SendForm, AnswerForm):
    """The parcel with the other one."""


def of_stage(case: ReturnCase, data: Any = None) -> AnswerForm:
    """Return the form for what is to be done with a case now."""
    options: dict[str, Any] = {"initial": {"version": case.version, "amount": case.amount}}
    if case.status == Status.RECEIVED:
        return InspectForm(data, case=case, **options)
    return (ReplaceForm if case.status == Status.REPLACING else AnswerForm)(data, **options)
