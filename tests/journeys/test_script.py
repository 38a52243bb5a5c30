"""What the script keeps while it replaces parts of a page: what was typed, the place, the focus, open drawers."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.journeys.steps import Buyer
from tests.journeys.words import ENGLISH

PHONE = ViewportSize(width=390, height=844)
LISTING = "/products/"
CUTLERY = "/categories/cutlery/"
PRODUCT = "/products/chopsticks-five-woods/"
IS_OPEN = "drawer => drawer.matches(':popover-open')"
CARDS_ON_A_PAGE = 24


def test_a_link_of_the_error_summary_leads_to_its_field_and_loses_nothing(new_page) -> None:
    page = _with_two_lines(new_page())
    buyer = Buyer(page, ENGLISH, has_script=True, email="li.na@example.com")
    buyer.start_checkout()
    buyer.forget_street()
    street = page.get_by_label(ENGLISH.street)
    page.get_by_label("Postcode").fill("310000")

    page.get_by_role("alert").get_by_role("link").first.click()

    expect(street).to_be_focused()
    expect(page.get_by_label("Postcode")).to_have_value("310000")
    expect(page.get_by_label(ENGLISH.city)).to_have_value("杭州市")
    expect(page.get_by_role("alert")).to_contain_text(ENGLISH.problem)


def test_the_skip_link_leads_to_the_content(new_page) -> None:
    page = new_page()
    page.goto(LISTING)

    page.get_by_role("link", name="Skip to content").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_the_drawer_of_filters_stays_open_until_it_is_closed(new_page) -> None:
    page = new_page(viewport=PHONE)
    page.goto(LISTING)
    drawer, opener = page.locator("#filters"), page.locator("#filters-open")
    before = page.locator(".dfoot button").inner_text()
    opener.click()

    drawer.get_by_role("checkbox", name=re.compile("^Sage")).check()

    expect(page).to_have_url(re.compile("colour=sage"))
    expect(page.locator(".dfoot button")).not_to_have_text(before)
    expect(drawer.get_by_role("checkbox", name=re.compile("^Sage"))).to_be_focused()
    assert drawer.evaluate(IS_OPEN)
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    drawer.get_by_role("button", name=re.compile("^Show")).click()
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()


def test_back_from_a_product_leads_to_the_same_cards_and_place(new_page) -> None:
    page = new_page(viewport=PHONE)
    page.goto(LISTING)
    page.get_by_role("link", name="Load more").click()
    cards = page.locator("#cards > li")
    expect(cards).to_have_count(2 * CARDS_ON_A_PAGE)
    card = cards.nth(30).get_by_role("link").first
    card.scroll_into_view_if_needed()

    card.click()
    page.wait_for_url("**/products/*/")
    page.go_back()

    expect(cards).to_have_count(2 * CARDS_ON_A_PAGE)
    expect(card).to_be_in_viewport()
    page.reload()
    expect(cards).to_have_count(CARDS_ON_A_PAGE)


def test_focus_stays_on_the_control_of_a_line(new_page) -> None:
    page = _with_two_lines(new_page())
    more = page.get_by_role("button", name=re.compile("^Increase quantity")).first
    less = page.get_by_role("button", name=re.compile("^Decrease quantity")).first
    quantities = page.get_by_role("spinbutton")

    _change(page, more.click)
    expect(quantities.first).to_have_value("2")
    expect(more).to_be_focused()
    _change(page, less.click)
    expect(quantities.first).to_have_value("1")
    expect(more).to_be_focused()  # one is the least, so the other button can do nothing
    quantities.first.fill("3")
    _change(page, lambda: page.keyboard.press("Tab"))
    expect(quantities.first).to_have_value("3")
    expect(more).to_be_focused()


def test_focus_goes_to_the_next_line_when_one_is_removed_and_to_the_content_after_the_last(new_page) -> None:
    page = _with_two_lines(new_page())
    removes = page.get_by_role("button", name=re.compile("^Remove"))

    removes.first.click()

    expect(removes).to_have_count(1)
    expect(page.get_by_role("checkbox", name=re.compile("^Select"))).to_be_focused()
    removes.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart is empty")
    expect(page.locator("#main")).to_be_focused()


def test_a_typed_zero_can_be_undone(new_page) -> None:
    page = _with_two_lines(new_page())
    quantities = page.get_by_role("spinbutton")

    quantities.first.fill("0")
    page.keyboard.press("Tab")
    expect(quantities).to_have_count(1)
    page.get_by_role("button", name="Undo").click()

    expect(quantities).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="Put back into the cart")).to_be_visible()
    expect(page.get_by_role("link", name="View cart")).to_have_count(0)


def test_a_refused_quantity_is_marked_at_its_field(new_page) -> None:
    page = _with_two_lines(new_page())
    quantity = page.get_by_role("spinbutton").first

    quantity.fill("")
    page.keyboard.press("Tab")

    expect(quantity).to_have_attribute("aria-invalid", "true")
    expect(quantity).to_have_value("")
    expect(quantity).to_have_accessible_description(re.compile(r"^Enter a quantity between 0 and \d+\.$"))


def test_select_all_and_the_boxes_of_the_lines_agree(new_page) -> None:
    page = _with_two_lines(new_page())
    every = page.get_by_role("checkbox", name="Select all")
    lines = _lines(page)

    _change(page, lines.first.click)
    expect(every).not_to_be_checked()
    expect(lines.nth(1)).to_be_checked()
    _change(page, lines.first.click)
    expect(every).to_be_checked()
    _change(page, every.click)
    expect(lines.first).not_to_be_checked()
    expect(lines.nth(1)).not_to_be_checked()


def test_without_the_script_select_all_works_and_dead_buttons_are_not_shown(new_page) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(PRODUCT)
    expect(page.get_by_role("spinbutton")).to_be_visible()
    expect(page.locator("[data-step]:visible")).to_have_count(0)
    _with_two_lines(page)
    expect(page.locator("[data-step]:visible")).to_have_count(0)

    page.get_by_role("checkbox", name="Select all").uncheck()
    page.get_by_role("button", name="Update cart").last.click()

    expect(_lines(page, ":checked")).to_have_count(0)
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("button", name="Update cart").last.click()
    expect(_lines(page, ":checked")).to_have_count(2)


def _with_two_lines(page: Page) -> Page:
    """Put two products into the cart and open it."""
    page.goto(CUTLERY)
    for place in (0, 1):
        with page.expect_response(lambda response: response.request.method == "POST"):
            page.locator(".add").nth(place).click()
        expect(page.get_by_role("status").filter(has_text="Added to cart").first).to_be_visible()
    page.goto("/cart/")
    expect(_lines(page)).to_have_count(2)
    return page


def _lines(page: Page, state: str = "") -> Locator:
    return page.locator(f"input[name=line]{state}")


def _change(page: Page, act: Callable[[], object]) -> None:
    """Do something to the cart and wait until the page shows it."""
    with page.expect_response(lambda response: response.request.method == "GET" and response.url.endswith("/cart/")):
        act()
    expect(page.locator("#cart")).not_to_have_attribute("aria-busy", "true")
