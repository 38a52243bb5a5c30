"""Chromium and a whole shop of our own, shared by all journeys of one run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.journeys.stack import Stack

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium")) or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
REFUSED = re.compile(r"status of 4(03|04|09|22)")
PATIENCE_MS = 30_000
NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker drive the browser, and leave the journeys out, or fail, where there is no Chromium."""
    for item in items:
        if "journeys" not in item.path.parts:
            continue
        item.add_marker(pytest.mark.xdist_group("browser"))
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM and not os.environ.get("DEMAND_BROWSER"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (Debian: apt install chromium)"))


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """A shop as `python3 run.py` starts it."""
    running = Stack()
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; gone with the last journey, for its event loop forbids the tests after it the database."""
    assert CHROMIUM, "DEMAND_BROWSER is set and there is no Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Everything pages complain about in the browser's console; there must be nothing."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def new_page(browser: Browser, stack: Stack, complaints: list[str]) -> Iterator[NewPage]:
    """A function that opens a browser of its own, with its own cookies, on the shop."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": stack.url, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        _listen(page, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()


def _listen(page: Page, complaints: list[str]) -> None:
    """Note what goes wrong on a page; a refused page or form and a request cut off by leaving are no complaints."""

    def on_message(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.search(message.text):
            complaints.append(f"{message.location['url']}: {message.text}")

    def on_failure(request: Request) -> None:
        if "ERR_ABORTED" not in str(request.failure):
            complaints.append(f"{request.url}: {request.failure}")

    def on_response(response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST and response.request.resource_type not in ("document", "fetch"):
            complaints.append(f"{response.url}: {response.status}")

    page.on("console", on_message)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", on_failure)
    page.on("response", on_response)
