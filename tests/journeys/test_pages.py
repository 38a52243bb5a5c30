"""Every page in every state: one heading, no sideways scrolling, nothing jumps, little to load."""

from __future__ import annotations

import brotli
import httpx
import pytest
from playwright.sync_api import Page, ViewportSize

from tests.journeys.stack import Stack
from tests.journeys.tour import Tour
from tests.journeys.words import CHINESE, ENGLISH, Words

DESKTOP = ViewportSize(width=1280, height=900)
WIDTHS = (320, 390, 1280)
KILOBYTE = 1024
HTML_KILOBYTES = {"/": 12, "/categories/tableware/": 14, "/products/": 14, "/products/side-handle-teapot/": 12}
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
TAKE_AWAY_FROM_THE_END = """
() => {
  const all = [...document.body.querySelectorAll("*")].filter(each => !each.closest("svg *, .vh"));
  const place = each => {
    const box = each.getBoundingClientRect();
    const isSeen = box.width && box.height && box.top < innerHeight && box.left < innerWidth;
    return isSeen ? [box.left, box.top] : null;
  };
  const moved = [];
  let before = all.map(place);
  for (let last = all.length - 1; last > 0; last--) {
    all[last].remove();
    const after = all.slice(0, last).map(place);
    after.forEach((now, i) => {
      const shift = now && before[i] ? Math.max(...now.map((each, axis) => Math.abs(each - before[i][axis]))) : 0;
      if (shift > 3) moved.push([all[i], all[last]].map(each => each.outerHTML.slice(0, 80)).join(" moves without "));
    });
    before = after;
  }
  return moved;
}
"""
NOT_OURS = {"gateway"}  # the laboratory's page plays a stranger's site
LANGUAGES = pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])


@LANGUAGES
def test_every_page_fits_and_is_well_formed(new_page, words: Words) -> None:
    tour = Tour(new_page(viewport=DESKTOP), new_page(viewport=DESKTOP), words)
    problems = []
    for name in tour.storefront():
        problems += _flaws(name, tour.shopper, words)
    for name in tour.account():
        problems += _flaws(name, tour.shopper, words)
    for name in tour.office():
        problems += _flaws(name, tour.staff, words)

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", ["/", "/categories/tableware/", "/products/side-handle-teapot/", "/cart/"])
def test_nothing_jumps_while_a_page_loads(new_page, path: str) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.add_init_script(WATCH_SHIFTS)

    page.goto(path)
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.shifted") == 0


@pytest.mark.parametrize(
    "path", ["/", "/categories/tableware/", "/products/side-handle-teapot/", "/cart/", "/account/login/"]
)
def test_what_is_still_to_arrive_moves_nothing_on_a_phones_first_screen(new_page, path: str) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(path)

    assert page.evaluate(TAKE_AWAY_FROM_THE_END) == []


def test_no_header_puts_a_prefix_before_the_links_of_all(stack: Stack) -> None:
    path = "/products/?q=nobody-has-asked-for-this"

    answer = httpx.get(f"{stack.url}/evil{path}", headers={"SCRIPT_NAME": "/evil"})

    assert answer.status_code == 404
    assert "/evil/products/" not in httpx.get(stack.url + path).text


@pytest.mark.parametrize("path", HTML_KILOBYTES)
def test_a_page_is_small(stack: Stack, path: str) -> None:
    assert _weight(stack, path) <= HTML_KILOBYTES[path] * KILOBYTE


@pytest.mark.parametrize(("ending", "kilobytes"), [("css", 12), ("js", 4), ("svg", 3)])
def test_the_files_all_pages_share_are_small(new_page, stack: Stack, ending: str, kilobytes: int) -> None:
    page = new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto("/products/side-handle-teapot/")
    page.wait_for_load_state("networkidle")

    files = {url.split("#")[0] for url in seen if "/static/" in url}
    files = {url for url in files if url.split("?")[0].endswith(ending)}

    assert files, seen
    assert sum(_weight(stack, url) for url in files) <= kilobytes * KILOBYTE


def test_pages_load_nothing_from_elsewhere(new_page, stack: Stack) -> None:
    page = new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))

    for path in ("/", "/products/side-handle-teapot/", "/cart/", "/merchant/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")

    assert [url for url in seen if not url.startswith((stack.url, "data:"))] == []


def _flaws(name: str, page: Page, words: Words) -> list[str]:
    """Return what is wrong with the page that is shown now."""
    found = []
    if name not in NOT_OURS and name != "mail":  # the list of mails is the operator's, in English
        headings = page.get_by_role("heading", level=1).count()
        found += [f"{name}: {headings} first headings"] if headings != 1 else []
        language = page.evaluate("document.documentElement.lang")
        found += [f"{name}: lang={language}"] if language.lower() != words.code.lower() else []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    twins = {each for each in ids if ids.count(each) > 1}
    found += [f"{name}: two elements have the id {each}" for each in twins]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{name}: {over} px too wide at {width}"] if over > 0 else []
    page.set_viewport_size(DESKTOP)
    return found


def _weight(stack: Stack, path: str) -> int:
    """Return the bytes of a file or page as a browser gets it."""
    with httpx.stream("GET", httpx.URL(stack.url).join(path), headers={"accept-encoding": "br"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        body = b"".join(answer.iter_raw())
    assert brotli.decompress(body)
    return len(body)
