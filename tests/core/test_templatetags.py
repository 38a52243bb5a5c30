"""Tags and filters of every page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from core.money import Money
from core.templatetags import kaishi


def _render(text: str, *, language: str = "en", path: str = "/", **context: object) -> str:
    with translation.override(language):
        request = RequestFactory().get(path)
        return Template("{% load kaishi %}" + text).render(Context({"request": request} | context))


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def test_a_price_is_styled_in_parts():
    assert _render("{% price now %}", now=yuan("1268.50")) == (
        '<span class="price "><ins><span class="cur">CN¥</span>1,268<span class="dec">.50</span></ins></span>'
    )


def test_a_reduced_price_says_in_words_which_is_which():
    html = _render("{% price now before %}", now=yuan("80"), before=yuan("100"))

    assert '<span class="vh">Sale price </span><ins>' in html
    assert '<del><span class="vh">Regular price </span>CN¥100.00</del>' in html


def test_a_price_from_says_from_where_the_language_has_it():
    english, chinese = (
        _render("{% price now None '' True %}", language=language, now=yuan("80")) for language in ("en", "zh-hans")
    )

    assert '<ins><span class="from">from </span><span class="cur">CN¥</span>80' in english
    assert '<span class="dec">.00</span><span class="from">起</span></ins>' in chinese


def test_a_price_speaks_chinese():
    html = _render("{% price now before 'lg' %}", language="zh-hans", now=yuan("80"), before=yuan("100"))

    assert '<span class="cur">¥</span>80' in html
    assert '<span class="price sale lg">' in html
    assert "Sale price" not in html


def test_a_price_without_decimals_has_none():
    assert '<span class="dec"></span>' in _render("{% price now %}", now=Money(Decimal(1980), "JPY"))


@pytest.mark.parametrize(("language", "text"), [("en", "CN¥68.00"), ("zh-hans", "¥68.00")])
def test_money_in_one_piece(language, text):
    assert _render("{{ value|money }}", language=language, value=yuan("68")) == text
    assert _render("{{ '68.00'|as_money:'CNY'|money }}", language=language) == text


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        (date(2026, 11, 22), date(2026, 11, 24), "22–24 November", "11月22日至24日"),
        (date(2026, 11, 30), date(2026, 12, 2), "30 November – 2 December", "11月30日至12月2日"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 December – 2 January", "12月30日至1月2日"),
        (date(2026, 11, 22), date(2026, 11, 22), "22 November", "11月22日"),
        ("2026-11-22", "2026-11-24", "22–24 November", "11月22日至24日"),
    ],
)
def test_two_days_read_as_people_say_them(first, last, english, chinese):
    tag = "{% day_range first last %}"
    texts = [
        " ".join(_render(tag, language=language, first=first, last=last).split()) for language in ("en", "zh-hans")
    ]

    assert texts == [english, chinese]


@pytest.mark.parametrize(
    ("zone", "language", "text"),
    [
        ("UTC", "en", "21 November 2026, 18:05"),
        ("Asia/Shanghai", "en", "22 November 2026, 02:05"),
        ("Asia/Shanghai", "zh-hans", "2026年11月22日 02:05"),
        ("America/New_York", "zh-hans", "2026年11月21日 13:05"),
    ],
)
def test_a_moment_is_shown_in_the_visitors_zone(zone, language, text):
    with timezone.override(zone):
        shown = _render("{{ value|moment }}", language=language, value=datetime(2026, 11, 21, 18, 5, tzinfo=UTC))

    assert shown == text


@pytest.mark.parametrize(
    ("query", "changes", "result"),
    [
        ("size=s&colour=ink", "page=2", "?colour=ink&amp;page=2&amp;size=s"),
        ("page=3&after=x&size=s", "page=None after=None", "?size=s"),
        ("page=3", "page=4", "?page=4"),
        ("page=3", "page=None", "/products/"),
        ("", "page=2", "?page=2"),
        ("colour=sage&colour=ink", "page=None", "?colour=ink&amp;colour=sage"),
        ("a=1&a=2", "a=3", "?a=3"),
        ("q=%22%3E%3Cscript%3E", "page=2", "?page=2&amp;q=%22%3E%3Cscript%3E"),
        ("q=茶+壶%26x", "page=2", "?page=2&amp;q=%E8%8C%B6+%E5%A3%B6%26x"),
    ],
)
def test_a_query_is_changed_sorted_and_escaped(query, changes, result):
    assert _render(f"{{% with_query {changes} %}}", path=f"/products/?{query}") == result


@pytest.mark.parametrize(
    ("language", "path", "result"),
    [
        ("en", "/categories/tea/", "/categories/tea/"),
        ("zh-hans", "/categories/tea/", "/zh-hans/categories/tea/"),
        ("zh-hans", "/", "/zh-hans/"),
        ("zh-hans", "https://elsewhere.example/", "https://elsewhere.example/"),
        ("zh-hans", "", ""),
        ("zh-hans", "#tea", "#tea"),
        ("zh-hans", "/zh-hans/categories/tea/", "/zh-hans/categories/tea/"),
        ("zh-hans", "/media/pictures/x.jpg", "/media/pictures/x.jpg"),
        ("zh-hans", "//elsewhere.example/", "//elsewhere.example/"),
        ("zh-hans", "/products/?stock=sale#grid", "/zh-hans/products/?stock=sale#grid"),
        ("zh-hans", "/nowhere/at/all/", "/nowhere/at/all/"),
    ],
)
def test_an_editors_link_leads_to_the_page_in_the_readers_language(language, path, result):
    assert _render("{{ link|in_language }}", language=language, link=path) == result


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("undo:2:SKU-1", {"quantity": "2", "sku": "SKU-1"}),
        ("success undo:2:A:B", {"quantity": "2", "sku": "A:B"}),
        ("undo:2:a b", {"quantity": "2", "sku": "a b"}),
        ("undo:2:", None),
        ("cart", None),
        ("", None),
    ],
)
def test_a_remark_knows_what_can_be_put_back(tags, found):
    assert kaishi.undo_of(tags) == found


def test_an_icon_is_for_the_eye_only():
    html = _render('{% icon "bag" "s" %}')

    assert html.startswith('<svg class="icon s" aria-hidden="true"><use href="')
    assert html.endswith('icons.svg#bag"/></svg>')


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "' onload='x", "a&b"])
def test_nothing_that_comes_from_outside_becomes_markup(text):
    shown = [
        _render("{% icon name name %}", name=text),
        _render("{% swatch colour colour %}", colour=text),
        _render("{% price now None style %}", now=yuan("1"), style=text),
    ]

    for html in shown:
        assert text not in html
        assert "<script>" not in html
        assert "onload='" not in html


def test_a_swatch_has_its_colour_without_inline_style():
    html = _render('{% swatch "#343c45" "large" %}')

    assert 'class="swatch large"' in html
    assert 'fill="#343c45"' in html
    assert "style=" not in html
