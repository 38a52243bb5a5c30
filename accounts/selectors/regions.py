"""Finds province, city and district at the head of a Chinese address, also where suffixes or levels are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from accounts.selectors import divisions

_PEOPLES = (
    "土家族|苗族|侗族|布依族|彝族|藏族|羌族|哈尼族|壮族|傣族|景颇族|白族|傈僳族|回族|蒙古族|朝鲜族|蒙古|哈萨克|柯尔克孜"
)
_PROVINCE_SUFFIX = re.compile(r"(?:壮族|回族|维吾尔)?(?:自治区|特别行政区)$|[省市]$")
_CITY_SUFFIX = re.compile(rf"(?:{_PEOPLES})*自治州$|地区$|[市盟]$")
_UNKNOWN_DISTRICT = re.compile(r"[^路街道镇乡村号园小社开大\W\d]{1,4}[区县旗]")
_GAP = re.compile(r"^[\s,]+")


@dataclass(frozen=True)
class Region:
    """The head of an address; city and district are empty where they are not told. rest: what follows them."""

    province: str
    city: str
    district: str
    rest: str


def find(text: str) -> Region | None:
    """Return the region a text begins with, the names in full as the data has them; None when it begins with none."""
    text = _trimmed(text)
    return _city_first(text) or _province_first(text) or _district_first(text)


def _province_first(text: str) -> Region | None:
    for province, written in _provinces():
        if text.startswith(written):
            rest = _trimmed(text[len(written) :])
            return _below(province, rest)
    return None


def _below(province: str, text: str) -> Region:
    """Return the region whose province has been read."""
    if province in divisions.cities(province):  # a municipality may be named twice, or be followed by its districts
        text = _without(text, province, _short_province(province) + "市", "市辖区")
        return _with_district(province, province, text)
    for city, written in _cities(province):
        if text.startswith(written):
            return _with_district(province, city, _trimmed(text[len(written) :]))
    for city in divisions.cities(province):
        for district in divisions.districts(province, city):
            if text.startswith(district):
                return Region(province, city, district, _trimmed(text[len(district) :]))
    return Region(province, "", "", text)


def _city_first(text: str) -> Region | None:
    """Return the region of a text that begins with a city: in full, or in short before one of its districts."""
    for province in divisions.tree():
        if province in divisions.cities(province):
            continue
        for city, written in _cities(province):
            if text.startswith(written):
                found = _with_district(province, city, _trimmed(text[len(written) :]))
                if written == city or found.district:
                    return found
    return None


def _district_first(text: str) -> Region | None:
    """Return the region of a text that begins with a district of which there is one in the country."""
    match = re.match(r"[^\W\d]{2,15}?[市区县旗]", text)
    if match is None:
        return None
    homes = _homes().get(match[0], ())
    return Region(*homes[0], match[0], _trimmed(text[len(match[0]) :])) if len(homes) == 1 else None


def _with_district(province: str, city: str, text: str) -> Region:
    known = divisions.districts(province, city)
    text = _without(text, "市辖区")
    district = next((each for each in sorted(known, key=len, reverse=True) if text.startswith(each)), "")
    if not district and known:
        match = _UNKNOWN_DISTRICT.match(text)  # a new one, or one of those that only people know
        district = match[0] if match else ""
    if not district:  # in short, before a gap
        word = text.split(maxsplit=1)[0] if " " in text else ""
        full = next((each for each in known if len(word) > 1 and each[:-1] == word), "")
        return Region(province, city, full, _trimmed(text[len(word) :]) if full else text)
    return Region(province, city, district, _trimmed(text[len(district) :]))


def _without(text: str, *heads: str) -> str:
    for head in heads:
        text = _trimmed(text.removeprefix(head))
    return text


def _trimmed(text: str) -> str:
    return _GAP.sub("", text)


def _short_province(province: str) -> str:
    return _PROVINCE_SUFFIX.sub("", province)


@lru_cache(maxsize=1)
def _provinces() -> list[tuple[str, str]]:
    """Return provinces with the ways to write them, the longest first."""
    return _longest_first(
        (province, written)
        for province in divisions.tree()
        for short in [_short_province(province)]
        for written in _variants(province, short, "" if province.endswith("市") else "省")
    )


@lru_cache(maxsize=64)
def _cities(province: str) -> list[tuple[str, str]]:
    """Return the cities of a province with the ways to write them, the longest first."""
    return _longest_first(
        (city, written)
        for city in divisions.cities(province)
        for short in [_CITY_SUFFIX.sub("", city)]
        for written in _variants(city, short, "州" if city.endswith("州") else "市")
    )


def _variants(full: str, short: str, suffix: str) -> Iterator[str]:
    yield full
    if len(short) > 1:
        yield short
        yield short + suffix
        if full.endswith("自治区"):
            yield f"{short}自治区"


def _longest_first(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(dict.fromkeys(pairs), key=lambda pair: -len(pair[1]))


@lru_cache(maxsize=1)
def _homes() -> dict[str, list[tuple[str, str]]]:
    """Return province and city of each district, by its name."""
    homes: dict[str, list[tuple[str, str]]] = {}
    for province, cities in divisions.tree().items():
        for city, districts in cities.items():
            for district in districts:
                homes.setdefault(district, []).append((province, city))
    return homes
