"""Pictures of every page for docs/screenshots: phone and desktop, light and dark, both languages.

    .venv/bin/python -m tools.screenshots

Starts a shop of its own and walks through it as the journeys do.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.stack import Stack
from tests.journeys.tour import Tour
from tests.journeys.words import CHINESE, ENGLISH, Words

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
TALLEST = 2400
SETTLING_MS = 250  # colours change by transition
QUALITY = 40
OVERVIEW = {"home.en.390": 390, "product.en.390": 390, "cart.en.390": 390, "listing.en.1280": 640}  # widths shown
OVERVIEW_HEIGHT, GAP, GROUND = 720, 24, "#e4e2dc"


def main() -> None:
    """Take them all."""
    stack = Stack()
    try:
        stack.wait()
        for words in (ENGLISH, CHINESE):
            _walk(stack, words)
    finally:
        stack.stop()
    _overview()


def _walk(stack: Stack, words: Words) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        shopper, staff = (browser.new_context(base_url=stack.url, viewport=DESKTOP).new_page() for _ in range(2))
        tour = Tour(shopper, staff, words)
        for name in tour.storefront():
            _take(shopper, name, words.code)
        for name in tour.account():
            _take(shopper, name, words.code)
        for name in tour.office():
            _take(staff, name, words.code)
        browser.close()


def _take(page: Page, name: str, language: str) -> None:
    """Keep the page as it is now, in four ways, and leave it as it was."""
    for label, size in (("1280", DESKTOP), ("390", PHONE)):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            page.set_viewport_size(ViewportSize(width=size["width"], height=max(height, size["height"])))
            page.wait_for_timeout(SETTLING_MS)
            _save(page.screenshot(), FOLDER / f"{name}.{language}.{label}.{scheme}.webp")
            page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)


def _save(shot: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image.thumbnail((max(image.width // 2, 390), TALLEST))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "WEBP", quality=QUALITY, method=6)


def _overview() -> None:
    """Put the tops of a few side by side, for the README."""
    width = sum(OVERVIEW.values()) + GAP * (len(OVERVIEW) + 1)
    sheet = Image.new("RGB", (width, OVERVIEW_HEIGHT + 2 * GAP), GROUND)
    left = GAP
    for name, part in OVERVIEW.items():
        sheet.paste(Image.open(FOLDER / f"{name}.light.webp").crop((0, 0, part, OVERVIEW_HEIGHT)), (left, GAP))
        left += part + GAP
    sheet.save(FOLDER / "overview.webp", "WEBP", quality=60, method=6)


if __name__ == "__main__":
    main()
