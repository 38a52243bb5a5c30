"""What every page looks like at every width: whole words, whole prices, pictures of full size, nothing behind a bar."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.journeys.steps import Buyer
from tests.journeys.words import ENGLISH

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
WIDTHS = (320, 390, 1280)
SIGHTS = (
    "/",
    "/products/?colour=ink&colour=sage&colour=clay",
    "/products/side-handle-teapot/",
    "/pages/delivery/",
    "/pages/privacy/",
    "/products/there-is-no-such-thing/",
)
PICTURED = ("pour-over-kettle", "hanging-planter", "bamboo-plant-labels", "side-handle-teapot")  # one, none, many
BROKEN_WORDS = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; text = texts.nextNode();) {
    const box = text.parentElement;
    if (!box.checkVisibility() || box.closest('.vh, script, noscript, select, textarea')) continue;
    for (const { 0: word, index } of text.data.matchAll(/[A-Za-z0-9¥.,]{2,24}/g)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word);
    }
  }
  return found;
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG_WORDS = """() => document.querySelectorAll('h1, .name, .crumbs a, main p, main dt, .spec th, .spec td, .card h3 a')
  .forEach(each => { each.textContent = 'W'.repeat(60); })"""
BEHIND_THE_BAR = """() => {
  const box = (document.activeElement.closest('.pill') ?? document.activeElement).getBoundingClientRect();
  const bar = document.getElementById('buybar');
  return !bar.contains(document.activeElement) && box.bottom > bar.getBoundingClientRect().top;
}"""


def test_words_and_prices_stay_whole_at_every_width(new_page) -> None:
    page = new_page(viewport=PHONE)
    buyer = Buyer(page, ENGLISH, True, "li.na@example.com")
    problems = []
    for path in SIGHTS:
        page.goto(path)
        problems += _flaws(page)

    page.goto("/products/side-handle-teapot/")
    buyer.add_size(ENGLISH.size)
    buyer.open_cart()
    problems += _flaws(page)
    buyer.start_checkout()
    problems += _flaws(page)
    buyer.forget_street()
    buyer.give_street()
    problems += _flaws(page)
    buyer.choose_delivery()
    problems += _flaws(page)
    number = buyer.place()
    problems += _flaws(page)
    page.goto(f"/orders/{number}/")
    problems += _flaws(page)

    assert problems == []


@pytest.mark.parametrize("path", ["/", "/products/", "/products/side-handle-teapot/", "/pages/privacy/"])
def test_words_of_sixty_letters_do_not_widen_a_page(new_page, path: str) -> None:
    page = new_page(viewport=PHONE)
    page.goto(path)

    page.evaluate(LONG_WORDS)

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(TOO_WIDE) <= 0, width


@pytest.mark.parametrize(
    "product", ["pour-over-kettle", "hanging-planter", "bamboo-plant-labels", "side-handle-teapot"]
)
def test_a_products_picture_fills_its_half_of_the_page(new_page, product: str) -> None:
    page = new_page(viewport=DESKTOP)

    page.goto(f"/products/{product}/")

    box = page.locator(".gallery .view").bounding_box()
    assert box
    assert box["width"] >= 480
    assert box["height"] >= 480


def test_a_phone_has_one_pair_of_buttons_and_a_desktop_too(new_page) -> None:
    page = new_page()
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.goto("/products/side-handle-teapot/")

        for name in (ENGLISH.add_to_cart, "Buy now"):
            expect(page.get_by_role("button", name=name, exact=True)).to_have_count(1)


def test_what_has_the_focus_is_never_behind_the_bar(new_page) -> None:
    page = new_page(viewport=PHONE, reduced_motion="reduce")  # else the page is still on its way when we look
    page.goto("/products/side-handle-teapot/")
    page.locator("#gallery .slides").focus()

    for _ in range(12):
        page.keyboard.press("Tab")
        page.wait_for_timeout(50)

        assert not page.evaluate(BEHIND_THE_BAR), page.evaluate("document.activeElement.outerHTML")


def test_a_wide_header_stays_whole_however_long_the_names_of_categories_are(new_page) -> None:
    page = new_page()
    for width in (1000, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/")
        page.evaluate("document.querySelectorAll('.nav a').forEach(a => { a.textContent += ' and many more things'; })")

        assert page.evaluate(TOO_WIDE) <= 0, width
        logo = page.locator(".header .logo").bounding_box()
        assert logo
        assert logo["height"] < 60


def _flaws(page: Page) -> list[str]:
    """Return the words that are broken on the page shown now, and by how much it is too wide."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{page.url} at {width}: {word}" for word in page.evaluate(BROKEN_WORDS)]
        over = page.evaluate(TOO_WIDE)
        found += [f"{page.url} at {width}: {over} px too wide"] if over > 0 else []
    return found
