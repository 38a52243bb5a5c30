"""What the shop refuses and what a network loses, with the script on: shoppers read why, and nothing is done twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from core.limits import seconds_left
from tests.journeys.steps import Buyer
from tests.journeys.words import ENGLISH

WIDTHS = pytest.mark.parametrize("width", [390, 1280])
PRODUCT = "/products/chopsticks-five-woods/"
LISTING = "/categories/cutlery/"
SOLD_OUT_SKU = "YW-KP-0101"
ADDING = "**/cart/items/"
SECONDS_NEEDED = 20
ADDS_PER_MINUTE = 30
TOAST_SECONDS = 5
ERROR_PAGE = "<title>Oops</title><main id='main' tabindex='-1'><h1>Something went wrong</h1></main>"


@WIDTHS
def test_an_empty_quantity_is_refused_with_the_reason(new_page, width: int) -> None:
    page = _open(new_page, PRODUCT, width)

    page.get_by_label("Quantity", exact=True).fill("")
    _add(page)

    _reads(page, "Enter a quantity between 1 and 200.")
    _stays(page, PRODUCT)


@WIDTHS
@pytest.mark.parametrize("typed", ["0", "999"])
def test_a_quantity_beyond_the_limit_is_refused_by_the_browser_and_by_the_shop(
    new_page, width: int, typed: str
) -> None:
    page = _open(new_page, PRODUCT, width)
    quantity = page.get_by_label("Quantity", exact=True)

    quantity.fill(typed)
    _add(page)
    warning = quantity.evaluate("field => field.validationMessage")
    page.locator("#buy").evaluate("form => { form.noValidate = true; }")
    _add(page)

    assert warning
    _reads(page, "Enter a quantity between 1 and 200.")
    _stays(page, PRODUCT)


@WIDTHS
def test_a_product_that_sold_out_since_the_page_was_opened_is_refused_with_the_reason(new_page, width: int) -> None:
    page = _open(new_page, LISTING, width)

    page.locator(".add").first.evaluate("(button, sku) => { button.value = sku; }", SOLD_OUT_SKU)
    page.locator(".add").first.click()

    _reads(page, "This product is sold out at the moment.")
    _stays(page, LISTING)


@WIDTHS
def test_who_adds_too_fast_is_told_so(new_page, complaints: list[str], width: int) -> None:
    page = _open(new_page, PRODUCT, width)
    _add(page)  # now the shop knows the visitor by her cart, and lets others behind the same address go on
    _counts(page, 1)
    if seconds_left(60) < SECONDS_NEEDED:  # the shop counts by the clock's minutes, and this must fit into one
        page.wait_for_timeout(seconds_left(60) * 1000)
    for _ in range(ADDS_PER_MINUTE):
        page.request.post("/cart/items/", form={"sku": "no such thing", "quantity": "1"})

    _add(page)

    _reads(page, "That was a little fast")
    _reads(page, "Please wait a minute and try again.")
    _stays(page, PRODUCT)
    _forgive(complaints, "status of 429")


@WIDTHS
def test_a_product_that_is_gone_is_refused_with_the_reason(new_page, width: int) -> None:
    page = _open(new_page, LISTING, width)

    page.locator(".add").first.evaluate("button => { button.value = 'no such thing'; }")
    page.locator(".add").first.click()

    _reads(page, "It may have moved, or the product is no longer sold.")
    _stays(page, LISTING)


@WIDTHS
def test_a_failure_of_the_shop_is_shown_and_the_way_back_leads_to_the_product(
    new_page, complaints: list[str], width: int
) -> None:
    page = _open(new_page, PRODUCT, width)
    page.route(ADDING, _break_down)

    _add(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Something went wrong")
    page.go_back()
    _stays(page, PRODUCT)
    _forgive(complaints, "status of 503")


def test_a_second_message_is_seen_after_the_first_has_faded(new_page) -> None:
    page = _open(new_page, PRODUCT, 1280)

    _add(page)
    _reads(page, "Added to cart")
    expect(page.locator("#toast")).to_be_hidden(timeout=2 * TOAST_SECONDS * 1000)
    _add(page)

    _reads(page, "Added to cart")
    _counts(page, 2)


def test_a_card_is_added_once_when_the_network_fails_the_script(new_page, complaints: list[str]) -> None:
    page = _open(new_page, LISTING, 1280)
    page.route(ADDING, _fail_the_script)

    page.locator(".add").first.click()

    _reads(page, "Added to cart")
    _stays(page, LISTING)
    _counts(page, 1)
    _forgive(complaints, "ERR_")


def test_an_answer_that_is_lost_on_its_way_adds_once(new_page, complaints: list[str]) -> None:
    page = _open(new_page, LISTING, 1280)
    page.route(ADDING, _lose_the_answer)

    page.locator(".add").first.click()

    _reads(page, "Added to cart")
    _counts(page, 1)
    _forgive(complaints, "ERR_")


def test_a_line_is_removed_when_the_network_fails_the_script(new_page, complaints: list[str]) -> None:
    page = _open(new_page, PRODUCT, 1280)
    _add(page)
    _reads(page, "Added to cart")
    page.goto("/cart/")
    page.route("**/cart/", _fail_the_script)

    page.get_by_role("button", name=re.compile("^Remove")).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart is empty")
    _forgive(complaints, "ERR_")


def test_two_cards_clicked_at_once_are_both_added(new_page) -> None:
    page = _open(new_page, LISTING, 1280)
    for place in (0, 1):
        page.locator(".add").nth(place).click()
        _counts(page, place + 1)

    page.evaluate("[...document.querySelectorAll('.add')].slice(0, 2).forEach(button => button.click())")
    page.wait_for_load_state("networkidle")
    page.goto("/cart/")

    _counts(page, 4)


def test_a_payer_keeps_waiting_through_a_gap_in_the_network(new_page, complaints: list[str]) -> None:
    buyer = Buyer(new_page(), ENGLISH, has_script=True, email="li.na@example.com")
    buyer.find_teapot()
    buyer.add_size(ENGLISH.size)
    buyer.open_cart()
    buyer.start_checkout()
    buyer.forget_street()
    buyer.give_street()
    buyer.choose_delivery()
    buyer.place()
    buyer.pay(ENGLISH.leave)
    expect(buyer.page.get_by_text(ENGLISH.waiting)).to_be_visible()
    address = buyer.page.url
    failures = iter([_abort, _break_down, _abort])

    def fail_three_times(route: Route) -> None:
        next(failures, Route.fallback)(route)

    buyer.page.route("**/status/", fail_three_times)

    for _ in range(4):
        buyer.page.wait_for_event("request", lambda request: request.url.endswith("/status/"))

    expect(buyer.page.get_by_text(ENGLISH.waiting)).to_be_visible()
    assert buyer.page.url == address
    _forgive(complaints, "ERR_|status of 503")


def _open(new_page, path: str, width: int) -> Page:
    page: Page = new_page(viewport=ViewportSize(width=width, height=844))
    page.goto(path)
    return page


def _add(page: Page) -> None:
    """Press the "Add to cart" that is in view at this width."""
    page.locator("button:visible", has_text=re.compile("^Add to cart$")).first.click()


def _reads(page: Page, words: str) -> None:
    expect(page.get_by_role("status").get_by_text(words)).to_be_visible()
    expect(page.get_by_role("status").get_by_text(words)).to_be_in_viewport()


def _stays(page: Page, path: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    expect(page.locator("h1")).to_have_text(re.compile("chopsticks", re.IGNORECASE))


def _counts(page: Page, units: int) -> None:
    expect(page.locator("[data-cart-count]").first).to_have_text(str(units))


def _fail_the_script(route: Route) -> None:
    """Let what the script fetches fail, and pass on what the browser asks for by itself."""
    if route.request.resource_type == "fetch":
        _abort(route)
    else:
        route.fallback()


def _lose_the_answer(route: Route) -> None:
    """Let the shop do what the script asks for, and lose the answer."""
    if route.request.resource_type == "fetch":
        route.fetch()
        _abort(route)
    else:
        route.fallback()


def _abort(route: Route) -> None:
    route.abort()


def _break_down(route: Route) -> None:
    """Fail what the script asks for, and pass on what the browser asks for by itself."""
    if route.request.resource_type != "fetch":
        route.fallback()
        return
    route.fulfill(status=503, content_type="text/html", body=ERROR_PAGE)


def _forgive(complaints: list[str], pattern: str) -> None:
    """Take what the journey provoked out of the complaints; there must be some."""
    provoked = [each for each in complaints if re.search(pattern, each)]
    assert provoked
    complaints[:] = [each for each in complaints if each not in provoked]
