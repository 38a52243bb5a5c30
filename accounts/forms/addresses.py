"""The form for a saved address: in the parts its country has, in China with the places of the province chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Address
from accounts.selectors import divisions, formats
from accounts.selectors.addresses import countries, country_name, province_in, province_names

OTHER = "other"  # instead of a city or district: it is not in the list and will be typed
Typed = Mapping[str, str]


class OpenChoiceField(forms.ChoiceField):
    """A select that takes other words as well: districts are renamed more often than data is."""

    def valid_value(self, value: str) -> bool:
        """Take anything: the post knows more places than the list."""
        return True


class AddressForm(forms.ModelForm[Address]):
    """An address to save. Refuses only what no post office could deliver; what looks odd it asks about once."""

    class Meta:
        model = Address
        fields = (
            *("country", "name", "phone", "province", "city", "district", "street", "postcode"),
            *("label", "is_default"),
        )
        labels = {
            "name": gettext_lazy("Full name"),
            "phone": gettext_lazy("Mobile number"),
            "city": gettext_lazy("City"),
            "district": gettext_lazy("District"),
            "street": gettext_lazy("Street and house number"),
        }
        error_messages = {
            "name": {"required": gettext_lazy("Enter the full name")},
            "city": {"required": gettext_lazy("Enter a city")},
            "district": {"required": gettext_lazy("Enter a district")},
            "street": {"required": gettext_lazy("Enter a street and house number")},
        }

    def __init__(
        self, data: Typed | None = None, *, initial: Typed | None = None, instance: Address | None = None
    ) -> None:
        own = {} if instance is None else forms.model_to_dict(instance, self.Meta.fields)
        shown = {**own, **(initial or {})} if data is None else dict(data)
        self.typed_levels = {name for name in ("city", "district") if shown.get(name) == OTHER}
        shown |= dict.fromkeys(self.typed_levels, "")
        super().__init__(None if data is None else shown, initial=shown, instance=instance)
        self.country = str(shown.get("country") or settings.COUNTRY)
        self.format = formats.of(self.country)
        self._set_required()
        self.fields["country"] = forms.ChoiceField(label=_("Country or region"), choices=countries())
        self.fields["label"] = forms.ChoiceField(
            label=_("Label"), choices=[("", "–"), *Address.Label.choices], required=False
        )
        self.fields["province"].label = self.format.province_label
        self.fields["postcode"].label = self.format.postcode_label
        if self.is_china:
            self._offer_places(*(str(shown.get(name) or "") for name in ("province", "city", "district")))

    def _set_required(self) -> None:
        self.fields["phone"].required = False  # checked below, with the country's own words
        self.fields["province"].required = False
        self.fields["city"].required = "C" in self.format.needs
        self.fields["district"].required = self.is_china
        self.fields["postcode"].required = "Z" in self.format.needs
        self.fields["postcode"].error_messages["required"] = _("Enter a postcode")

    def _offer_places(self, province: str, city: str, district: str) -> None:
        """Make selects of what the data knows; Chinese names of cities are of use to those who read them."""
        self._offer("province", _("Province"), province_names().items(), province)
        cities, districts = divisions.cities(province), divisions.districts(province, city)
        self.fields["district"].required = bool(districts) or city not in cities
        if get_language() != "zh-hans":
            return
        other = (OTHER, _("Not in this list"))
        if "city" not in self.typed_levels and (cities or not province):
            self._offer("city", _("City"), [*_pairs(cities), *([other] if province else [])], city)
        is_open = "city" not in self.typed_levels and not city
        if "district" not in self.typed_levels and (districts or is_open):
            self._offer("district", _("District"), [*_pairs(districts), *([other] if city else [])], district)

    def _offer(self, name: str, label: str, places: Iterable[tuple[str, str]], chosen: str) -> None:
        """Make a field a select; what is chosen and not in the data is one more choice."""
        before = self.fields[name]
        choices = [("", _("Choose")), *places]
        if chosen and chosen not in dict(choices):
            choices.insert(1, (chosen, chosen))
        self.fields[name] = OpenChoiceField(
            label=label,
            choices=choices,
            required=before.required,
            error_messages={"required": before.error_messages["required"]},
            validators=[MaxLengthValidator(100), ProhibitNullCharactersValidator()],
        )

    @property
    def is_china(self) -> bool:
        """Whether the address is written the Chinese way."""
        return self.country == "CN"

    @property
    def optional(self) -> dict[str, bool]:
        """Whether a part may stay empty, by its name."""
        needs = {"province": "S" in self.format.needs}
        return {name: not needs.get(name, field.required) for name, field in self.fields.items()}

    @property
    def has_province(self) -> bool:
        """Whether to ask for a province: where addresses have one, and where there is one already."""
        return "S" in self.format.has or bool(self["province"].value())

    @property
    def has_postcode(self) -> bool:
        """Whether to ask for a postcode: where there are any, and where there is one already."""
        return "Z" in self.format.has or bool(self["postcode"].value())

    def clean_phone(self) -> str:
        """Demand something to call; whether it looks right is asked by `doubts`."""
        number = str(self.cleaned_data.get("phone") or "").strip()
        if not any(character.isdigit() for character in number):
            raise forms.ValidationError(formats.phone_complaint(self.country))
        return number

    def clean_province(self) -> str:
        """Demand a province where the post needs one; a Chinese one has no place abroad."""
        province = province_in(self.country, str(self.cleaned_data.get("province") or "").strip())
        if not province and "S" in self.format.needs:
            raise forms.ValidationError(_("Choose a province") if self.is_china else _("Enter a province or state"))
        return province

    @cached_property
    def doubts(self) -> dict[str, str]:
        """Return by field what looks wrong in a valid form and can be right all the same."""
        told = self.cleaned_data
        found = {}
        if not formats.is_phone(told["phone"], self.country):
            found["phone"] = formats.phone_complaint(self.country)
        home = divisions.province_of(told["city"]) if self.is_china else ""
        if home not in ("", told["province"]):
            found["city"] = _("%(city)s lies in another province") % {"city": told["city"]}
        if told["postcode"] and not self.format.is_postcode(told["postcode"]):
            place = {"country": country_name(self.country)}
            found["postcode"] = _("This does not look like a postcode of %(country)s") % place
        return found

    @property
    def doubted(self) -> str:
        """What was odd, in one text: coming back with the form, it says that the shopper is sure of just this."""
        return "; ".join(f"{name}={self.cleaned_data[name]}" for name in self.doubts)

    def values(self) -> dict[str, str]:
        """Return the checked address and its label."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name != "is_default"}

    @staticmethod
    def moved(typed: Typed) -> dict[str, str]:
        """Return what was typed as far as it still holds in the country, province or city that has just been chosen.

        typed: the form, with what it was shown for as `shown`, `shown_province` and `shown_city`.
        """
        country, province, city = (typed.get(name, "") for name in ("country", "province", "city"))
        kept, before = dict(typed), typed.get("shown_province", province)
        if typed.get("shown", country) != country:
            kept |= {"province": province_in(country, province), "postcode": "", "district": ""}
        elif before != province and city in divisions.cities(before):
            kept |= {"city": "", "district": ""}
        elif typed.get("shown_city", city) != city and city:
            kept["district"] = ""
        return kept


def _pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]
