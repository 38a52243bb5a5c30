"""An order is changed after it was paid: another address, other goods with a difference to pay, a parcel taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import aftersale
from tests.journeys.aftersale import Carer, CareWords, Claimant
from tests.journeys.steps import Buyer, Merchant
from tests.journeys.words import CHINESE, ENGLISH, Words

SKU = "YW-TP-0102"  # of the demo


@dataclass(frozen=True)
class ChangeWords:
    """One language's words of what is changed."""

    change_address: str
    street: str
    save_address: str
    address_saved: str
    change_order: str
    preview: str
    send: str
    sent: str
    difference: str
    credited: str
    take_back: str
    taken_back: str
    write: str
    placed: str
    place: str


IN_ENGLISH = ChangeWords(
    change_address="Change address",
    street="Street and house number",
    save_address="Save address",
    address_saved="Address saved",
    change_order="Change order",
    preview="Preview",
    send="Send to the buyer",
    sent="The buyer has got the change",
    difference="Pay the difference",
    credited="Credited for what was taken out",
    take_back="Take back",
    taken_back="The parcel is taken back",
    write="Write an order",
    placed="is placed. The buyer has got a mail.",
    place="Place order for",
)
IN_CHINESE = ChangeWords(
    change_address="修改地址",
    street="详细地址",
    save_address="保存地址",
    address_saved="地址已保存",
    change_order="改动订单",
    preview="预览",
    send="发给买家",
    sent="已把改动和付款方式发给买家",
    difference="支付差价",
    credited="移除商品抵扣",
    take_back="撤回",
    taken_back="已撤回",
    write="代客下单",
    placed="已给买家发送邮件",
    place="提交订单",
)
SIDES = pytest.mark.parametrize(
    ("words", "care", "change", "has_script"),
    [(ENGLISH, aftersale.ENGLISH, IN_ENGLISH, True), (CHINESE, aftersale.CHINESE, IN_CHINESE, False)],
    ids=["english", "chinese without script"],
)


@SIDES
def test_a_paid_order_gets_another_address_and_other_goods(
    new_page, words: Words, care: CareWords, change: ChangeWords, has_script: bool
) -> None:
    page = new_page(java_script_enabled=has_script)
    buyer = Buyer(page, words, has_script, "li.na@example.com")
    claimant = Claimant(buyer, care)
    merchant = Merchant(new_page(java_script_enabled=has_script), words)
    merchant.log_in("chenmo")
    carer = Carer(merchant, care)
    claimant.buy()

    _readdress(page, change)
    claimant.open_order()
    expect(page.get_by_text("1 Nanshan Road")).to_be_visible()

    carer.open_order(claimant.number)
    _exchange_for_more(carer.page, change)
    claimant.open_order()
    page.get_by_role("link", name=change.difference, exact=True).click()
    buyer.pay(words.pay)
    claimant.open_order()
    expect(page.get_by_text(change.credited)).to_be_visible()

    carer.ship(claimant.number, f"SF6{claimant.number}")
    carer.open_order(claimant.number)
    carer.page.get_by_role("link", name=re.compile(change.take_back)).click()
    carer.page.get_by_role("button", name=change.take_back, exact=True).click()
    expect(carer.page.get_by_text(change.taken_back).first).to_be_visible()


@SIDES
def test_staff_write_an_order_for_a_buyer(
    new_page, words: Words, care: CareWords, change: ChangeWords, has_script: bool
) -> None:
    merchant = Merchant(new_page(java_script_enabled=has_script), words)
    merchant.log_in("chenmo")
    page = merchant.page
    page.get_by_role("main").get_by_role("link", name=words.orders, exact=True).click()
    page.get_by_role("link", name=change.write, exact=True).click()
    page.locator("[name=sku_0]").fill(SKU)
    values = {"email": "phone@example.com", "name": "Li Na", "phone": "13800138000", "city": "杭州市"}
    for name, value in {**values, "district": "西湖区", "street": "88 Wensan Road"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=province]").select_option("浙江省")
    page.get_by_role("button", name=change.preview, exact=True).click()
    page.get_by_role("button", name=re.compile(change.place)).click()
    expect(page.get_by_text(change.placed).first).to_be_visible()
    expect(page.get_by_text("/orders/").first).to_be_visible()


def _readdress(page: Page, change: ChangeWords) -> None:
    page.get_by_role("link", name=change.change_address, exact=True).click()
    page.get_by_label(change.street).fill("1 Nanshan Road")
    page.get_by_role("button", name=change.save_address, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=change.address_saved).first).to_be_visible()


def _exchange_for_more(page: Page, change: ChangeWords) -> None:
    """Take the teapot out, and put two others in."""
    page.get_by_role("link", name=change.change_order, exact=True).click()
    page.locator("input[name^=out_]").first.fill("1")
    page.locator("[name=sku_0]").fill(SKU)
    page.locator("[name=units_0]").fill("2")
    page.get_by_role("button", name=change.preview, exact=True).click()
    page.get_by_role("button", name=change.send, exact=True).click()
    expect(page.get_by_text(change.sent).first).to_be_visible()
