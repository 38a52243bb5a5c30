"""Two languages: the address says which, and every page leads to itself in the other one."""

from __future__ import annotations

import re

import pytest

from catalog.models import ContentPage
from catalog.selectors.languages import localized
from catalog.services import content
from tests import make

pytestmark = pytest.mark.django_db
_ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">')
PATHS = ["/", "/products/", "/cart/", "/orders/lookup/", "/pages/faq/"]


@pytest.fixture(autouse=True)
def faq() -> ContentPage:
    """A page of text in both languages."""
    texts = {"en": "Questions", "zh-hans": "常见问题"}
    bodies = {"en": "<p>Ships in a day.</p>", "zh-hans": "<p>当天发货。</p>"}
    page = ContentPage(slug="faq", group="HELP", position=0, **localized("title", texts), **localized("body", bodies))
    content.save_page(page=page)
    return page


@pytest.mark.parametrize("path", PATHS)
def test_the_address_decides_and_not_the_browser(client, path):
    english = client.get(path, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    chinese = client.get(f"/zh-hans{path}", headers={"Accept-Language": "en"})

    assert ('<html lang="en"' in english.text, english["Content-Language"]) == (True, "en")
    assert ('<html lang="zh-Hans"' in chinese.text, chinese["Content-Language"]) == (True, "zh-hans")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_every_page_names_itself_in_both_languages(client, settings, prefix, path):
    html = client.get(prefix + path).text

    assert _ALTERNATE.findall(html) == [
        ("en", f"{settings.SITE_URL}{path}"),
        ("zh-Hans", f"{settings.SITE_URL}/zh-hans{path}"),
    ]


@pytest.mark.parametrize(("prefix", "target"), [("", "/zh-hans/products/"), ("/zh-hans", "/products/")])
def test_the_switch_keeps_what_was_asked(client, prefix, target):
    html = client.get(f"{prefix}/products/?sort=newest&stock=sale").text

    assert f'href="{target}?sort=newest&amp;stock=sale"' in html
    assert client.get(f"{target}?sort=newest&stock=sale").status_code == 200


def test_tracking_parameters_are_not_kept_in_links(client):
    html = client.get("/products/?sort=newest&utm_source=mail").text

    assert "utm_source" not in html


def test_the_default_language_has_one_address_only(client):
    assert client.get("/en/").status_code == 404
    assert client.get("/zh-hans").status_code == 301
    assert client.get("/zh-hans")["Location"] == "/zh-hans/"
    assert client.get("/fr/").status_code == 404


@pytest.mark.parametrize(
    ("path", "words", "title"),
    [("/pages/faq/", "Ships in a day.", "Questions"), ("/zh-hans/pages/faq/", "当天发货。", "常见问题")],
)
def test_a_page_of_text_is_in_the_readers_language(client, path, words, title):
    html = client.get(path).text

    assert words in html
    assert f"<h1>{title}</h1>" in html
    assert re.search(rf"<title>{title} · .+</title>", html)


def test_help_pages_stand_in_the_footer_of_every_page(client):
    assert '<a href="/pages/faq/">Questions</a>' in client.get("/cart/").text
    assert '<a href="/zh-hans/pages/faq/">常见问题</a>' in client.get("/zh-hans/cart/").text


def test_a_page_that_is_not_published_is_not_there(client, faq):
    ContentPage.objects.update(is_published=False)

    assert client.get("/pages/faq/").status_code == 404
    assert "/pages/faq/" not in client.get("/cart/").text


@pytest.mark.parametrize("pages", [1, 20])
def test_a_page_of_text_costs_few_queries_however_many_there_are(client, pages, django_assert_num_queries):
    for number in range(pages - 1):
        page = ContentPage(slug=f"page-{number}", group="HELP", position=number, **localized("title", {"en": "A"}))
        content.save_page(page=page)

    with django_assert_num_queries(4):
        client.get("/pages/faq/")


@pytest.mark.parametrize(
    "html",
    ["<script>alert(1)</script>", '<img src=x onerror="x">', '<a href="javascript:x">x</a>', "<style>p{}</style>"],
)
def test_what_an_editor_pastes_cannot_run(client, html, faq):
    faq.body_en = f"<p>Kept.</p>{html}"
    content.save_page(page=faq)

    shown = client.get("/pages/faq/").text.partition('<article class="prose">')[2].partition("</article>")[0]

    assert "<p>Kept.</p>" in shown
    assert not re.search(r"<script|onerror|javascript:|<style", shown)


@pytest.mark.parametrize("path", ["/", "/products/", "/pages/faq/", "/zh-hans/"])
def test_search_engines_may_list_what_is_the_same_for_everybody(client, path, settings):
    html = client.get(path).text

    assert 'name="robots"' not in html
    assert f'<link rel="canonical" href="{settings.SITE_URL}{path}">' in html


@pytest.mark.parametrize("path", ["/cart/", "/nowhere/", "/demo/mails/", "/products/?sort=newest"])
def test_search_engines_leave_the_rest_alone(client, path):
    make.product()

    assert re.search(r'<meta name="robots" content="noindex', client.get(path).text)


def test_a_theme_is_kept_in_a_cookie_and_the_visitor_goes_back(client):
    response = client.post("/preferences/", {"theme": "dark", "next_url": "/products/?page=1"})

    assert (response.status_code, response["Location"]) == (303, "/products/?page=1")
    assert response.cookies["theme"].value == "dark"
    assert '<html lang="en" data-theme="dark">' in client.get("/").text


@pytest.mark.parametrize("theme", ["auto", "", "blue", '"><script>'])
def test_any_other_theme_is_the_systems(client, theme):
    client.cookies["theme"] = "dark"

    response = client.post("/preferences/", {"theme": theme})

    assert response.cookies["theme"].value == ""
    assert "data-theme" not in client.get("/").text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x", "/\\evil.example"])
def test_nobody_is_led_away(client, target):
    response = client.post("/preferences/", {"theme": "dark", "next_url": target})

    assert (response.status_code, response["Location"]) == (303, "/")
