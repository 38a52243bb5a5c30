"""Checkout and look-up forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from accounts.selectors import formats
from accounts.selectors.addresses import country_name, province_in, province_names
from core import numbers
from core.forms import EmailField
from orders.models import Checkout, Order
from orders.selectors.saved import Card

NO_SUCH_ORDER = _("We cannot find an order with this number and email")
EMAIL_MESSAGE = _("Enter an email address, like name@example.com")


class AddressForm(forms.ModelForm[Checkout]):
    """Who buys, and where the parcel goes. Refuses only what no post office could deliver."""

    email = EmailField(
        label=_("Email"), max_length=254, error_messages={"required": EMAIL_MESSAGE, "invalid": EMAIL_MESSAGE}
    )

    class Meta:
        model = Checkout
        fields = ("email", "country", "name", "phone", "province", "city", "district", "street", "postcode")
        error_messages = {
            "name": {"required": _("Enter the full name")},
            "city": {"required": _("Enter a city")},
            "district": {"required": _("Enter a district")},
            "street": {"required": _("Enter a street and house number")},
        }

    def __init__(self, *args: Any, countries: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"] = forms.ChoiceField(
            label=_("Country or region"),
            choices=_named(countries),
            error_messages={"invalid_choice": _("We do not deliver to this region yet")},
        )
        self.country = str(self.data.get("country") or self.initial.get("country") or settings.COUNTRY)
        self.fields["phone"].required = False  # checked below, with the country's own words
        self.fields["city"].required = True
        self.fields["district"].required = self.is_china
        if self.is_china:
            choices = [("", _("Choose")), *province_names().items()]
            self.fields["province"] = forms.ChoiceField(label=_("Province"), choices=choices, required=False)
        for field in self.fields.values():
            field.validators.append(ProhibitNullCharactersValidator())

    @property
    def is_china(self) -> bool:
        """Whether the address is written the Chinese way."""
        return self.country == "CN"

    @property
    def is_postcode_optional(self) -> bool:
        """Whether the post does without."""
        return "Z" not in formats.of(self.country).needs

    def clean_phone(self) -> str:
        """Return the number as it was typed, once it is one that can be called."""
        number = str(self.cleaned_data.get("phone") or "").strip()
        if not formats.is_phone(number, self.country):
            raise forms.ValidationError(formats.phone_complaint(self.country))
        return number

    def clean_province(self) -> str:
        """Demand a province where the post needs one; a Chinese one has no place abroad."""
        province = province_in(self.country, str(self.cleaned_data.get("province") or ""))
        if self.is_china and not province:
            raise forms.ValidationError(_("Choose a province"))
        return province

    def clean_postcode(self) -> str:
        """Demand a postcode where addresses need one."""
        postcode = str(self.cleaned_data.get("postcode") or "").strip()
        if not postcode and not self.is_postcode_optional:
            raise forms.ValidationError(_("Enter a postcode"))
        return postcode

    @staticmethod
    def moved(typed: Mapping[str, str]) -> dict[str, str]:
        """Return what was typed as far as it still holds in the country that has just been chosen."""
        country, kept = typed.get("country", ""), dict(typed)
        if typed.get("shown", country) != country:
            kept |= {"province": province_in(country, typed.get("province", "")), "postcode": ""}
        return kept

    def address(self) -> dict[str, str]:
        """Return the checked address, without the email."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name != "email"}


class OrderAddressForm(AddressForm):
    """Where an order that is placed goes; who bought it stays."""

    def __init__(self, *args: Any, order: Order, countries: Iterable[str] = (), **options: Any) -> None:
        initial = {name: getattr(order, name) for name in self.Meta.fields if name != "email"}
        super().__init__(*args, countries={order.country, *countries}, initial=initial, **options)
        del self.fields["email"]


class ChoiceForm(forms.Form):
    """A member chooses one of the saved addresses; without another email it is the account's."""

    email = EmailField(label=_("Email"), max_length=254, required=False, error_messages={"invalid": EMAIL_MESSAGE})
    address = forms.TypedChoiceField(error_messages={"required": _("Choose an address")})

    def __init__(self, *args: Any, cards: Iterable[Card], **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast("forms.TypedChoiceField", self.fields["address"])
        by_key = {str(card.address.pk): card.address for card in cards if card.is_reached}
        field.choices, field.coerce = [(key, key) for key in by_key], by_key.__getitem__
        field.error_messages["invalid_choice"] = field.error_messages["required"]


class ReviewForm(forms.Form):
    """The last page: what was shown, how to pay, a word to the shop."""

    token = forms.UUIDField()
    quote = forms.CharField(max_length=300)
    payment = forms.CharField(max_length=20, required=False)
    note = forms.CharField(max_length=200, required=False, label=_("Note to the shop"))


class LookupForm(forms.Form):
    """A guest asks for an order."""

    number = forms.CharField(
        label=_("Order number"), max_length=40, error_messages={"required": _("Enter the order number")}
    )
    email = EmailField(
        label=_("Email used for the order"), error_messages={"required": EMAIL_MESSAGE, "invalid": EMAIL_MESSAGE}
    )

    def clean_number(self) -> str:
        """Return the digits alone."""
        return re.sub(r"[\s-]", "", str(self.cleaned_data["number"]))

    def clean(self) -> dict[str, Any]:
        """Refuse a number that no order can have; that tells nothing about the orders there are."""
        if "number" in self.cleaned_data and not numbers.is_valid(self.cleaned_data["number"]):
            raise forms.ValidationError(NO_SUCH_ORDER)
        return self.cleaned_data


def _named(countries: Iterable[str]) -> list[tuple[str, str]]:
    """Return countries with their names, the shop's own first."""
    named = [(code, country_name(code)) for code in countries]
    return sorted(named, key=lambda pair: (pair[0] != settings.COUNTRY, pair[1]))
