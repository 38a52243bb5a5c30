"""Takes a Chinese address apart that came in one piece: `姓名 电话 地址`, in any order, with any separators.

What is not recognised stays in the street, so that nothing is lost; whoever pasted it sees the parts before saving.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from accounts.selectors.regions import Region, find

LENGTH_LIMIT = 500
EXAMPLE = "李娜 13800138000 浙江省杭州市西湖区文三路88号"
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2003: " ", 0xA0: " ", 0x200B: None}
_LABEL = re.compile(
    r"(?:收货人|收件人|联系人|姓名|手机号码|手机号|手机|联系电话|联系方式|电话号码|电话|所在地区|所在地|地区|"
    r"收货地址|收件地址|详细地址|详细|地址|邮政编码|邮编)\s*:"
)
_MOBILE = re.compile(r"(?<![\d-])(?:(?:\+|00)?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?:-\d{3,4})?)(?![\d-])")
_GROUPS = re.compile(r"^(1\d\d)[- ]?(\d{4})[- ]?(\d{4})")
_LANDLINE = re.compile(r"(?<![\d-])(\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[-转]\d{1,6})?)(?![\d-])")
_POSTCODE = re.compile(r"(?<!\S)(\d{6})(?!\S)")
_SEPARATORS = re.compile(r"[\s,;|。]+")
_NAME = re.compile(r"[\u3400-\u9fff·]{2,5}(?:\([\u3400-\u9fff]{2}\))?|[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f.'-]*")
_COUNTRY = re.compile(r"中华人民共和国|中国(?=\s*[\u3400-\u9fff])")
_PLACE = re.compile(r"[路街道巷弄号楼栋幢室村镇乡园苑厦城区县市省]|[0-9]")


@dataclass(frozen=True)
class Pasted:
    """What was recognised; an empty text for what was not."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""


def split(text: str) -> Pasted:
    """Return the parts of an address; at most the first 500 characters are looked at."""
    rest = _LABEL.sub(" ", _COUNTRY.sub(" ", text[:LENGTH_LIMIT].translate(_WIDE)))
    phone, rest = _taken(_MOBILE, rest)
    if not phone:
        phone, rest = _taken(_LANDLINE, rest)
    postcode, rest = _taken(_POSTCODE, rest)
    words = [word for word in _SEPARATORS.split(rest) if word and word not in ("收", "(收)")]
    before, address, region = _placed(words)
    name, street = _named(before, region.rest if region else address)
    phone = _GROUPS.sub(r"\1\2\3", phone)
    if region is None:
        return Pasted(name=name, phone=phone, street=street, postcode=postcode)
    return Pasted(name, phone, region.province, region.city, region.district, street, postcode)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return the first match, and the text with a gap in its place."""
    match = pattern.search(text)
    if match is None:
        return "", text
    return match[1], f"{text[: match.start()]} {text[match.end() :]}"


def _placed(words: list[str]) -> tuple[list[str], str, Region | None]:
    """Return the words before the address, the address, and the region at its head, if there is one.

    A name may be glued to the address, so a region is looked for within words when no word begins with one.
    """
    for place, word in enumerate(words):
        region = find(" ".join(words[place:]))
        if region is not None and not _is_person_before(word, words[place + 1 :]):
            return words[:place], "", region
    for place, word in enumerate(words):
        for cut in range(2, min(len(word), 5)):
            region = find(" ".join([word[cut:], *words[place + 1 :]]))
            if region is not None and region.province:
                return [*words[:place], word[:cut]], "", region
    street = next((place for place, word in enumerate(words) if _PLACE.search(word)), len(words))
    return words[:street], " ".join(words[street:]), None


def _is_person_before(word: str, following: list[str]) -> bool:
    """Tell whether a word that begins like a province is a person, because another province follows."""
    region, behind = find(word), find(" ".join(following))
    return region is not None and behind is not None and not region.city and region.province != behind.province


def _named(before: list[str], address: str) -> tuple[str, str]:
    """Return the name and the street: the name stands before the address, or in its last words."""
    names = [word for word in before if _NAME.fullmatch(_bare(word))]
    if names:
        others = [word for word in before if word not in names]
        return _bare(" ".join(names)), " ".join([*others, address]).strip()
    words = [*before, *address.split()]
    last = len(words)
    while last > 1 and _is_person(words[last - 1]) and (last == len(words) or _is_latin(words[last])):
        last -= 1
    return _bare(" ".join(words[last:])), " ".join(words[:last])


def _is_person(word: str) -> bool:
    bare = _bare(word)
    return (
        bool(_NAME.fullmatch(bare))
        and (_is_latin(bare) or len(bare.partition("(")[0]) <= 4)
        and not _PLACE.search(bare)
    )


def _is_latin(word: str) -> bool:
    return word < "\u0250"


def _bare(name: str) -> str:
    """Return a name without the word "receives" behind it."""
    return re.sub(r"(?<=.{2})(?:\(收\)|收)$", "", name)
