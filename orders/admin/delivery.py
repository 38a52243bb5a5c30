"""Delivery methods."""

from __future__ import annotations

from typing import Any

from babel.core import get_global
from babel.numbers import list_currencies
from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from core.admin import ScopedModelAdmin, merchants, operators
from orders.models import DeliveryMethod


class DeliveryMethodForm(forms.ModelForm[DeliveryMethod]):
    """Refuses what no shopper could ever choose."""

    class Meta:
        model = DeliveryMethod
        fields = (
            *("merchant", "code", "name", "currency", "price", "free_from"),
            *("days_min", "days_max", "countries", "position", "is_active"),
        )
        help_texts = {"countries": gettext_lazy("Codes of two letters with commas between them, such as CN, SG")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, value in (("currency", settings.CURRENCY), ("countries", settings.COUNTRY)):
            if name in self.fields:
                self.fields[name].initial = value

    def clean_countries(self) -> list[str]:
        """Return the codes in capitals, each once; every one must be a country's."""
        codes = list(dict.fromkeys(code.upper() for code in self.cleaned_data["countries"]))
        unknown = [code for code in codes if code not in get_global("territory_currencies")]
        if unknown:
            raise forms.ValidationError(_("No country has the code %(code)s.") % {"code": ", ".join(unknown)})
        return codes

    def clean_currency(self) -> str:
        """Return the code in capitals; it must be a currency's."""
        code: str = self.cleaned_data["currency"].upper()
        if code not in list_currencies():
            raise forms.ValidationError(_("No currency has the code %(code)s.") % {"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        """Days run forward; free delivery begins above zero."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        days_min, days_max = cleaned.get("days_min"), cleaned.get("days_max")
        if days_min is not None and days_max is not None and days_min > days_max:
            self.add_error("days_max", _("This must be at least as many days as the shortest delivery takes."))
        if (cleaned.get("price") or 0) < 0:
            self.add_error("price", _("The price must not be below zero."))
        free_from = cleaned.get("free_from")
        if free_from is not None and free_from <= 0:
            self.add_error("free_from", _("Leave this empty, or enter an amount above zero."))
        return cleaned


@admin.register(DeliveryMethod, site=operators)
@admin.register(DeliveryMethod, site=merchants)
class DeliveryMethodAdmin(TranslationAdmin, ScopedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """How a merchant sends parcels."""

    form = DeliveryMethodForm
    list_display = ("name", "code", "merchant", "price", "free_from", "currency", "countries", "position", "is_active")
    list_filter = ("merchant", "is_active")
