"""Code 128: known codes, and what the standard says of every one of them."""

import pytest

from core import barcodes


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12", [105, 12, 14]),
        ("552270165309", [105, 55, 22, 70, 16, 53, 9, 76]),
        (
            "PJJ123C",
            [104, 48, 42, 42, 17, 18, 19, 35, 55],
        ),
        ("123", [104, 17, 18, 19, 8]),
    ],
)
def test_a_known_text_has_its_known_characters(text, values):
    assert barcodes.values(text) == values


def test_known_widths():
    assert barcodes.widths("12") == "211232" + "112232" + "122231" + "2331112"


@pytest.mark.parametrize("text", ["552270165309", "SF-1 x", "~"])
def test_every_character_has_three_bars_and_three_gaps_in_eleven_modules(text):
    widths = barcodes.widths(text)
    characters = [widths[place : place + 6] for place in range(0, len(widths) - 7, 6)]

    assert all(sum(map(int, each)) == 11 and sum(map(int, each[::2])) % 2 == 0 for each in characters)
    assert len(set(barcodes._WIDTHS)) == 106


def test_bars_stand_between_quiet_zones():
    bars, width = barcodes.bars("12")

    assert (bars[0], bars[-1], width) == ((10, 2), (10 + 3 * 11 + 11, 2), 10 + 3 * 11 + 13 + 10)


@pytest.mark.parametrize("text", ["", "é", "a\n", "１２"])
def test_what_it_cannot_say_is_refused(text):
    with pytest.raises(ValueError, match="ASCII"):
        barcodes.values(text)
