"""An operator looks at the shop as a customer: a bar on every page, nothing to be changed, and out again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from shop.demo.people import PASSWORD

WIDTHS = (320, 390, 1280)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIGHTS = ("/account/", "/account/orders/", "/account/addresses/", "/cart/", "/", "/products/", "/nowhere/")
ONLY_LOOKING = "You are only looking"


def begin(page: Page) -> None:
    """Sign in to the office, find the customer, forget the reason, give it."""
    page.goto("/admin/")
    page.get_by_label("Username").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto("/admin/accounts/user/?q=zhoumin")
    page.get_by_role("link", name="zhoumin", exact=True).click()
    page.get_by_role("link", name="View as customer").click()
    page.get_by_role("button", name="View as customer").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Reason").fill("Case 7: a parcel is missing")
    page.get_by_role("button", name="View as customer").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_operator_looks_as_a_customer_and_stops(new_page, scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    bar = page.get_by_role("region", name="View as customer")

    begin(page)

    expect(page).to_have_url("/account/")
    for path in SIGHTS:
        page.goto(path)
        expect(bar.get_by_role("status")).to_contain_text("15 minutes left")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(TOO_WIDE) <= 0, (path, width)

    page.goto("/products/side-handle-teapot/")
    page.get_by_role("button", name="Add to cart", exact=True).click()
    expect(page.locator("#toast")).to_contain_text(ONLY_LOOKING)
    page.get_by_role("banner").get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Change password").click()
    expect(page.get_by_role("heading", name=ONLY_LOOKING)).to_be_visible()

    bar.get_by_role("button", name="Stop viewing").click()

    expect(page).to_have_url(re.compile(r"/admin/accounts/user/\d+/change/$"))
    assert {cookie["name"] for cookie in page.context.cookies()} == {"csrftoken", "sessionid"}
    for path in ("/products/", "/account/"):
        page.goto(path)
        expect(page.get_by_role("banner")).to_be_visible()
        expect(bar).to_have_count(0)
    page.go_back()
    page.go_back()
    expect(bar).to_have_count(0)
