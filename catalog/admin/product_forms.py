"""The forms of the product page: facts by type, variants with options, prices and stock."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.fact_fields import fact_field, show_on_instance
from catalog.models import Attribute, Product, ProductPicture, ProductType, StockLevel, Variant
from catalog.selectors.forecasts import Forecast
from catalog.selectors.prices import Quote
from catalog.services import facts, products
from core.forms import UploadField

FACT, OPTION = "fact_", "option_"
WAITING = ("stock_policy", "backorder_limit", "preorder_on")
MEASURES = ("weight_grams", "length_mm", "width_mm", "height_mm")


class ProductForm(forms.ModelForm[Product]):
    """A product; its type's attributes become fields of their own."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Product
        fields = (
            "merchant",
            "product_type",
            "category",
            "more_categories",
            "brand",
            "slug",
            "title",
            "description",
            "status",
            "publish_at",
            "unpublish_at",
            "ships_within_hours",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.attributes = type_attributes(_type_of(self), variant_making=False)
        for attribute in self.attributes:
            self.fields[FACT + attribute.code] = fact_field(attribute, self.instance.attributes.get(attribute.code))
        self.initial["version"] = self.instance.version
        show_on_instance(self)

    def clean(self) -> dict[str, Any]:
        """Check the facts, and that nobody changed the product meanwhile; what is published without a date is now."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("status") == Product.Status.PUBLISHED and cleaned.get("publish_at", "wrong") is None:
            cleaned["publish_at"] = timezone.now()
        if self.instance.pk and self._is_outdated(cleaned.get("version")):
            raise forms.ValidationError(
                _("Somebody changed this product since you opened it. Open it again and repeat your change.")
            )
        values = {attribute.code: cleaned.get(FACT + attribute.code) for attribute in self.attributes}
        kept = {code: value for code, value in self.instance.attributes.items() if code not in values}
        try:
            self.instance.attributes = kept | facts.clean(values, facts.definitions(self.attributes))
        except facts.FactError as error:
            self.add_error(FACT + error.code, _("This value does not fit."))
        return cleaned

    def _is_outdated(self, seen: int | None) -> bool:
        """Tell whether somebody has saved the product since; from here on nobody does before this form is done."""
        versions = Product.objects.select_for_update(no_key=True).values_list("version", flat=True)
        return versions.filter(pk=self.instance.pk).first() != seen and seen is not None


def _joined(texts: Sequence[str]) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", [(text,) for text in texts])


class StockInput(forms.NumberInput):
    """A number of units, and below it how many of them orders hold, how long they last, and the way to why."""

    held = waited_for = 0
    runs_out_on: date | None = None
    elsewhere: Sequence[StockLevel] = ()
    history = ""

    def render(self, *arguments: Any, **options: Any) -> SafeString:
        """Return the field; the table it stands in shows no help texts."""
        texts = [_("%(count)s held by orders") % {"count": self.held}] if self.held else []
        if self.waited_for:
            texts.append(_("%(count)s waited for") % {"count": self.waited_for})
        if self.runs_out_on:
            texts.append(_("runs out on %(day)s") % {"day": date_format(self.runs_out_on, "SHORT_DATE_FORMAT")})
        texts += [f"{level.location}: {level.available}/{level.on_hand}" for level in self.elsewhere]
        if self.history:
            texts.append(format_html('<a href="{}">{}</a>', self.history, _("Why?")))
        return format_html("{}<small>{}</small>", super().render(*arguments, **options), _joined(texts))


class VariantForm(forms.ModelForm[Variant]):
    """A variant with its price, reduced price and stock."""

    price = forms.DecimalField(
        label=gettext_lazy("Price"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        show_hidden_initial=True,
    )
    sale_price = forms.DecimalField(
        label=gettext_lazy("Reduced price"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        show_hidden_initial=True,
    )
    stock = forms.IntegerField(
        label=gettext_lazy("On hand"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        show_hidden_initial=True,
        widget=StockInput,
    )

    class Meta:
        model = Variant
        fields = (
            "sku",
            "ean",
            "stock_policy",
            "backorder_limit",
            "preorder_on",
            "low_stock_units",
            "is_active",
            *MEASURES,
        )

    option_attributes: list[Attribute] = []
    quotes: dict[int, Quote] = {}
    levels: dict[int, StockLevel] = {}
    forecasts: dict[int, Forecast] = {}
    elsewhere: dict[int, list[StockLevel]] = {}
    office = "admin"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for attribute in self.option_attributes:
            choices = [("", "---------"), *((choice.code, choice.label) for choice in attribute.choices.all())]
            self.fields[OPTION + attribute.code] = forms.ChoiceField(
                label=attribute.name,
                choices=choices,
                required=False,
                initial=self.instance.options.get(attribute.code, ""),
            )
        quote, level = self.quotes.get(self.instance.pk), self.levels.get(self.instance.pk)
        if quote:
            self.initial["price"] = (quote.regular or quote.price).amount
            self.initial["sale_price"] = quote.price.amount if quote.regular else None
        if level:
            self.initial["stock"] = level.on_hand
            self._show_level(level)
        self.fields["backorder_limit"].required = False
        for name in MEASURES:  # what is not known is empty
            self.fields[name].required = False
            self.initial[name] = self.initial.get(name) or None
        show_on_instance(self)

    def clean(self) -> dict[str, Any]:
        """A reduced price is lower; stock never below what orders hold; what is not known counts as 0."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned |= {
            name: 0 for name in (*MEASURES, "backorder_limit") if name not in self.errors and cleaned.get(name) is None
        }
        price, sale_price = cleaned.get("price"), cleaned.get("sale_price")
        if sale_price == 0:
            self.add_error("sale_price", _("The reduced price must be above zero."))
        elif sale_price is not None and (price is None or sale_price >= price):
            self.add_error("sale_price", _("The reduced price must be lower than the price."))
        if "stock" in cleaned and cleaned["stock"] is None and self._was_counted():
            self.add_error("stock", _("Type how many there are; 0 for none."))
        if self.stock_change < 0:
            self._check_stock(self.stock_change)
        if len(self.options()) > Product.OPTION_LIMIT:
            raise forms.ValidationError(_("A variant has at most %(limit)s options.") % {"limit": Product.OPTION_LIMIT})
        return cleaned

    def options(self) -> dict[str, str]:
        """Return the chosen options."""
        return {
            attribute.code: value
            for attribute in self.option_attributes
            if (value := self.cleaned_data.get(OPTION + attribute.code))
        }

    @property
    def stock_change(self) -> int:
        """How many units were typed more or less than were shown, so that orders in between are not lost."""
        typed = self.cleaned_data.get("stock")
        return 0 if typed is None else typed - self._shown_stock()

    @property
    def is_repriced(self) -> bool:
        """Whether a price was typed; one that was set elsewhere while the page was open stays otherwise."""
        return "price" in self.changed_data

    @property
    def is_reduced(self) -> bool:
        """Whether a reduced price was typed, or taken away."""
        return "sale_price" in self.changed_data

    def _show_level(self, level: StockLevel) -> None:
        """Say below the number on hand what becomes of it."""
        widget = cast("StockInput", self.fields["stock"].widget)
        widget.held, widget.waited_for = level.allocated, level.backordered
        forecast = self.forecasts.get(level.variant_id)
        widget.runs_out_on = forecast.runs_out_on if forecast else None
        widget.elsewhere = self.elsewhere.get(level.variant_id, [])
        widget.history = reverse("admin:catalog_stocklevel_history", args=[level.pk], current_app=self.office)

    def _was_counted(self) -> bool:
        """Whether the page showed a number on hand when it was opened."""
        return bool(self.data.get(self["stock"].html_initial_name))

    def _shown_stock(self) -> int:
        """Return the units on hand when the page was opened: the form brings the number along."""
        shown = str(self.data.get(self["stock"].html_initial_name, ""))
        return int(shown) if re.fullmatch("[0-9]{1,7}", shown) else int(self.initial.get("stock") or 0)

    def _check_stock(self, change: int) -> None:
        known = self.levels.get(self.instance.pk)
        level = StockLevel.objects.filter(pk=known.pk).first() if known else None
        if level is None or level.available + change < 0:
            held = level.allocated if level else 0
            self.add_error("stock", _("Orders hold %(held)s units, so at least that many must stay.") % {"held": held})


class VariantFormSet(forms.BaseInlineFormSet[Variant, Product, VariantForm]):
    """The variants of a product, told apart by their options."""

    def clean(self) -> None:
        """None that was ever bought or in stock goes, there are not too many, no two have the same options."""
        try:
            super().clean()
        except forms.ValidationError as error:
            if getattr(error, "code", "") != "deleting_protected":
                raise
            text = _("%(sku)s has been in stock or was bought: untick Offered instead.")
            raise forms.ValidationError(text % {"sku": (error.params or {}).get("instance")}) from error
        kept = [
            form for form in self.forms if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        if len(kept) > Product.VARIANT_LIMIT:
            raise forms.ValidationError(
                _("A product has at most %(limit)s variants.") % {"limit": Product.VARIANT_LIMIT}
            )
        seen: set[str] = set()
        for form in kept:
            if not form.is_valid():
                continue
            key = products.options_key(form.options())
            if key in seen:
                raise forms.ValidationError(_("Two variants of a product need different options."))
            seen.add(key)


class PictureForm(forms.ModelForm[ProductPicture]):
    """A picture: a file to upload, its description, the option it shows."""

    file = UploadField(label=gettext_lazy("File"), required=False)
    option = forms.ChoiceField(label=gettext_lazy("Shows"), required=False)

    class Meta:
        model = ProductPicture
        fields = ("alt", "position")

    option_attributes: list[Attribute] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = {
            json.dumps({attribute.code: choice.code}): f"{attribute.name}: {choice.label}"
            for attribute in self.option_attributes
            for choice in attribute.choices.all()
        }
        shown = json.dumps(self.instance.shows) if self.instance.shows else ""
        if shown and shown not in choices:  # an import may name several options at once
            choices[shown] = ", ".join(self.instance.shows.values())
        field = cast("forms.ChoiceField", self.fields["option"])
        field.choices = [("", _("All variants")), *choices.items()]
        field.initial = shown
        if not self.instance.pk and "position" in self.fields:
            self.initial["position"] = None  # a new picture stands behind the others
            self.fields["position"].required = False
        show_on_instance(self)

    def clean(self) -> dict[str, Any]:
        """A new picture needs a file."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.shows = json.loads(cleaned.get("option") or "{}")
        if not self.instance.pk and self.has_changed() and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        return cleaned


def row_errors(form: forms.BaseForm) -> list[str]:
    """Return what is wrong in a row of a table, each with the field it is about."""
    found = []
    for name, texts in form.errors.items():
        label = capfirst(form[name].label) if name in form.fields else ""
        found += [f"{label}: {text}" if label else str(text) for text in texts]
    return found


def type_attributes(product_type: ProductType | None, *, variant_making: bool) -> list[Attribute]:
    """Return a type's attributes in their order, with their choices."""
    if product_type is None:
        return []
    found = Attribute.objects.filter(types=product_type, is_variant_making=variant_making)
    return list(found.prefetch_related("choices").order_by("typeattribute__position", "pk").distinct())


def _type_of(form: ProductForm) -> ProductType | None:
    """Return the type the form is about: the product's, the one just chosen, or the only one."""
    chosen = form.data.get("product_type") or form.instance.product_type_id or form.initial.get("product_type")
    text = str(chosen or "")
    return ProductType.objects.filter(pk=int(text)).first() if text.isdecimal() else None
