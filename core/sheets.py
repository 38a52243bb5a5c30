"""CSV files that go to a spreadsheet and come back from one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # how a spreadsheet knows one
ENCODINGS = ("utf-8-sig", "gb18030")  # what spreadsheets save: the second holds all of GBK


class UnreadableError(Exception):
    """The file is no table of text that we can read."""


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV that a spreadsheet opens with every letter right, and in which nothing is a formula."""
    text = io.StringIO()
    text.write("\ufeff")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def read(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of a file that are not empty, each with the number of its line.

    Columns may be parted by comma, semicolon or tab: spreadsheets do it by their country. Raises UnreadableError.
    """
    text = _decoded(content)
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip().removeprefix("'") for cell in row]) for row in reader]
    except csv.Error as error:
        raise UnreadableError from error
    return [(line, row) for line, row in rows if any(row)]


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableError
