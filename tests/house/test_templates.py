"""Templates: every text can be translated, nothing is inline, every image has its size."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import sources
from tests.house.sources import ROOT

BOTH_LANGUAGES = {"errors/400.html", "errors/500.html", "errors/503.html"}  # shown when no language can be known
_LEFT_OUT = re.compile(
    r"\{#.*?#\}|\{% comment.*?endcomment %\}|\{% blocktrans.*?endblocktrans(?:late)? %\}"
    r"|<!--.*?-->|<(style|script)\b.*?</\1>",
    re.DOTALL,
)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_SPOKEN = re.compile(r"""\b(?:alt|title|placeholder|aria-label|data-none|data-one|data-many)=["']([^"']*)["']""")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LITERAL = re.compile(r"&\w+;")


def untranslated(root: Path) -> list[str]:
    """Return words that stand in a template as they are."""
    found = []
    for name, text in _templates(root):
        if name not in BOTH_LANGUAGES:
            plain = _TAG.sub("\x00", _LEFT_OUT.sub(" ", text))
            spoken = [match[1] for match in _SPOKEN.finditer(plain)]
            shown = re.sub(r"<[^>]*>", "\x00", plain) if name.endswith(".html") else plain
            found += [f"{name}: {word}" for part in [*spoken, shown] for word in _words(part)]
    return found


def _words(text: str) -> list[str]:
    return _WORD.findall(_LITERAL.sub("", text))


def inline(root: Path) -> list[str]:
    """Return styles, scripts and handlers inside pages; the policy of the browser would block them."""
    pattern = re.compile(r"<style\b|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)
    return [
        f"{name}: {match[0].strip()}"
        for name, text in _templates(root)
        if not name.startswith("mail/")  # mail programs have no stylesheets
        for match in pattern.finditer(_TAG.sub("", text))
        if "application/ld+json" not in text[match.start() : match.start() + 60]
    ]


def bare_images(root: Path) -> list[str]:
    """Return images without alternative text or size."""
    return [
        f"{name}: {image}"
        for name, text in _templates(root)
        for image in re.findall(r"<img\b[^>]*>", _TAG.sub("x", text))
        if not all(re.search(rf"\s{word}\b", image) for word in ("alt", "width", "height"))
    ]


def _templates(root: Path) -> list[tuple[str, str]]:
    folder = root / "templates"
    paths = sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")])
    return [(str(path.relative_to(folder)), path.read_text(encoding="utf-8")) for path in paths]


@pytest.mark.parametrize("rule", [untranslated, inline, bare_images], ids=lambda rule: rule.__name__)
def test_the_templates_keep_the_rule(rule: Callable[[Path], list[str]]):
    assert len(_templates(ROOT)) > 60

    assert rule(ROOT) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>Hello there</p>", ["x.html: Hello", "x.html: there"]),
        ("<p>{{ name }} 您好</p>", ["x.html: 您好"]),
        ('<button aria-label="Close">{% icon "x" %}</button>', ["x.html: Close"]),
        ('<img alt="Teapot">', ["x.html: Teapot"]),
        ("{% if a %}Sold{% endif %}", ["x.html: Sold"]),
        ("{% blocktranslate %}Fine{% endblocktranslate %} not", ["x.html: not"]),
    ],
)
def test_a_text_that_cannot_be_translated_is_found(tmp_path, text, found):
    sources.plant(tmp_path, "templates/x.html", text)

    assert untranslated(tmp_path) == found


@pytest.mark.parametrize(
    "text",
    [
        '<p class="small">{% translate "Hello" %} · {{ name }} × 3</p>',
        "{% blocktranslate with a=b %}Hello {{ a }}{% endblocktranslate %}",
        '<a aria-label="{% translate "Close" %}" href="/x">©&nbsp;{% now "Y" %}</a>',
        "{# Hello there #}<script src='x'>let words</script>",
    ],
)
def test_a_text_that_can_be_is_not(tmp_path, text):
    sources.plant(tmp_path, "templates/x.html", text)

    assert untranslated(tmp_path) == []


@pytest.mark.parametrize(
    "text", ['<p style="color:red">', "<style>p {}</style>", "<script>x()</script>", '<a onclick="x()">']
)
def test_something_inline_is_found(tmp_path, text):
    sources.plant(tmp_path, "templates/x.html", text)

    assert len(inline(tmp_path)) == 1


@pytest.mark.parametrize("text", ['<img src="x" alt="">', '<img src="x" width="1" height="1">'])
def test_a_bare_image_is_found(tmp_path, text):
    sources.plant(tmp_path, "templates/x.html", text)

    assert bare_images(tmp_path) == [f"x.html: {text}"]


def test_pages_in_both_languages_have_both():
    for name in BOTH_LANGUAGES:
        text = (ROOT / "templates" / name).read_text()

        assert 'lang="zh-Hans"' in text
        assert re.search(r"[一-鿿]", text)
        assert "{% translate" not in text
