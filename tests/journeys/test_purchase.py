"""From home to a parcel on its way, with and without JavaScript, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import Buyer, Merchant
from tests.journeys.words import CHINESE, ENGLISH, Words

LANGUAGES = pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])
SCRIPT = pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])


@LANGUAGES
@SCRIPT
def test_a_guest_buys_a_teapot_and_sees_it_shipped(new_page, words: Words, has_script: bool) -> None:
    buyer = Buyer(new_page(java_script_enabled=has_script), words, has_script, "li.na@example.com")

    buyer.find_teapot()
    buyer.add_size(words.size)
    buyer.open_cart()
    buyer.start_checkout()
    buyer.forget_street()
    buyer.give_street()
    buyer.choose_delivery()
    number = buyer.place()
    buyer.pay(words.pay)
    buyer.reads(words.thanks)
    buyer.page.get_by_role("link", name=words.see_order).click()
    buyer.reads(words.packing)
    order_page = buyer.page.url
    from_mail = buyer.open_mail(words.confirmed_subject.format(number=number))

    merchant = Merchant(new_page(java_script_enabled=has_script), words)
    merchant.log_in("chenmo")
    merchant.ship(number, f"SF1{number}")

    buyer.page.goto(order_page)
    buyer.reads(words.shipped)
    expect(buyer.page.get_by_text(f"SF1{number}").first).to_be_visible()
    buyer.open_mail(words.shipped_subject.format(number=number))
    elsewhere = Buyer(new_page(java_script_enabled=has_script), words, has_script, buyer.email)
    _look_up_to_act(elsewhere, from_mail, number)


def _look_up_to_act(buyer: Buyer, link: str, number: str) -> None:
    """Open a mailed link, which only shows the order, and get the leave to act for it."""
    buyer.page.goto(link)
    buyer.reads(buyer.words.shipped)
    ask = buyer.page.get_by_role("button", name=buyer.words.mail_code)
    expect(ask).to_be_visible()
    buyer.look_up(number)
    buyer.reads(buyer.words.shipped)
    expect(ask).to_be_hidden()


def test_a_declined_payment_can_be_tried_again(new_page) -> None:
    words = ENGLISH
    buyer = Buyer(new_page(), words, has_script=True, email="li.na@example.com")

    buyer.find_teapot()
    buyer.add_size("600 ml")
    buyer.open_cart()
    buyer.start_checkout()
    buyer.forget_street()
    buyer.give_street()
    buyer.choose_delivery()
    number = buyer.place()
    buyer.pay(words.decline)
    expect(buyer.page.get_by_text(words.failed)).to_be_visible()
    buyer.page.get_by_role("link", name=words.other_method).click()
    buyer.pay(words.leave)
    expect(buyer.page.get_by_text(words.waiting)).to_be_visible()
    buyer.page.get_by_role("link", name=words.other_method).click()
    buyer.pay(words.pay)

    buyer.reads(words.thanks)
    assert number in buyer.page.url
