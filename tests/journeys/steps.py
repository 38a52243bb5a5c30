"""What people do in the shop, by the words they read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.journeys.words import Words

PATIENCE_MS = 30_000
PASSWORD = "open-for-business"  # of the demo, as README.md gives it
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Buyer:
    """A guest with a browser."""

    page: Page
    words: Words
    has_script: bool
    email: str

    def find_teapot(self) -> None:
        """Go from home over a filtered listing to a product."""
        page, words = self.page, self.words
        page.goto(words.prefix + "/")
        page.get_by_role("navigation", name=words.main_navigation).get_by_role("link", name=words.tableware).click()
        page.get_by_role("checkbox", name=re.compile(f"^{words.ink}")).check()
        if not self.has_script:
            page.get_by_role("button", name=re.compile(f"^{words.show_products}")).click()
        expect(page).to_have_url(re.compile("colour=ink"))
        page.get_by_role("link", name=words.teapot).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(words.teapot)

    def add_size(self, size: str, *, quantity: int = 1) -> None:
        """Choose a variant and put so many of it into the cart."""
        page, words = self.page, self.words
        page.get_by_role("radio", name=size).check()
        expect(page.locator("[aria-busy]")).to_have_count(0)
        page.get_by_label(words.quantity, exact=True).fill(str(quantity))
        page.get_by_role("button", name=words.add_to_cart, exact=True).first.click()
        expect(page.get_by_role("status").filter(has_text=words.added).first).to_be_visible()

    def open_cart(self) -> None:
        """Go to the cart by the header."""
        page, words = self.page, self.words
        page.get_by_role("banner").get_by_role("link", name=re.compile(f"^{words.cart}")).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(words.cart)

    def start_checkout(self) -> None:
        """Go from the cart to the address."""
        self.page.get_by_role("link", name=re.compile(f"^{self.words.checkout}")).first.click()
        expect(self.page.get_by_label(self.words.email)).to_be_visible()

    def forget_street(self) -> None:
        """Send an address without its street, and read the complaint."""
        page, words = self.page, self.words
        page.get_by_label(words.email).fill(self.email)
        page.get_by_label(words.name).fill("Li Na")
        page.get_by_label(words.phone).fill("13800138000")
        page.get_by_label(words.province).select_option("浙江省")
        page.get_by_label(words.city).fill("杭州市")
        page.get_by_label(words.district).fill("西湖区")
        page.get_by_role("button", name=words.to_delivery).click()
        expect(page.get_by_role("alert")).to_contain_text(words.problem)

    def give_street(self) -> None:
        """Find what was typed still there, and complete it."""
        page, words = self.page, self.words
        expect(page.get_by_label(words.city)).to_have_value("杭州市")
        page.get_by_label(words.street).fill("文三路 88 号")
        page.get_by_role("button", name=words.to_delivery).click()
        expect(page.get_by_role("radio", name=words.express)).to_be_visible()

    def choose_delivery(self) -> None:
        """Take the express."""
        page, words = self.page, self.words
        page.get_by_role("radio", name=words.express).check()
        page.get_by_role("button", name=words.to_review).click()
        expect(page.get_by_role("button", name=self._placing).first).to_be_visible()

    def place(self) -> str:
        """Place the order and return its number."""
        page = self.page
        page.get_by_role("button", name=self._placing).first.click()
        page.wait_for_url(re.compile(r"/orders/\d{12}/pay/"))
        return page.url.split("/orders/")[1][:12]

    def to_gateway(self) -> None:
        """Go from the cashier to the payment page."""
        page, words = self.page, self.words
        page.get_by_role("button", name=re.compile("^" + re.escape(words.pay_amount))).first.click()
        expect(page.get_by_role("button", name=words.pay, exact=True)).to_be_visible()

    def press(self, button: str) -> None:
        """Press a button of the payment page."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def pay(self, button: str) -> None:
        """Go to the payment page and press one of its buttons."""
        self.to_gateway()
        self.press(button)

    def reads(self, heading: str) -> None:
        """See a page's heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    @property
    def _placing(self) -> re.Pattern[str]:
        wide, narrow = re.escape(self.words.place_order), re.escape(self.words.place_order_narrow)
        return re.compile(f"^({wide}|{narrow}$)")

    def look_up(self, number: str) -> None:
        """Find an order in a browser that does not know it: number, email, and the code from the mail."""
        page, words = self.page, self.words
        page.goto(f"{words.prefix}/orders/lookup/")
        page.get_by_label(words.order_number).fill(number)
        page.get_by_label(words.order_email).fill(self.email)
        page.get_by_role("main").get_by_role("button", name=words.find_order).click()
        page.get_by_label(words.code_label).wait_for()
        self.type_code(words.code_subject.format(number=number))
        page.get_by_role("button", name=words.show_order).click()
        expect(page).to_have_url(re.compile(f"/orders/{number}/$"))

    def type_code(self, subject: str) -> None:
        """Find the code in the subject of a mail, and type it where it is asked for."""
        page, asked = self.page, self.page.url
        code = self._find_mail(subject).inner_text()[:6]
        page.goto(asked)
        page.get_by_label(self.words.code_label).fill(code)

    def _find_mail(self, subject: str) -> Locator:
        """Wait for a mail, and return the link to the newest with this subject."""
        link = self.page.get_by_role("row").filter(has_text=self.email).get_by_role("link", name=subject).first
        for _ in range(30):
            self.page.goto("/demo/mails/")
            if link.count():
                break
            self.page.wait_for_timeout(500)
        return link

    def open_mail(self, subject: str, button: str = "") -> str:
        """Open a mail, and return where its button leads: to the order, unless told."""
        page, words = self.page, self.words
        self._find_mail(subject).click()
        frame = page.get_by_title("The mail as a mail program shows it").content_frame
        href = frame.get_by_role("link", name=button or words.see_order).get_attribute("href")
        assert href
        return href


@dataclass
class Merchant:
    """A merchant's member in the back office."""

    page: Page
    words: Words

    def log_in(self, username: str) -> None:
        """Open the office."""
        page, words = self.page, self.words
        page.goto(words.prefix + "/merchant/")
        page.get_by_label(words.username).fill(username)
        page.get_by_label(words.password).fill(PASSWORD)
        page.get_by_role("button", name=words.log_in).click()
        page.wait_for_url(re.compile(r"^[^?]*/merchant/$"))

    def ship(self, number: str, tracking: str) -> None:
        """Find an order and ship all of it."""
        page, words = self.page, self.words
        page.get_by_role("main").get_by_role("link", name=words.orders, exact=True).click()
        page.get_by_role("link", name=number).click()
        page.get_by_role("link", name=words.ship, exact=True).click()
        self.send(tracking)

    def send(self, tracking: str) -> None:
        """Fill in and send the shipping form."""
        page, words = self.page, self.words
        page.get_by_label(words.tracking).fill(tracking)
        page.get_by_role("button", name=words.ship, exact=True).click()
        expect(page.get_by_text(tracking).first).to_be_visible()
