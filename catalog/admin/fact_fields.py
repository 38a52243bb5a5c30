"""The fields of facts on a product's page, by the kind of their attribute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from catalog.models import Attribute
from catalog.selectors.product_pages import as_entered
from catalog.services import facts


def fact_field(attribute: Attribute, value: Any) -> forms.Field:
    """Return the field of a fact; one that was entered while the attribute was of another kind is kept as it is."""
    label = f"{attribute.name} ({attribute.unit})" if attribute.unit else attribute.name
    if attribute.kind == Attribute.Kind.TEXT:
        return TextInLanguages(label=label, required=False, initial=value)
    try:
        readable = None if value is None else facts.clean_one(facts.definitions([attribute])[attribute.code], value)
    except facts.FactError:
        return _unreadable_field(attribute, value, label)
    return _readable_field(attribute, readable, label)


def show_on_instance(form: forms.ModelForm[Any]) -> None:
    """Put fields that are no columns on the form's row: there a page that may only be looked at finds them."""
    columns = {field.name for field in form.instance._meta.get_fields()}  # noqa: SLF001  public by custom
    for name in form.fields.keys() - columns:
        setattr(form.instance, name, _in_words(form.fields[name], form.get_initial_for_field(form.fields[name], name)))


def _in_words(field: forms.Field, value: Any) -> str:
    labels = dict(getattr(field, "choices", ()))
    entered = value if isinstance(value, list) else [value]
    return ", ".join(str(labels.get(str(each)) or as_entered(each)) for each in entered if each is not None)


def _readable_field(attribute: Attribute, value: Any, label: str) -> forms.Field:
    kind, choices = attribute.kind, [(choice.code, choice.label) for choice in attribute.choices.all()]
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
        return forms.DecimalField(**{**common, "initial": Decimal(value) if value is not None else None})
    return forms.DateField(**common)


def _unreadable_field(attribute: Attribute, value: Any, label: str) -> forms.Field:
    """Return a field with the value as it was entered; saving it is refused until it fits or is taken away."""
    choices = [(choice.code, choice.label) for choice in attribute.choices.all()]
    if attribute.kind == Attribute.Kind.MULTI:
        entered = [as_entered(each) for each in (value if isinstance(value, list) else [value])]
        choices += [(each, each) for each in entered if each not in dict(choices)]
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=choices, widget=widget, label=label, required=False, initial=entered)
    text = as_entered(value)
    if attribute.kind == Attribute.Kind.CHOICE:
        known = [("", "---------"), *choices, (text, text)]
        return forms.ChoiceField(choices=known, label=label, required=False, initial=text)
    return forms.CharField(label=label, required=False, initial=text)


class TextInLanguages(forms.MultiValueField):
    """A text fact, one line for each language."""

    def __init__(self, **options: Any) -> None:
        self.codes = [code for code, _name in settings.LANGUAGES]
        fields = [forms.CharField(required=False) for _code in self.codes]
        widget = forms.MultiWidget([forms.TextInput(attrs={"size": 60, "placeholder": code}) for code in self.codes])
        widget.decompress = self.decompress  # type: ignore[method-assign]  # Django asks for a subclass; one line will do
        super().__init__(fields=fields, widget=widget, require_all_fields=False, **options)

    def decompress(self, value: Any) -> list[str]:
        """Return a stored text as one for each language."""
        if isinstance(value, dict):
            return [value.get(code, "") for code in self.codes]
        return ["" if value is None else as_entered(value), *[""] * (len(self.codes) - 1)]

    def compress(self, data_list: list[str]) -> dict[str, str] | None:
        """Return the texts by language code."""
        texts = {code: text for code, text in zip(self.codes, data_list, strict=False) if text}
        return texts or None
