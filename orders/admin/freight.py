"""Freight templates: what is counted, what it costs where, and a panel to try what a parcel would cost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.admin import ScopedInline, ScopedModelAdmin, merchants, operators
from orders.admin.freight_forms import FreightRuleForm, FreightRuleFormSet, FreightTemplateForm, TrialForm
from orders.models import FreightRule, FreightTemplate


class FreightRuleInline(ScopedInline, admin.StackedInline[FreightRule, FreightTemplate]):
    """What parcels to some regions cost."""

    model = FreightRule
    form = FreightRuleForm
    formset = FreightRuleFormSet  # type: ignore[assignment]  # ours is for these two models
    merchant_lookup = "template__merchant"
    extra = 1
    ordering = ("pk",)
    fieldsets = (
        (None, {"fields": ("provinces", "countries", "is_excluded")}),
        (
            _("Prices"),
            {
                "fields": (
                    ("first_units", "first_price"),
                    ("additional_units", "additional_price"),
                    ("free_from_amount", "free_from_pieces"),
                ),
                "description": _("Units are pieces, grams or cm³, as the template counts."),
            },
        ),
    )


@admin.register(FreightTemplate, site=operators)
@admin.register(FreightTemplate, site=merchants)
class FreightTemplateAdmin(ScopedModelAdmin):
    """How a merchant's parcels are priced."""

    form = FreightTemplateForm
    list_display = ("name", "basis", "currency", "merchant")
    list_filter = ("basis", "merchant")
    list_select_related = ("merchant",)
    search_fields = ("name",)
    ordering = ("merchant", "name", "pk")
    inlines = (FreightRuleInline,)
    fieldsets = (
        (None, {"fields": ("merchant", "name", "currency", "basis")}),
        (_("Weight and size"), {"fields": ("volume_divisor", "unknown_weight_grams", "unknown_volume_cm3")}),
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **options: Any
    ) -> HttpResponse:
        """Show the page; that of a saved template has a panel that says what a parcel would cost."""
        template = context["original"]
        if template is not None:
            context["trial"] = TrialForm(request.GET if "pieces" in request.GET else None, template=template)
        return super().render_change_form(request, context, *arguments, **options)
