"""The form with which units are moved from one place to another."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from catalog.models import StockLocation, Variant
from catalog.services import stock, transfers


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's has no parameters when it runs
    """A place; to who may choose among several merchants', with its merchant."""

    names_merchant = False

    def label_from_instance(self, obj: Any) -> str:
        """Return what the place is called."""
        return f"{obj} · {obj.merchant}" if self.names_merchant else str(obj)


class TransferForm(forms.Form):
    """What goes where; the token makes a second press of the button do nothing."""

    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=300)
    source = PlaceField(label=pgettext_lazy("of a transfer", "From"), queryset=StockLocation.objects.none())
    target = PlaceField(label=pgettext_lazy("of a transfer", "To"), queryset=StockLocation.objects.none())
    units = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=1_000_000)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, merchant_ids: Collection[int] | None, **options: Any) -> None:
        """merchant_ids: whose goods and places may be named; None for everybody's."""
        super().__init__(*args, **options)
        self._variants = Variant.objects.select_related("product")
        places = StockLocation.objects.select_related("merchant").order_by("merchant", "priority", "pk")
        if merchant_ids is not None:
            self._variants = self._variants.filter(product__merchant__in=merchant_ids)
            places = places.filter(merchant__in=merchant_ids)
        for name in ("source", "target"):
            field = cast("PlaceField", self.fields[name])
            field.queryset, field.names_merchant = places, merchant_ids is None

    def clean_sku(self) -> str:
        """Find the variant."""
        sku = str(self.cleaned_data["sku"]).strip()
        found = self._variants.filter(sku=sku).first()
        if found is None:
            raise forms.ValidationError(_("There is no variant with this SKU."))
        if not found.is_counted:
            raise forms.ValidationError(_("This variant is not counted."))
        self.variant = found
        return sku

    def move(self, *, actor: User) -> bool:
        """Move the units; false, with the reason in the form, when they may not be."""
        typed = self.cleaned_data
        transfer = transfers.Transfer(
            variant=self.variant,
            source=typed["source"],
            target=typed["target"],
            units=typed["units"],
            key=str(typed["token"]),
            reason=typed["reason"],
        )
        try:
            transfers.move(transfer=transfer, actor=actor)
        except transfers.WrongPlacesError:
            self.add_error("target", _("Choose two different places of the merchant of these goods."))
        except stock.NotEnoughError as error:
            text = _("Only %(count)s are there that no order holds.")
            self.add_error("units", text % {"count": error.level.available})
        else:
            return True
        return False
