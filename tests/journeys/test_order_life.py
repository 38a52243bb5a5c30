"""An order's whole life in the browser, on both sides: cancelled, shipped in parts, received, returned in every way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys import aftersale
from tests.journeys.aftersale import Carer, CareWords, Claimant
from tests.journeys.steps import Buyer, Merchant
from tests.journeys.words import CHINESE, ENGLISH, Words

SIDES = pytest.mark.parametrize(
    ("words", "care", "has_script"),
    [(ENGLISH, aftersale.ENGLISH, True), (CHINESE, aftersale.CHINESE, False)],
    ids=["english", "chinese without script"],
)


def _people(new_page, words: Words, care: CareWords, *, has_script: bool) -> tuple[Claimant, Carer]:
    page = new_page(java_script_enabled=has_script)
    claimant = Claimant(Buyer(page, words, has_script, "li.na@example.com"), care)
    merchant = Merchant(new_page(java_script_enabled=has_script), words)
    merchant.log_in("chenmo")
    return claimant, Carer(merchant, care)


@SIDES
def test_an_order_is_cancelled_before_and_after_it_is_paid(
    new_page, words: Words, care: CareWords, has_script: bool
) -> None:
    claimant, carer = _people(new_page, words, care, has_script=has_script)
    claimant.place()
    claimant.open_order()
    claimant.act(care.cancel)
    claimant.is_told(care.cancelled_message)
    claimant.buyer.reads(care.cancelled)
    expect(claimant.page.get_by_role("button", name=care.buy_again)).to_be_visible()

    claimant.buy()
    claimant.act(care.cancel_and_refund)
    claimant.is_told(care.sent)
    case = claimant.page.url
    carer.open_case(f"R{case.rstrip('/').split('/')[-1]}")
    carer.press(care.approve)

    claimant.waits_for(case, care.refunded)
    claimant.open_order()
    claimant.buyer.reads(care.cancelled)


@SIDES
def test_an_order_leaves_in_parts_is_received_and_returned_in_every_way(
    new_page, words: Words, care: CareWords, has_script: bool, tmp_path: Path
) -> None:
    claimant, carer = _people(new_page, words, care, has_script=has_script)
    claimant.buy(quantity=3)
    carer.ship(claimant.number, f"SF1{claimant.number}", units=1)
    carer.ship(claimant.number, f"SF2{claimant.number}")
    claimant.open_order()
    claimant.buyer.reads(words.shipped)
    claimant.act(care.confirm_receipt)
    claimant.is_told(care.confirmed)
    claimant.buyer.reads(care.received)

    _refund_only(claimant, carer, care, tmp_path)
    _return(claimant, carer, care)
    _exchange(claimant, carer, care)


def _refund_only(claimant: Claimant, carer: Carer, care: CareWords, folder: Path) -> None:
    picture = folder / "lid.jpg"
    Image.new("RGB", (900, 600), "darkred").save(picture)
    case = claimant.ask(care.refund_only, amount="10", picture=picture)
    expect(claimant.page.locator("img.evidence")).to_have_count(1)
    carer.open_case(_name(case))
    expect(carer.page.locator("img.evidence")).to_have_count(1)
    carer.press(care.approve)
    claimant.waits_for(case, care.refunded)


def _return(claimant: Claimant, carer: Carer, care: CareWords) -> None:
    case = claimant.ask(care.return_and_refund)
    carer.open_case(_name(case))
    carer.press(care.approve)
    claimant.send_back(case, f"SF3{claimant.number}")
    carer.open_case(_name(case))
    carer.press(care.goods_here)
    carer.press(care.inspected)
    claimant.waits_for(case, care.refunded)


def _exchange(claimant: Claimant, carer: Carer, care: CareWords) -> None:
    case = claimant.ask(care.exchange)
    carer.open_case(_name(case))
    carer.press(care.approve)
    claimant.send_back(case, f"SF4{claimant.number}")
    carer.open_case(_name(case))
    carer.press(care.goods_here)
    carer.press(care.inspected)
    carer.page.get_by_label(care.tracking).fill(f"SF5{claimant.number}")
    carer.press(care.replace)
    claimant.page.goto(case)
    claimant.page.get_by_role("button", name=care.confirm_receipt).click()
    claimant.is_told(care.confirmed)
    expect(claimant.page.get_by_text(care.done).first).to_be_visible()


def _name(address: str) -> str:
    return f"R{address.rstrip('/').split('/')[-1]}"
