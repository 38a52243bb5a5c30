"""The forms of the product page: facts by type, variants with options, prices and stock."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Attribute, Product, ProductPicture, ProductType, StockLevel, Variant
from catalog.selectors.prices import Quote
from catalog.services import facts, pictures, products

FACT, OPTION = "fact_", "option_"


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
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.attributes = type_attributes(_type_of(self), variant_making=False)
        for attribute in self.attributes:
            self.fields[FACT + attribute.code] = _fact_field(attribute, self.instance.attributes.get(attribute.code))
        self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Check the facts, and that nobody changed the product meanwhile."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
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
        label=gettext_lazy("On hand"), min_value=0, max_value=1_000_000, required=False, show_hidden_initial=True
    )

    class Meta:
        model = Variant
        fields = ("sku", "ean", "stock_policy", "is_active")

    option_attributes: list[Attribute] = []
    quotes: dict[int, Quote] = {}
    levels: dict[int, StockLevel] = {}

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
            self.fields["stock"].help_text = _("%(count)s held by orders") % {"count": level.allocated}

    def clean(self) -> dict[str, Any]:
        """A reduced price is lower; stock never below what orders hold."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        price, sale_price = cleaned.get("price"), cleaned.get("sale_price")
        if sale_price is not None and (price is None or sale_price >= price):
            self.add_error("sale_price", _("The reduced price must be lower than the price."))
        if self.stock_change < 0:
            self._check_stock(self.stock_change)
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
        return not {"price", "sale_price"}.isdisjoint(self.changed_data)

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
        """No two of them have the same options."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            if not form.is_valid() or form in self.deleted_forms or not (form.instance.pk or form.has_changed()):
                continue
            key = products.options_key(form.options())
            if key in seen:
                raise forms.ValidationError(_("Two variants of a product need different options."))
            seen.add(key)


class PictureForm(forms.ModelForm[ProductPicture]):
    """A picture: a file to upload, its description, the option it shows."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
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

    def clean_file(self) -> Any:
        """Accept what can be decoded as a picture."""
        file = self.cleaned_data.get("file")
        if not file:
            return None
        try:
            pictures.decode(file)
        except pictures.TooLargeError as error:
            limits = {
                "megabytes": settings.PICTURE_BYTE_LIMIT // 1_000_000,
                "megapixels": settings.PICTURE_PIXEL_LIMIT // 1_000_000,
            }
            raise forms.ValidationError(
                _("The picture is too large: %(megabytes)s MB and %(megapixels)s megapixels at most.") % limits
            ) from error
        except pictures.NotAPictureError as error:
            raise forms.ValidationError(
                _("This file is no picture we can use: take JPEG, PNG, WebP, AVIF or GIF.")
            ) from error
        return file

    def clean(self) -> dict[str, Any]:
        """A new picture needs a file."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.shows = json.loads(cleaned.get("option") or "{}")
        if not self.instance.pk and self.has_changed() and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        return cleaned


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


def _fact_field(attribute: Attribute, value: Any) -> forms.Field:
    kind, label = attribute.kind, f"{attribute.name} ({attribute.unit})" if attribute.unit else attribute.name
    choices = [(choice.code, choice.label) for choice in attribute.choices.all()]
    common = {"label": label, "required": False, "initial": value}
    if kind == Attribute.Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "---------"), *choices], **common)
    if kind == Attribute.Kind.MULTI:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if kind == Attribute.Kind.BOOL:
        return forms.NullBooleanField(**common)
    if kind == Attribute.Kind.INT:
        return forms.IntegerField(**common)
    if kind == Attribute.Kind.DECIMAL:
        return forms.DecimalField(**{**common, "initial": Decimal(str(value)) if value is not None else None})
    if kind == Attribute.Kind.DATE:
        return forms.DateField(**common)
    return TextInLanguages(attribute=attribute, **common)


class TextInLanguages(forms.MultiValueField):
    """A text fact, one line for each language."""

    def __init__(self, *, attribute: Attribute, **options: Any) -> None:
        self.codes = [code for code, _name in settings.LANGUAGES]
        fields = [forms.CharField(required=False) for _code in self.codes]
        widget = forms.MultiWidget([forms.TextInput(attrs={"size": 60, "placeholder": code}) for code in self.codes])
        widget.decompress = self.decompress  # type: ignore[method-assign]  # Django asks for a subclass; one line will do
        super().__init__(fields=fields, widget=widget, require_all_fields=False, **options)

    def decompress(self, value: Any) -> list[str]:
        """Return a stored text as one for each language."""
        if isinstance(value, dict):
            return [value.get(code, "") for code in self.codes]
        return [value or "", *[""] * (len(self.codes) - 1)]

    def compress(self, data_list: list[str]) -> dict[str, str] | None:
        """Return the texts by language code."""
        texts = {code: text for code, text in zip(self.codes, data_list, strict=False) if text}
        return texts or None
