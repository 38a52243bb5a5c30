"""Every page of the shop, one after the other, in the states people meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.steps import PASSWORD, Buyer, Merchant
from tests.journeys.words import Words

SIGHTS = {
    "home": "/",
    "listing": "/categories/tableware/",
    "filtered": "/categories/tableware/?colour=ink&stock=in&price_max=500",
    "nothing-found": "/products/?price_min=99999",
    "product": "/products/side-handle-teapot/",
    "long-name": "/products/striped-tea-towels/",
    "sold-out": "/products/pour-over-kettle/",
    "no-picture": "/products/porcelain-rice-bowl/",
    "empty-cart": "/cart/",
    "help": "/pages/delivery/",
    "look-up": "/orders/lookup/",
    "not-found": "/products/there-is-no-such-thing/",
}

OWN = {
    "own-orders": "orders",
    "addresses": "addresses",
    "profile": "profile",
    "change-email": "email",
    "change-password": "password/change",
    "sessions": "sessions",
    "my-data": "data",
    "delete-account": "delete",
    "two-step": "2fa",
}


@dataclass
class Tour:
    """A way through all pages; each step yields the name of what the page now shows."""

    shopper: Page
    staff: Page
    words: Words
    has_script: bool = True
    number: str = ""

    def storefront(self) -> Iterator[str]:
        """Look around, buy a teapot, and pay for it."""
        for name, path in SIGHTS.items():
            self.shopper.goto(self.words.prefix + path)
            yield name
        buyer = Buyer(self.shopper, self.words, self.has_script, "li.na@example.com")
        yield from self._checkout(buyer)
        yield from self._payment(buyer)

    def _checkout(self, buyer: Buyer) -> Iterator[str]:
        buyer.find_teapot()
        buyer.add_size(self.words.size)
        yield "added"
        buyer.open_cart()
        yield "cart"
        buyer.start_checkout()
        yield "address"
        buyer.forget_street()
        yield "address-refused"
        buyer.give_street()
        yield "delivery"
        buyer.choose_delivery()
        yield "review"
        self.number = buyer.place()

    def _payment(self, buyer: Buyer) -> Iterator[str]:
        """Be declined, walk away, and pay in the end."""
        page, words = self.shopper, self.words
        yield "cashier"
        buyer.to_gateway()
        yield "gateway"
        buyer.press(words.decline)
        page.get_by_text(words.failed).first.wait_for()
        yield "payment-failed"
        page.get_by_role("link", name=words.other_method).click()
        buyer.pay(words.leave)
        page.get_by_text(words.waiting).first.wait_for()
        yield "payment-waiting"
        page.get_by_role("link", name=words.other_method).click()
        buyer.pay(words.pay)
        buyer.reads(words.thanks)
        yield "thanks"
        page.get_by_role("link", name=words.see_order).click()
        buyer.reads(words.packing)
        yield "order"
        link = buyer.open_mail(words.confirmed_subject.format(number=self.number))
        yield "mail"
        yield from self._other_browser(link)

    def _other_browser(self, link: str) -> Iterator[str]:
        """Open the mailed link where nobody knows the buyer, and get the code wrong."""
        page, words = self.shopper, self.words
        page.context.clear_cookies()
        page.goto(link)
        yield "order-from-mail"
        page.get_by_role("button", name=words.mail_code).click()
        page.get_by_label(words.code_label).wait_for()
        yield "look-up-code"
        page.get_by_label(words.code_label).fill("1")
        page.get_by_role("button", name=words.show_order).click()
        page.get_by_role("alert").wait_for()
        yield "look-up-refused"

    def account(self) -> Iterator[str]:
        """Register, be refused, sign in as one of the demo's customers, and look at everything of the account."""
        page, words = self.shopper, self.words
        page.goto(f"{words.prefix}/account/signup/")
        yield "register"
        page.get_by_role("button", name=words.create).click()
        page.get_by_role("alert").wait_for()
        yield "register-refused"
        page.goto(f"{words.prefix}/account/password/reset/")
        yield "reset-password"
        page.goto(f"{words.prefix}/account/login/")
        yield "sign-in"
        page.get_by_label(words.email_or_username).fill("lina")
        page.get_by_label(words.password).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name=words.sign_in).click()
        page.wait_for_url("**/account/")
        yield "account"
        for name, path in OWN.items():
            page.goto(f"{words.prefix}/account/{path}/")
            yield name
        yield from self._addresses()

    def _addresses(self) -> Iterator[str]:
        """Paste an address, be asked about its number, save it, think of deleting it, and send something there."""
        page, words = self.shopper, self.words
        page.goto(f"{words.prefix}/account/addresses/new/")
        page.get_by_label(words.paste).fill("李娜 0571-88881234 浙江省杭州市西湖区文三路88号")
        page.get_by_role("button", name=words.fill_in).click()
        expect(page.get_by_label(words.street)).to_have_value("文三路88号")
        yield "address-pasted"
        page.get_by_role("button", name=words.save_address).click()
        page.get_by_role("button", name=words.save_anyway).wait_for()
        yield "address-asked"
        page.get_by_role("button", name=words.save_anyway).click()
        page.get_by_role("button", name=words.delete_address, exact=True).first.wait_for()
        yield "addresses-saved"
        page.get_by_role("button", name=words.delete_address, exact=True).first.click()
        page.wait_for_url(re.compile("/delete/"))
        yield "address-delete"
        page.goto(f"{words.prefix}{SIGHTS['product']}")
        Buyer(page, words, self.has_script, "").add_size(words.size)
        page.goto(f"{words.prefix}/checkout/address/")
        yield "checkout-saved"

    def office(self) -> Iterator[str]:
        """Log in as a merchant, look at products and orders, and ship the teapot."""
        page, words = self.staff, self.words
        merchant = Merchant(page, words)
        page.goto(words.prefix + "/merchant/")
        yield "office-login"
        merchant.log_in("chenmo")
        yield "office"
        page.goto(f"{words.prefix}/merchant/catalog/product/?q={words.teapot}")
        yield "office-products"
        page.get_by_role("link", name=re.compile(words.teapot)).first.click()
        page.wait_for_url("**/change/**")
        yield "office-product"
        page.goto(words.prefix + "/merchant/orders/order/")
        yield "office-orders"
        page.get_by_role("link", name=self.number).click()
        page.wait_for_url("**/change/**")
        yield "office-order"
        page.get_by_role("link", name=words.ship, exact=True).click()
        page.get_by_label(words.tracking).wait_for()
        yield "office-ship"
        merchant.send(f"SF{self.number}")
        yield "office-shipped"
