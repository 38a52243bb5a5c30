"""Delivery methods."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from core.admin import ScopedModelAdmin, merchants, operators
from orders.admin.codes import country_codes, currency_code
from orders.models import DeliveryMethod, FreightTemplate


class TemplateField(forms.ModelChoiceField[FreightTemplate]):
    """Freight templates, each with its currency."""

    def label_from_instance(self, obj: FreightTemplate) -> str:
        """Return name and currency."""
        return f"{obj.name} · {obj.currency}"


class DeliveryMethodForm(forms.ModelForm[DeliveryMethod]):
    """Refuses what no shopper could ever choose."""

    class Meta:
        model = DeliveryMethod
        fields = (
            *("merchant", "code", "name", "currency", "template", "price", "free_from"),
            *("days_min", "days_max", "countries", "position", "is_active"),
        )
        field_classes = {"template": TemplateField}
        help_texts = {
            "countries": gettext_lazy("Codes of two letters with commas between them, such as CN, SG"),
            "template": gettext_lazy("What a parcel costs then follows from it; the two prices below do not count."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, value in (("currency", settings.CURRENCY), ("countries", settings.COUNTRY)):
            if name in self.fields:
                self.fields[name].initial = value
        if "template" in self.fields and self.instance.pk:
            field = cast("TemplateField", self.fields["template"])
            of_method = {"merchant": self.instance.merchant_id, "currency": self.instance.currency}
            field.queryset = field.queryset.filter(**of_method) if field.queryset is not None else None

    def clean_countries(self) -> list[str]:
        """Return the codes in capitals, each once; every one must be a country's."""
        return country_codes(self.cleaned_data["countries"])

    def clean_currency(self) -> str:
        """Return the code in capitals; it must be a currency's."""
        return currency_code(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Days run forward; free delivery begins above zero; a template is of the same merchant and currency."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        days_min, days_max = cleaned.get("days_min"), cleaned.get("days_max")
        if days_min is not None and days_max is not None and days_min > days_max:
            self.add_error("days_max", _("This must be at least as many days as the shortest delivery takes."))
        if (cleaned.get("price") or 0) < 0:
            self.add_error("price", _("The price must not be below zero."))
        free_from = cleaned.get("free_from")
        if free_from is not None and free_from <= 0:
            self.add_error("free_from", _("Leave this empty, or enter an amount above zero."))
        template = cleaned.get("template")
        of_template = (template.merchant, template.currency) if template else None
        if of_template and of_template != (cleaned.get("merchant"), cleaned.get("currency")):
            self.add_error("template", _("Choose a template of the same merchant and currency."))
        return cleaned


@admin.register(DeliveryMethod, site=operators)
@admin.register(DeliveryMethod, site=merchants)
class DeliveryMethodAdmin(TranslationAdmin, ScopedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """How a merchant sends parcels."""

    form = DeliveryMethodForm
    list_display = (
        "name",
        "code",
        "merchant",
        "price",
        "free_from",
        "template",
        "currency",
        "countries",
        "position",
        "is_active",
    )
    list_filter = ("merchant", "is_active")
    list_select_related = ("merchant", "template")
