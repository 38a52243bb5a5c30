"""How addresses are written in each country: which parts they have and need, and what looks odd in them.

Source: accounts/data/README.md.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILE = Path(__file__).resolve().parents[1] / "data" / "formats.json"
CHINESE_MOBILE = re.compile(r"(?:\+?86)?1[0-9]{10}")
PROVINCES: dict[str, str | Promise] = {
    "province": _("Province"),
    "state": _("State"),
    "county": _("County"),
    "prefecture": _("Prefecture"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "department": _("Department"),
}
POSTCODES: dict[str, str | Promise] = {"zip": _("ZIP code"), "pin": _("PIN code"), "eircode": _("Eircode")}


@dataclass(frozen=True)
class Format:
    """What an address of a country has and needs.

    has, needs: letters for parts of it; C city, S province, Z postcode.
    pattern: of a postcode; empty where there is none or any will do.
    """

    has: str
    needs: str
    province: str
    postcode: str
    pattern: str

    @property
    def province_label(self) -> str:
        """What the largest part of the country is called."""
        return str(PROVINCES.get(self.province, _("Region")))

    @property
    def postcode_label(self) -> str:
        """What the postcode is called."""
        return str(POSTCODES.get(self.postcode, _("Postcode")))

    def is_postcode(self, postcode: str) -> bool:
        """Tell whether this looks like a postcode of the country."""
        return not self.pattern or bool(re.fullmatch(self.pattern, postcode.strip().upper()))


def of(country: str) -> Format:
    """Return the format of a country; of one that is not in the data, a format that needs nothing but a city."""
    return _formats().get(country, Format("CSZ", "C", "province", "postal", ""))


def countries() -> list[str]:
    """Return the codes of all countries and regions, in alphabetical order."""
    return list(_formats())


def is_phone(number: str, country: str) -> bool:
    """Tell whether a number can be called: a mobile number in China, any possible number elsewhere."""
    if country == "CN":
        return bool(CHINESE_MOBILE.fullmatch(re.sub(r"[\s-]", "", number)))
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False


def phone_complaint(country: str) -> str:
    """Return what to say about a number that cannot be called."""
    return str(_("Enter an 11-digit mobile number") if country == "CN" else _("Enter a phone number with country code"))


@lru_cache(maxsize=1)
def _formats() -> dict[str, Format]:
    return {code: Format(**row) for code, row in json.loads(FILE.read_text(encoding="utf-8")).items()}
