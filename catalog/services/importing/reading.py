"""Read product files row by row: JSON lines or CSV, plain or gzip. docs/IMPORT.md describes the columns."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from core import money

LINE_LIMIT = 1_000_000
PRICE_LIMIT = Decimal(10) ** 10 - Decimal("0.005")  # what would be rounded up to ten thousand million
COUNT_LIMIT = 1_000_000_000
CATEGORY_LEVELS = 5
MEASURES = {"weight_grams": 10_000_000, "length_mm": 100_000, "width_mm": 100_000, "height_mm": 100_000}
LENGTHS = {"id": 100, "sku": 300, "title": 300, "brand": 120, "ean": 20, "description": 20_000}
LANGUAGES = {"en": "en", "zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans"}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, by line (from 1) and column; `-` stands for the whole row."""

    line: int
    column: str
    message: str


class DamagedFileError(Exception):
    """A compressed file cannot be unpacked to its end."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.name)
        self.path = path


class RowError(Exception):
    """A row cannot be used; says why."""

    def __init__(self, line: int, column: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(line, column, message)


class _LongLineError(Exception):
    """A line of a CSV file has no end within reason."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Row:
    """One product as a file has it, checked. `regular` is the price before a reduction.

    is_known_by_sku: the row has one number only, so a product with that SKU is this product. A row with
    id and SKU is known by its id: suppliers give one SKU to several products.
    """

    line: int
    external_id: str
    sku: str
    is_known_by_sku: bool
    title: str
    language: str
    brand: str
    category: tuple[str, ...]
    price: Decimal | None
    regular: Decimal | None
    currency: str
    description: str
    ean: str
    released: date | None
    sold: int
    stock: int | None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    measures: Mapping[str, int] = field(default_factory=dict)  # of those the row names, by column

    @property
    def digest(self) -> str:
        """A hash of everything in the row but its place in the file."""
        words = [
            [self.external_id, self.sku, self.title, self.language, self.brand, *self.category],
            [str(self.price), str(self.regular), self.currency, self.description, self.ean],
            [str(self.released), self.sold, self.stock],
        ]
        told = [words, self.attributes]
        if self.measures:  # rows without them keep the hash they had before there were such columns
            told.append(self.measures)
        text = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def rows(path: Path, *, currency: str) -> Iterator[Row | Problem]:
    """Yield every row of a file, or what is wrong with it, in the file's order.

    currency: for rows that name none. Raises DamagedFileError.
    """
    for line, raw in _raw_rows(path):
        try:
            yield _checked(line, raw, currency) if isinstance(raw, dict) else Problem(line, "-", raw)
        except RowError as error:
            yield error.problem


def fingerprint(path: Path, *options: object) -> str:
    """Return a hash of a file's bytes and of the options it is imported with."""
    digest = hashlib.sha256(repr(options).encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _raw_rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield line numbers with a row's values, or with a sentence about why there are none."""
    name = path.name.removesuffix(".gz")
    with _opened(path) as file:
        if name.endswith(".csv"):
            yield from _csv_rows(file)
        else:
            yield from _json_rows(file)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as plain:
        if not path.name.endswith(".gz"):
            yield plain
            return
        try:
            with gzip.open(plain, "rb") as file:
                yield file  # type: ignore[misc]  # gzip's files are binary files in all but name
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DamagedFileError(path) from error


def _json_rows(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    line = 0
    while content := file.readline(LINE_LIMIT + 1):
        line += 1
        if len(content) > LINE_LIMIT:
            yield line, "the line is longer than a million bytes"
            while content and not content.endswith(b"\n"):
                content = file.readline(LINE_LIMIT)
            continue
        if content.strip():
            yield line, _json_row(content)


def _json_row(content: bytes) -> dict[str, Any] | str:
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "the line is not UTF-8"
    except (ValueError, RecursionError) as error:
        return f"the line is not JSON: {error}"
    return value if isinstance(value, dict) else "the line is no JSON object"


def _csv_rows(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    reader = csv.reader(_lines(file))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        for cells in reader:
            if any(cells):
                yield reader.line_num, _csv_row(header, cells)
    except _LongLineError as error:
        yield error.line, "the line is longer than a million bytes, so the rest of the file was not read"
    except csv.Error as error:
        yield reader.line_num, f"the file is no CSV from here on: {error}"


def _lines(file: IO[bytes]) -> Iterator[str]:
    line = 0
    while content := file.readline(LINE_LIMIT + 1):
        line += 1
        if len(content) > LINE_LIMIT:
            raise _LongLineError(line)
        yield content.decode("utf-8-sig" if line == 1 else "utf-8", errors="surrogateescape")


def _csv_row(header: list[str], cells: list[str]) -> dict[str, Any] | str:
    if len(cells) > len(header):
        return f"the row has {len(cells)} cells, the header {len(header)}"
    row: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if cell != ""}
    if "attributes" in row:
        with suppress(ValueError):  # what is no JSON is refused with its column's name, as text
            row["attributes"] = json.loads(row["attributes"])
    return row


def _checked(line: int, raw: dict[str, Any], currency: str) -> Row:
    """Return the row with every value checked; raise RowError for the first that does not fit."""
    texts = {name: _text(line, raw, name) for name in ("id", "sku", "title", "brand", "ean", "description")}
    if not texts["title"]:
        raise RowError(line, "title", "is missing")
    if not texts["sku"] and not texts["id"]:
        raise RowError(line, "sku", "neither sku nor id is given")
    price = _price(line, raw, "price")
    regular = _price(line, raw, "old_price")
    return Row(
        line=line,
        external_id=texts["id"],
        sku=texts["sku"] or texts["id"],
        is_known_by_sku=not (texts["sku"] and texts["id"]),
        title=texts["title"],
        language=_language(line, raw, texts["title"]),
        brand=texts["brand"],
        category=_category(line, raw),
        price=price,
        regular=regular if regular and price is not None and regular > price else None,
        currency=_currency(line, raw, currency),
        description=texts["description"],
        ean=texts["ean"],
        released=_released(line, raw),
        sold=_count(line, raw, "sold") or 0,
        stock=_count(line, raw, "stock"),
        attributes=_attributes(line, raw),
        measures=_measures(line, raw),
    )


def _text(line: int, raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if isinstance(value, dict | list | bool):
        raise RowError(line, name, "must be text")
    text = str(value).strip()
    if len(text) > LENGTHS[name]:
        raise RowError(line, name, f"is longer than {LENGTHS[name]} characters")
    _demand_storable(line, name, text)
    return text


def _demand_storable(line: int, name: str, text: str) -> None:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise RowError(line, name, "contains characters that are no text")


def _price(line: int, raw: dict[str, Any], name: str) -> Decimal | None:
    value = raw.get(name)
    if value is None or value == "":
        return None
    try:
        is_number = not isinstance(value, bool) and "_" not in str(value)
        amount = Decimal(str(value).strip()) if is_number else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise RowError(line, name, f"must be a number, not {str(value)[:40]!r}")
    if not 0 <= amount < PRICE_LIMIT:
        raise RowError(line, name, "must be between 0 and ten thousand million")
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _count(line: int, raw: dict[str, Any], name: str) -> int | None:
    value = raw.get(name)
    if value is None or value == "":
        return None
    text = str(value).strip()
    is_number = not isinstance(value, bool) and text.isascii() and text.isdecimal()
    digits = text.lstrip("0") or "0"
    if not is_number or len(digits) > len(str(COUNT_LIMIT)) or int(digits) > COUNT_LIMIT:
        raise RowError(line, name, f"must be a whole number from 0, not {text[:40]!r}")
    return int(digits)


def _measures(line: int, raw: dict[str, Any]) -> dict[str, int]:
    """Return what a packed piece weighs and measures, as far as the row says."""
    found = {}
    for name, limit in MEASURES.items():
        number = _count(line, raw, name)
        if number is None:
            continue
        if number > limit:
            raise RowError(line, name, f"must be at most {limit}")
        found[name] = number
    return found


def _currency(line: int, raw: dict[str, Any], default: str) -> str:
    code = str(raw.get("currency") or default)
    try:
        money.digits(code)
    except money.UnsupportedCurrencyError:
        raise RowError(line, "currency", f"is no currency this shop can hold: {code[:10]!r}") from None
    return code


def _language(line: int, raw: dict[str, Any], title: str) -> str:
    """Return the row's language; where it names none, Chinese when the title has Chinese characters."""
    given = str(raw.get("lang") or "").lower()
    if given:
        if given not in LANGUAGES:
            raise RowError(line, "lang", f"is none of {', '.join(sorted(LANGUAGES))}")
        return LANGUAGES[given]
    return "zh-hans" if any("\u4e00" <= character <= "\u9fff" for character in title) else "en"


def _category(line: int, raw: dict[str, Any]) -> tuple[str, ...]:
    value = raw.get("category") or ""
    if not isinstance(value, str):
        raise RowError(line, "category", "must be text such as A > B > C")
    path = tuple(part.strip() for part in value.split(">") if part.strip())
    if len(path) > CATEGORY_LEVELS or any(len(part) > 120 for part in path):
        raise RowError(line, "category", f"has more than {CATEGORY_LEVELS} levels, or a name of over 120 characters")
    _demand_storable(line, "category", value)
    return path


def _released(line: int, raw: dict[str, Any]) -> date | None:
    value = str(raw.get("released") or "")
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise RowError(line, "released", f"must be a day such as 2026-11-21, not {value[:20]!r}") from None


def _attributes(line: int, raw: dict[str, Any]) -> dict[str, Any]:
    value = raw.get("attributes")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RowError(line, "attributes", "must be an object of names and values")
    for name, each in value.items():
        if not isinstance(each, str | int | float | bool) or len(str(each)) > 8000 or len(name) > 120:
            raise RowError(line, f"attributes.{name[:60]}", "must be a text, a number or true or false")
        _demand_storable(line, f"attributes.{name[:60]}", f"{name}{each}")
    return value
