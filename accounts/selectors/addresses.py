"""Postal addresses as readers of a language write them."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import Address, User
from accounts.provinces import PROVINCES
from accounts.selectors import formats
from core.rows import Statement

_DEFAULT = Statement(
    "SELECT {address} FROM accounts_address address WHERE address.user_id = %s AND address.is_default", address=Address
)


class Postal(Protocol):
    """What saved addresses, checkouts and orders have of an address."""

    country: str
    province: str
    city: str
    district: str
    street: str
    postcode: str


def own(*, user: User) -> list[Address]:
    """Return the addresses of a user, the default first, then the one changed last."""
    return list(Address.objects.visible_to(user).order_by("-is_default", "-updated_at", "-pk"))


def default(*, user: User) -> Address | None:
    """Return the address that a user's parcels go to unless another is chosen; None before there is one."""
    found: Address | None = _DEFAULT.first([user.pk])[0]
    return found


def one_line(address: Postal) -> str:
    """Return the address without name and phone, in the active language; the country only when it is abroad.

    A municipality, which is its own city, is named once.
    """
    city = "" if address.city == address.province else address.city
    if address.country == "CN" and get_language() == "zh-hans":
        text = _joined(address.province, city, address.district, address.street)
        text = f"{text} {address.postcode}".strip()
    else:
        parts = (address.street, address.district, city, province_name(address.province))
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


def region_name(region: str) -> str:
    """Return what a region is called in the active language: a country, by its code, or a Chinese province."""
    return country_name(region) if len(region) == 2 and region.isascii() else province_name(region)


def province_in(country: str, province: str) -> str:
    """Return a province, or nothing when it lies in China and the address does not."""
    return "" if country != "CN" and province in province_names() else province


def province_names() -> dict[str, str]:
    """Return China's provinces in the order of GB/T 2260, each with its name in the active language."""
    return _province_names(get_language() or settings.LANGUAGE_CODE)


@lru_cache
def _province_names(language: str) -> dict[str, str]:
    with override(language):
        return {name: str(label) for name, label in PROVINCES}


def countries() -> list[tuple[str, str]]:
    """Return all countries and regions with their names in the active language, the shop's own first."""
    return _countries(get_language() or settings.LANGUAGE_CODE)


@lru_cache
def _countries(language: str) -> list[tuple[str, str]]:
    with override(language):
        named = [(code, country_name(code)) for code in formats.countries()]
    is_chinese = language.startswith("zh")
    return sorted(named, key=lambda pair: (pair[0] != settings.COUNTRY, _by_sound(pair[1]) if is_chinese else pair[1]))


def _by_sound(name: str) -> bytes:
    """Return what sorts common Chinese words by pinyin: their places in GB 2312."""
    return name.encode("gbk", "replace")


def country_name(code: str) -> str:
    """Return a country's name in the active language."""
    if code == "CN":
        return str(_("China mainland"))
    return str(Locale.parse(get_language() or "en", sep="-").territories.get(code, code))
