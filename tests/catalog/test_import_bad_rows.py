"""Rows that cannot be used: told by line and column, while the good ones around them come in."""

import csv
import gzip
import json
from typing import Any

import pytest
from django.core.management import CommandError

from catalog.models import Category, ImportRun, Product
from tests import make
from tests.catalog import files

pytestmark = pytest.mark.django_db

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": None}, "title"),
    "blank title": ({"title": "  "}, "title"),
    "title of a list": ({"title": ["Kettle"]}, "title"),
    "title too long": ({"title": "x" * 301}, "title"),
    "title of half a character": ({"title": "\ud800"}, "title"),
    "title with a null": ({"title": "a\x00b"}, "title"),
    "neither sku nor id": ({"sku": None, "id": None}, "sku"),
    "sku too long": ({"sku": "x" * 301}, "sku"),
    "id too long": ({"id": "x" * 101}, "id"),
    "brand too long": ({"brand": "x" * 121}, "brand"),
    "ean too long": ({"ean": "1" * 21}, "ean"),
    "description too long": ({"description": "x" * 20_001}, "description"),
    "price in words": ({"price": "twenty"}, "price"),
    "price with a comma": ({"price": "20,95"}, "price"),
    "price with an underscore": ({"price": "1_000"}, "price"),
    "price below zero": ({"price": -1}, "price"),
    "price beyond all": ({"price": 1e10}, "price"),
    "price rounded up beyond all": ({"price": "9999999999.995"}, "price"),
    "price of true": ({"price": True}, "price"),
    "price not a number": ({"price": float("nan")}, "price"),
    "price without end": ({"price": float("inf")}, "price"),
    "old price in words": ({"old_price": "more"}, "old_price"),
    "unknown currency": ({"currency": "yuan"}, "currency"),
    "currency of three decimals": ({"currency": "KWD"}, "currency"),
    "unknown language": ({"lang": "tlh"}, "lang"),
    "category of a list": ({"category": ["Kitchen"]}, "category"),
    "category too deep": ({"category": " > ".join("abcdef")}, "category"),
    "category too long": ({"category": "x" * 121}, "category"),
    "no day": ({"released": "2026-02-30"}, "released"),
    "day in words": ({"released": "yesterday"}, "released"),
    "sold in words": ({"sold": "many"}, "sold"),
    "sold below zero": ({"sold": -1}, "sold"),
    "stock in parts": ({"stock": 1.5}, "stock"),
    "stock of true": ({"stock": True}, "stock"),
    "stock beyond all": ({"stock": 10**12}, "stock"),
    "stock just beyond all": ({"stock": 1_000_000_001}, "stock"),
    "stock of many digits": ({"stock": "9" * 5000}, "stock"),
    "sold of many digits": ({"sold": "9" * 5000}, "sold"),
    "weight in words": ({"weight_grams": "heavy"}, "weight_grams"),
    "weight below zero": ({"weight_grams": -1}, "weight_grams"),
    "weight in parts": ({"weight_grams": 1.5}, "weight_grams"),
    "weight beyond all": ({"weight_grams": 10_000_001}, "weight_grams"),
    "length beyond all": ({"length_mm": 100_001}, "length_mm"),
    "height of true": ({"height_mm": True}, "height_mm"),
    "attributes of a list": ({"attributes": ["red"]}, "attributes"),
    "attribute of a list": ({"attributes": {"colour": ["red"]}}, "attributes.colour"),
    "attribute of nothing": ({"attributes": {"colour": None}}, "attributes.colour"),
    "attribute not a number": ({"attributes": {"weight": float("nan")}}, "attributes.weight"),
    "attribute without end": ({"attributes": {"weight": float("inf")}}, "attributes.weight"),
    "attribute too long": ({"attributes": {"colour": "x" * 8001}}, "attributes.colour"),
    "attribute with a null": ({"attributes": {"colour": "a\x00"}}, "attributes.colour"),
}
LINES = {
    "no JSON": b"{title: kettle}",
    "cut short": b'{"id": "1", "title": "Ket',
    "a list": b'["Kettle"]',
    "a number": b"7",
    "not UTF-8": '{"id": "1", "title": "水壶"}'.encode("gbk"),
    "a huge number": b'{"id": "1", "title": "Kettle", "price": ' + b"9" * 5000 + b"}",
    "very deep": b"[" * 100_000,
    "a huge line": b'{"id": "1", "title": "' + b"x" * 1_000_001 + b'"}',
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_told_by_line_and_column_and_the_others_come_in(tmp_path, kind):
    values, column = BAD[kind]
    bad = json.dumps(files.row(2, **values)).encode()
    bad = bad if all(values.values()) else json.dumps(files.row(2) | values).encode()
    path = files.write(tmp_path, files.row(1), bad, files.row(3))

    report = files.load(path)

    assert files.told(report) == [(2, column)]
    assert files.counts(report) == (2, 0, 0, 1)
    assert sorted(Product.objects.values_list("external_id", flat=True)) == ["shop-1", "shop-3"]


@pytest.mark.parametrize("kind", LINES)
def test_a_line_that_is_no_row_is_told_and_the_others_come_in(tmp_path, kind):
    path = files.write(tmp_path, files.row(1), LINES[kind], b"", files.row(3))

    report = files.load(path)

    assert files.told(report) == [(2, "-")]
    assert files.counts(report) == (2, 0, 0, 1)


def test_nothing_of_a_refused_row_is_made(tmp_path):
    path = files.write(tmp_path, files.row(1, price="much", category="Nowhere", brand="Nobody"))

    report = files.load(path)

    assert files.counts(report) == (0, 0, 0, 1)
    assert not Category.objects.exists()
    assert not Product.objects.exists()


def test_a_sku_of_another_merchant_is_refused_and_stays_theirs(tmp_path):
    theirs = make.product("Theirs", merchant=make.merchant())
    sku = make.only_variant(theirs).sku

    report = files.load(files.write(tmp_path, files.row(1, id=None, sku=sku)))

    assert files.told(report) == [(1, "sku")]
    theirs.refresh_from_db()
    assert theirs.title == "Theirs"


def test_the_command_tells_what_was_refused_and_fails(tmp_path):
    path = files.write(tmp_path, files.row(1), b"nonsense", files.row(3, price="much"))

    said, status = files.command(path)

    assert status == 1
    assert "line 2, column -: the line is not JSON" in said
    assert "line 3, column price: must be a number, not 'much'" in said
    assert "3 rows in" in said
    assert "1 created, 0 updated, 0 unchanged, 2 refused" in said


def test_the_first_fifty_problems_are_shown_and_all_are_in_the_report(tmp_path):
    path = files.write(tmp_path, *(files.row(number, price="much") for number in range(60)))

    said, _status = files.command(path, report=tmp_path / "report.csv")

    assert said.count("column price") == 50
    assert "... and 10 more" in said
    with (tmp_path / "report.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[:2] == [
        ["line", "column", "kind", "message"],
        ["1", "price", "refused", "must be a number, not 'much'"],
    ]
    assert len(rows) == 61


def test_the_report_holds_no_formulas(tmp_path):
    path = files.write(tmp_path, files.row(1, attributes={"=cmd|x": ["y"]}), files.row(2, attributes={"+1": ["y"]}))

    files.command(path, report=tmp_path / "report.csv")

    with (tmp_path / "report.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_compressed_file_that_was_cut_short_is_told_and_changes_nothing(tmp_path):
    path = files.write(tmp_path, *(files.row(number) for number in range(50)), name="products.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(CommandError, match="cannot be unpacked"):
        files.command(path)

    assert not Product.objects.exists()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "content", [b"no gzip at all", gzip.compress(b"x" * 999)[:10] + b"\xff" * 40], ids=["no gzip", "broken off"]
)
def test_a_file_that_is_not_compressed_as_its_name_says_is_told(tmp_path, content):
    path = tmp_path / "products.jsonl.gz"
    path.write_bytes(content)

    with pytest.raises(CommandError, match="cannot be unpacked"):
        files.command(path)

    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "options",
    [{"currency": "yuan"}, {"currency": "KWD"}, {"merchant": "nobody"}, {"stock": -1}, {"file": "none.jsonl"}],
)
def test_a_wrong_word_on_the_command_line_imports_nothing(tmp_path, options):
    path = files.write(tmp_path, files.row(1))
    path = tmp_path / options.pop("file") if "file" in options else path

    with pytest.raises(CommandError):
        files.command(path, **options)

    assert not Product.objects.exists()
    assert not ImportRun.objects.exists()
