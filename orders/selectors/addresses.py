"""Postal addresses as readers of a language write them."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from orders.provinces import PROVINCES


class Address(Protocol):
    """What checkouts and orders have of an address."""

    country: str
    province: str
    city: str
    district: str
    street: str
    postcode: str


def one_line(address: Address) -> str:
    """Return the address without name and phone, in the active language; the country only when it is abroad."""
    if address.country == "CN" and get_language() == "zh-hans":
        text = _joined(address.province, address.city, address.district, address.street)
        text = f"{text} {address.postcode}".strip()
    else:
        parts = (address.street, address.district, address.city, province_name(address.province))
        text = f"{', '.join(filter(None, parts))} {address.postcode}".strip()
    return text if address.country == settings.COUNTRY else f"{text}, {country_name(address.country)}"


def _joined(*parts: str) -> str:
    """Return parts of a Chinese address without gaps, but for one between words that are not Chinese."""
    text = ""
    for part in filter(None, parts):
        is_gap = _is_latin(text[-1:]) and _is_latin(part[0])
        text += f" {part}" if is_gap else part
    return text


def _is_latin(character: str) -> bool:
    """Tell whether a character is a letter or digit of a script written with gaps between words."""
    return character.isalnum() and character < "\u0250"


def province_name(name: str) -> str:
    """Return a Chinese province as readers of the active language call it; any other name as it is."""
    return province_names().get(name, name)


def province_names() -> dict[str, str]:
    """Return China's provinces in the order of GB/T 2260, each with its name in the active language."""
    return _province_names(get_language() or settings.LANGUAGE_CODE)


@lru_cache
def _province_names(language: str) -> dict[str, str]:
    with override(language):
        return {name: str(label) for name, label in PROVINCES}


def country_name(code: str) -> str:
    """Return a country's name in the active language."""
    if code == "CN":
        return str(_("China mainland"))
    return str(Locale.parse(get_language() or "en", sep="-").territories.get(code, code))
