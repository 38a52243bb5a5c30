"""Code 128, the bar code that hand scanners read: order numbers on paper.

Source: ISO/IEC 15417:2007, Information technology - Automatic identification and data capture techniques - Code 128.
No library: python-barcode 0.16 loses the first pair of a number that begins with 99, and brings pictures and fonts;
what we need of it are forty lines. All other numbers were compared with it.
"""

from __future__ import annotations

# widths of bars and gaps of the symbol characters 0 to 105, table 1 of the standard
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 "
)
_WIDTHS = _TABLE.split()
_STOP = "2331112"
_START_B, _START_C = 104, 105
_MODULUS = 103
QUIET = 10  # modules that stay white on either side


def values(text: str) -> list[int]:
    """Return the symbol characters of a text with start and check character, without the stop character.

    Digits in even number go in pairs (code set C), anything else letter by letter (code set B).
    Raises ValueError for a text that is empty or not printable ASCII.
    """
    if not text or not all(" " <= letter <= "~" for letter in text):
        raise ValueError("Code 128 needs printable ASCII")
    if text.isdigit() and len(text) % 2 == 0:
        found = [_START_C, *(int(text[place : place + 2]) for place in range(0, len(text), 2))]
    else:
        found = [_START_B, *(ord(letter) - 32 for letter in text)]
    check = (found[0] + sum(place * value for place, value in enumerate(found))) % _MODULUS
    return [*found, check]


def widths(text: str) -> str:
    """Return the widths of bars and gaps in modules, a bar first."""
    return "".join(_WIDTHS[value] for value in values(text)) + _STOP


def bars(text: str) -> tuple[list[tuple[int, int]], int]:
    """Return the bars, each its place and width in modules, and how many modules all takes with the quiet zones."""
    found, place = [], QUIET
    for number, width in enumerate(map(int, widths(text))):
        if number % 2 == 0:
            found.append((place, width))
        place += width
    return found, place + QUIET
