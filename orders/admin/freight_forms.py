"""The forms of a freight template: it, its rules, and a parcel to try."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.selectors import addresses
from core.money import Money
from orders.admin.codes import country_codes, currency_code
from orders.models import FreightRule, FreightTemplate
from orders.selectors import freight, freight_words
from orders.selectors.delivery import rule_of, template_of
from orders.selectors.freight import FreightQuote, Goods

PRICES = ("first_units", "first_price", "additional_units", "additional_price")
FREE = ("free_from_amount", "free_from_pieces")


class FreightTemplateForm(forms.ModelForm[FreightTemplate]):
    """What is counted, and what counts for a piece that nobody has weighed."""

    class Meta:
        model = FreightTemplate
        fields = (
            *("merchant", "name", "currency", "basis"),
            *("volume_divisor", "unknown_weight_grams", "unknown_volume_cm3"),
        )
        help_texts = {
            "basis": gettext_lazy("All lines of an order are one parcel; its pieces, weight or volume are added up."),
            "volume_divisor": gettext_lazy(
                "Only by weight. So many cm³ are charged as one kg when that is more than the parcel weighs: "
                "6000 is usual, 0 only weighs."
            ),
            "unknown_weight_grams": gettext_lazy(
                "Products whose weight nobody has entered count as this much. With 0 they would travel for nothing."
            ),
            "unknown_volume_cm3": gettext_lazy(
                "Products without length, width and height count as this much. With 0 they would travel for nothing."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "currency" in self.fields:
            self.fields["currency"].initial = settings.CURRENCY

    def clean_currency(self) -> str:
        """Return the code in capitals; it must be one the shop can hold."""
        return currency_code(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Size counts for weight only; what delivery methods use keeps its merchant and currency."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("volume_divisor") and cleaned.get("basis") != FreightTemplate.Basis.WEIGHT:
            self.add_error("volume_divisor", _("Only a template by weight charges for size; enter 0."))
        for name in ("merchant", "currency"):
            if name in self.changed_data and self.instance.pk and self.instance.methods.exists():
                self.add_error(name, _("Delivery methods use this template, so this cannot be changed."))
        return cleaned


class FreightRuleForm(forms.ModelForm[FreightRule]):
    """A rule; its regions are ticked provinces and typed countries."""

    provinces = forms.MultipleChoiceField(
        label=gettext_lazy("Provinces"), required=False, widget=forms.CheckboxSelectMultiple
    )
    countries = forms.CharField(
        label=gettext_lazy("Countries"),
        required=False,
        help_text=gettext_lazy(
            "Codes of two letters with commas between them, such as SG, GB; CN is all of China mainland that no other "
            "rule names. Without provinces and countries the rule holds everywhere else."
        ),
    )

    class Meta:
        model = FreightRule
        fields = ("is_excluded", *PRICES, *FREE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = addresses.province_names()
        self.fields["provinces"].choices = list(names.items())  # type: ignore[attr-defined]  # a choice field
        self.initial["provinces"] = [region for region in self.instance.regions if region in names]
        self.initial["countries"] = ", ".join(region for region in self.instance.regions if region not in names)

    def clean_countries(self) -> list[str]:
        """Return the codes in capitals, each once; every one must be a country's."""
        return country_codes(self.cleaned_data["countries"].replace("，", ",").split(","))

    def clean(self) -> dict[str, Any]:
        """Say at its field what an excluded rule must not have, and what any other needs."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.regions = [*cleaned.get("provinces", ()), *cleaned.get("countries", ())]
        for name in (*PRICES, *FREE):
            value = cleaned.get(name)
            if cleaned.get("is_excluded") and value is not None:
                self.add_error(name, _("Leave this empty where nothing is delivered."))
            elif not cleaned.get("is_excluded") and value is None and name in PRICES and name not in self.errors:
                self.add_error(name, _("Fill this in, or tick “not delivered to”."))
            elif value is not None and value <= 0 and not (name.endswith("_price") and value == 0):
                self.add_error(name, _("Enter a number above zero."))
        return cleaned


class FreightRuleFormSet(forms.BaseInlineFormSet[FreightRule, FreightTemplate, FreightRuleForm]):
    """The rules of a template: a region has one of them."""

    def clean(self) -> None:
        """No region is named twice, one rule at most holds everywhere else, and prices fit the currency."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            is_left_out = form in self.deleted_forms or (not form.instance.pk and not form.has_changed())
            if is_left_out or not hasattr(form, "cleaned_data"):
                continue
            self._check_amounts(form)
            regions = form.instance.regions or [""]
            twice = [region for region in regions if region in seen]
            seen.update(regions)
            if twice == [""]:
                raise forms.ValidationError(_("Only one rule can hold everywhere else: name regions in the others."))
            if twice:
                names = ", ".join(addresses.region_name(region) for region in twice)
                raise forms.ValidationError(_("Two rules name the same region: %(regions)s") % {"regions": names})

    def _check_amounts(self, form: FreightRuleForm) -> None:
        for name in ("first_price", "additional_price", "free_from_amount"):
            value, currency = form.cleaned_data.get(name), self.instance.currency
            if value is not None and currency and Money(value, currency).rounded().amount != value:
                form.add_error(name, _("%(currency)s has no decimals.") % {"currency": currency})


class TrialForm(forms.Form):
    """A parcel, to see what it would cost by a template as it is saved."""

    country = forms.ChoiceField(label=gettext_lazy("Country or region"))
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    pieces = forms.IntegerField(label=gettext_lazy("Pieces"), min_value=1, max_value=1_000_000, initial=1)
    weight = forms.IntegerField(
        label=gettext_lazy("Weight of a piece, g"), min_value=0, max_value=10_000_000, required=False
    )
    volume = forms.IntegerField(
        label=gettext_lazy("Volume of a piece, cm³"), min_value=0, max_value=1_000_000_000, required=False
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Price of the goods"), min_value=0, max_digits=12, decimal_places=2, required=False
    )

    def __init__(self, data: QueryDict | None, *, template: FreightTemplate) -> None:
        super().__init__(data, initial={"country": settings.COUNTRY})
        self.template = template
        fields: dict[str, Any] = self.fields
        fields["country"].choices = addresses.countries()
        fields["province"].choices = [("", _("not known yet")), *addresses.province_names().items()]

    def found(self) -> FreightQuote | freight.NotDelivered | None:
        """Return what the parcel costs; None before there is one to try."""
        if not self.is_valid():
            return None
        typed = self.cleaned_data
        total = Money(typed["amount"] or Decimal(0), self.template.currency)
        goods = [Goods(typed["pieces"], total, typed["weight"] or 0, (typed["volume"] or 0) * 1000)]
        rules = [rule_of(row) for row in self.template.rules.order_by("pk")]
        return freight.quote(template_of(self.template), rules, goods, typed["country"], typed["province"])

    def price(self) -> Money | None:
        """Return the price, when parcels go there."""
        found = self.found()
        return found.price if isinstance(found, FreightQuote) else None

    def reasons(self) -> list[str]:
        """Return why it costs that, or why nothing goes there."""
        found = self.found()
        return freight_words.sentences(found) if found else []
