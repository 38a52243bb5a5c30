"""The one stylesheet made of many files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from core.staticfiles import LAYERS, NAME, StylesheetFinder

CSS = Path(settings.BASE_DIR) / "static" / "css"


@pytest.fixture
def joined() -> str:
    """The stylesheet a browser gets."""
    return Path(str(finders.find(NAME))).read_text()


@pytest.fixture
def workshop(settings, tmp_path: Path) -> Path:
    """A place for stylesheets of a test, with a finder's settings."""
    settings.BASE_DIR = tmp_path
    settings.STATIC_ROOT = str(tmp_path / "var" / "static")
    folder = tmp_path / "static" / "css"
    folder.mkdir(parents=True)
    return folder


def _build() -> str:
    return Path(str(StylesheetFinder().find(NAME))).read_text()


def test_the_layers_are_declared_in_order_before_any_rule(joined):
    assert joined.startswith(f"@layer {', '.join(LAYERS)};\n")
    assert re.findall(r"^@layer (\w+) \{", joined, re.MULTILINE) == list(LAYERS)


def test_every_file_is_in_its_layer(joined):
    layers = dict(re.findall(r"^@layer (\w+) \{(.*?)\}$(?=\n@layer|\Z)", joined, re.MULTILINE | re.DOTALL))
    files = sorted(CSS.rglob("*.css"))

    assert len(files) > 25
    for file in files:
        layer = file.relative_to(CSS).parts[0].removesuffix(".css")
        rule = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL).strip().splitlines()[0]
        assert rule in layers[layer], f"{file.relative_to(CSS)} is missing in layer {layer}"


def test_no_file_lies_where_no_layer_is():
    assert {file.relative_to(CSS).parts[0].removesuffix(".css") for file in CSS.rglob("*.css")} <= set(LAYERS)


def test_every_bracket_closes(joined):
    assert joined.count("{") == joined.count("}")


def test_comments_and_indentation_are_gone(joined):
    assert "/*" not in joined
    assert "\n " not in joined


def test_rules_stay_as_they_are(workshop):
    (workshop / "base.css").write_text(
        '/* why */\na {\n  color: red; /* here\n  too */\n}\n\n\nb::after { content: "x  y" }\n'
    )

    assert 'a {\ncolor: red;\n}\nb::after { content: "x  y" }' in _build()


def test_files_of_a_layer_come_by_name(workshop):
    (workshop / "components").mkdir()
    for name in ("zebra", "ant", "mouse"):
        (workshop / "components" / f"{name}.css").write_text(f".{name} {{}}")

    assert re.findall(r"\.(\w+) \{", _build()) == ["ant", "mouse", "zebra"]


def test_a_changed_file_changes_the_stylesheet_at_once(workshop):
    (workshop / "base.css").write_text("a { color: red }")
    before = _build()

    (workshop / "base.css").write_text("a { color: blue }")

    assert "red" in before
    assert "blue" in _build()


def test_it_is_collected_like_every_other_file():
    found = dict(StylesheetFinder().list([]))

    assert list(found) == [NAME]
    with found[NAME].open(NAME) as file:
        assert file.read().startswith(b"@layer")


@pytest.mark.parametrize("find_all", [False, True])
def test_other_names_are_left_to_other_finders(find_all):
    assert StylesheetFinder().find("icons.svg", find_all=find_all) == []
    assert StylesheetFinder().find("../settings.py", find_all=find_all) == []
