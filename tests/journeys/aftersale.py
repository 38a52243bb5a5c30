"""What people do after an order is placed, by the words they read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.steps import Buyer, Merchant


@dataclass(frozen=True)
class CareWords:
    """One language's words of what happens after placing."""

    cancel: str
    cancelled_message: str
    cancelled: str
    buy_again: str
    cancel_and_refund: str
    sent: str
    confirm_receipt: str
    confirmed: str
    received: str
    return_or_refund: str
    refund_only: str
    return_and_refund: str
    exchange: str
    reason: str
    quality: str
    quantity: str
    amount: str
    explanation: str
    pictures: str
    submit: str
    carrier: str
    tracking: str
    send_details: str
    refund_coming: str
    done: str
    cases: str
    approve: str
    words_for_buyer: str
    goods_here: str
    inspected: str
    replace: str
    order: str
    refunded: str


ENGLISH = CareWords(
    cancel="Cancel order",
    cancelled_message="Order cancelled",
    cancelled="Cancelled",
    buy_again="Buy again",
    cancel_and_refund="Cancel and refund",
    sent="Your request is sent.",
    confirm_receipt="Confirm receipt",
    confirmed="Thank you, receipt confirmed",
    received="Received",
    return_or_refund="Return or refund",
    refund_only="Refund only",
    return_and_refund="Return and refund",
    exchange="Exchange",
    reason="Reason",
    quality="Quality problem",
    quantity="Quantity, at most",
    amount="Amount (CN¥)",
    explanation="Explanation",
    pictures="Pictures (up to 5)",
    submit="Submit request",
    carrier="Carrier",
    tracking="Tracking number",
    send_details="Send details",
    refund_coming="Refund on its way",
    done="Done",
    cases="Return cases",
    approve="Approve",
    words_for_buyer="Words for the buyer",
    goods_here="Goods have arrived",
    inspected="Inspected",
    replace="Send replacement",
    order="Order",
    refunded="Refunded",
)
CHINESE = CareWords(
    cancel="取消订单",
    cancelled_message="订单已取消",
    cancelled="已取消",
    buy_again="再次购买",
    cancel_and_refund="取消并退款",
    sent="申请已提交。",
    confirm_receipt="确认收货",
    confirmed="已确认收货",
    received="已签收",
    return_or_refund="退货/退款",
    refund_only="仅退款",
    return_and_refund="退货退款",
    exchange="换货",
    reason="原因",
    quality="质量问题",
    quantity="数量，最多",
    amount="退款金额（元）",
    explanation="说明",
    pictures="图片（最多 5 张）",
    submit="提交申请",
    carrier="快递公司",
    tracking="运单号",
    send_details="提交物流信息",
    refund_coming="退款中",
    done="已完成",
    cases="售后单",
    approve="同意",
    words_for_buyer="给买家的话",
    goods_here="已收到退货",
    inspected="完成验货",
    replace="寄出换新",
    order="订单",
    refunded="已退款",
)


@dataclass
class Claimant:
    """A buyer who looks after an order."""

    buyer: Buyer
    words: CareWords
    number: str = ""

    @property
    def page(self) -> Page:
        """The buyer's browser."""
        return self.buyer.page

    def buy(self, *, quantity: int = 1) -> None:
        """Buy so many teapots, and go on to the order's page."""
        self.place(quantity=quantity)
        self.buyer.pay(self.buyer.words.pay)
        self.buyer.reads(self.buyer.words.thanks)
        self.open_order()

    def place(self, *, quantity: int = 1) -> None:
        """Place an order of so many teapots, unpaid."""
        buyer = self.buyer
        buyer.find_teapot()
        buyer.add_size(buyer.words.size, quantity=quantity)
        buyer.open_cart()
        buyer.start_checkout()
        if self.page.get_by_label(buyer.words.street).input_value() == "":
            buyer.forget_street()
            buyer.give_street()
        else:
            self.page.get_by_role("button", name=buyer.words.to_delivery).click()
        buyer.choose_delivery()
        self.number = buyer.place()

    def open_order(self) -> None:
        """Go to the order's page."""
        self.page.goto(f"{self.buyer.words.prefix}/orders/{self.number}/")

    def act(self, label: str) -> None:
        """Press an action of the order, and the button of the page that asks first."""
        self.page.get_by_role("link", name=label, exact=True).click()
        self.page.get_by_role("main").get_by_role("button", name=label, exact=True).click()

    def is_told(self, message: str) -> None:
        """Read a message."""
        expect(self.page.get_by_role("status").filter(has_text=message).first).to_be_visible()

    def ask(self, kind: str, *, amount: str = "", picture: Path | None = None) -> str:
        """Ask for something about one unit, and return the address of the request."""
        page, words = self.page, self.words
        self.open_order()
        page.get_by_role("link", name=words.return_or_refund, exact=True).click()
        page.get_by_role("radio", name=kind, exact=True).check()
        page.get_by_label(re.compile(f"^{words.quantity}")).fill("1")
        page.get_by_label(words.reason).select_option(label=words.quality)
        page.get_by_label(re.compile("^" + re.escape(words.amount))).fill(amount)
        page.get_by_label(re.compile(f"^{words.explanation}")).fill("The lid is broken")
        if picture:
            page.get_by_label(re.compile("^" + re.escape(words.pictures))).set_input_files(picture)
        page.get_by_role("button", name=words.submit).click()
        self.is_told(words.sent)
        return page.url

    def send_back(self, address: str, tracking: str) -> None:
        """Type the number of the parcel with the goods."""
        page, words = self.page, self.words
        page.goto(address)
        page.get_by_label(words.carrier).select_option(value="SF")
        page.get_by_role("textbox", name=words.tracking).fill(tracking)
        page.get_by_role("button", name=words.send_details).click()
        expect(page.get_by_text(tracking).first).to_be_visible()

    def waits_for(self, address: str, text: str) -> None:
        """Look again until a page says something that a worker does."""
        for _ in range(40):
            self.page.goto(address)
            if self.page.get_by_text(text).first.is_visible():
                return
            self.page.wait_for_timeout(500)
        expect(self.page.get_by_text(text).first).to_be_visible()


@dataclass
class Carer:
    """A merchant's member who answers requests."""

    merchant: Merchant
    words: CareWords

    @property
    def page(self) -> Page:
        """The member's browser."""
        return self.merchant.page

    def open_case(self, name: str) -> None:
        """Find a request in the office."""
        page, words = self.page, self.merchant.words
        page.goto(f"{words.prefix}/merchant/")
        page.get_by_role("main").get_by_role("link", name=self.words.cases, exact=True).click()
        page.get_by_role("link", name=name, exact=True).click()

    def press(self, label: str) -> None:
        """Press a button of the case, and see the page again."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=label, exact=True).click()

    def open_order(self, number: str) -> None:
        """Find an order in the office."""
        page, words = self.page, self.merchant.words
        page.goto(f"{words.prefix}/merchant/")
        page.get_by_role("main").get_by_role("link", name=words.orders, exact=True).click()
        page.get_by_role("link", name=number).click()

    def ship(self, number: str, tracking: str, *, units: int | None = None) -> None:
        """Ship so many units of an order's first line, or what is left."""
        page, words = self.page, self.merchant.words
        self.open_order(number)
        page.get_by_role("link", name=words.ship, exact=True).click()
        if units is not None:
            page.locator("input[name^=line_]").first.fill(str(units))
        self.merchant.send(tracking)
