"""From a registration to own orders, and back in with a new password; with and without JavaScript."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.steps import Buyer
from tests.journeys.words import CHINESE, ENGLISH, Words

PHONE = {"width": 390, "height": 844}
FIRST, SECOND = "a kettle of tea", "two kettles of tea"


@dataclass
class Member:
    """Somebody who makes an account and uses it."""

    buyer: Buyer
    username: str

    @property
    def page(self) -> Page:
        """The browser's window."""
        return self.buyer.page

    @property
    def words(self) -> Words:
        """The words of the language."""
        return self.buyer.words

    def register(self) -> None:
        """Go from the home page to the form, and send it."""
        page, words = self.page, self.words
        page.goto(words.prefix + "/")
        page.get_by_role("banner").get_by_role("link", name=words.account).click()
        page.get_by_role("link", name=words.create_account).click()
        page.get_by_label(words.email, exact=True).fill(self.buyer.email)
        page.get_by_label(words.username).fill(self.username)
        page.get_by_label(words.password).fill(FIRST)
        page.get_by_role("button", name=words.create).click()
        expect(page.get_by_role("alert")).to_contain_text(words.problem)
        page.get_by_label(words.password).fill(FIRST)
        page.get_by_label(words.agree).check()
        page.get_by_role("button", name=words.create).click()
        self.buyer.reads(words.check_mail)

    def activate(self) -> None:
        """Follow the link in the mail."""
        page, words = self.page, self.words
        page.goto(self.buyer.open_mail(words.activation_subject, words.confirm_email))
        self.buyer.reads(words.confirm_email)
        page.get_by_role("button", name=words.confirm, exact=True).click()

    def sign_in(self, name: str, password: str) -> None:
        """Sign in with an address or a username."""
        page, words = self.page, self.words
        page.goto(words.prefix + "/account/login/")
        page.get_by_label(words.email_or_username).fill(name)
        page.get_by_label(words.password).fill(password)
        page.get_by_role("main").get_by_role("button", name=words.sign_in).click()
        self.buyer.reads(words.greeting.format(name=self.username))

    def sign_out(self) -> None:
        """Leave, from the overview."""
        page, words = self.page, self.words
        page.get_by_role("navigation", name=words.account).get_by_role("link", name=words.sign_out).click()
        page.get_by_role("button", name=words.sign_out).click()
        expect(page).to_have_url(re.compile(rf"{words.prefix}/$"))

    def forget_password(self) -> None:
        """Get a link by mail and choose another password."""
        page, words = self.page, self.words
        page.goto(words.prefix + "/account/login/")
        page.get_by_role("link", name=words.forgot).click()
        page.get_by_label(words.email, exact=True).fill(self.buyer.email)
        page.get_by_role("button", name=words.send_link).click()
        self.buyer.reads(words.check_mail)
        page.goto(self.buyer.open_mail(words.reset_subject, words.choose_password))
        page.get_by_label(words.new_password).fill(SECOND)
        page.get_by_role("button", name=words.set_password).click()
        self.buyer.reads(words.password_changed)

    def edit_profile(self, name: str) -> None:
        """Tell another name and a time zone, and show a picture."""
        page, words = self.page, self.words
        page.goto(f"{words.prefix}/account/")
        page.get_by_role("navigation", name=words.account).get_by_role("link", name=words.profile).click()
        page.get_by_label(words.person_name).fill(name)
        page.get_by_label(words.time_zone).select_option("Europe/Berlin")
        page.get_by_role("button", name=words.save_changes).click()
        expect(page.get_by_role("status").filter(has_text=words.changes_saved).first).to_be_visible()
        picture = io.BytesIO()
        Image.new("RGB", (300, 200), "teal").save(picture, "PNG")
        file = FilePayload(name="me.png", mimeType="image/png", buffer=picture.getvalue())
        page.get_by_label(words.choose_picture).set_input_files(file)
        page.get_by_role("button", name=words.save_picture).click()
        expect(page.get_by_role("status").filter(has_text=words.picture_saved).first).to_be_visible()
        expect(page.get_by_label(words.time_zone)).to_have_value("Europe/Berlin")
        assert page.locator("img.avatar").first.evaluate("each => each.naturalWidth") == 256

    def change_email(self, password: str) -> None:
        """Take another address, and agree to it in both mailboxes."""
        page, words, old, new = self.page, self.words, self.buyer.email, f"new@{self.username}.example.com"
        page.get_by_role("banner").get_by_role("link", name=words.account).click()
        page.get_by_role("navigation", name=words.account).get_by_role("link", name=words.change_email).click()
        page.get_by_label(words.new_email).fill(new)
        page.get_by_label(words.current_password).fill(password)
        page.get_by_role("button", name=words.change_email).click()
        expect(page.get_by_role("heading", name=words.pending)).to_be_visible()
        for mailbox, subject in ((old, words.email_leaving_subject), (new, words.email_change_subject)):
            self.buyer.email = mailbox
            page.goto(self.buyer.open_mail(subject, words.confirm))
            page.get_by_role("button", name=words.confirm, exact=True).click()

    def save_address(self) -> None:
        """Paste an address into the address book; Chinese readers then choose another place."""
        page, words = self.page, self.words
        page.goto(f"{words.prefix}/account/")
        page.get_by_role("navigation", name=words.account).get_by_role("link", name=words.addresses).click()
        page.get_by_role("button", name=words.add_address).click()
        page.get_by_label(words.paste).fill("李娜 13800138000 浙江省杭州市西湖区文三路88号")
        page.get_by_role("button", name=words.fill_in).click()
        expect(page.get_by_label(words.street)).to_have_value("文三路88号")
        expect(page.get_by_label(words.district)).to_have_value("西湖区")
        if words is CHINESE:
            self._choose(words.province, "江苏省", words.city)
            self._choose(words.city, "苏州市", words.district)
            page.get_by_label(words.district).select_option("吴中区")
        page.get_by_role("button", name=words.save_address).click()
        expect(page.get_by_role("status").filter(has_text=words.address_saved).first).to_be_visible()

    def _choose(self, level: str, place: str, below: str) -> None:
        """Choose a place, and see that the level below it is to be chosen anew."""
        page = self.page
        page.get_by_label(level).select_option(place)
        if not self.buyer.has_script:
            page.get_by_role("button", name=self.words.show_choice).click()
        expect(page.get_by_label(below)).to_have_value("")


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_a_newcomer_registers_buys_and_finds_the_order(new_page, words: Words, has_script: bool) -> None:
    name = f"mei-{words.code.lower()}-{int(has_script)}"
    page = new_page(java_script_enabled=has_script, viewport=PHONE)
    buyer = Buyer(page, words, has_script, f"{name}@example.com")
    member = Member(buyer, name)

    page.goto(f"{words.prefix}/categories/tableware/")
    page.get_by_role("link", name=words.teapot).click()
    buyer.add_size(words.size)
    member.register()
    member.activate()
    member.sign_in(name, FIRST)

    member.save_address()
    number = _buy(buyer)
    page.goto(f"{words.prefix}/account/")
    page.get_by_role("navigation", name=words.my_orders).get_by_role("link", name=words.to_ship).click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    member.edit_profile(name.upper())
    member.change_email(FIRST)
    member.username = name.upper()
    buyer.reads(words.greeting.format(name=member.username))
    member.sign_out()
    member.forget_password()
    member.sign_in(buyer.email, SECOND)


def _buy(buyer: Buyer) -> str:
    """Buy what is in the cart, with the saved address, and return the order's number."""
    buyer.open_cart()
    buyer.start_checkout()
    expect(buyer.page.get_by_label(buyer.words.email)).to_have_value(buyer.email)
    expect(buyer.page.get_by_role("radio", name="文三路88号")).to_be_checked()
    buyer.page.get_by_role("button", name=buyer.words.use_address).click()
    buyer.choose_delivery()
    expect(buyer.page.get_by_text("文三路88号")).to_be_visible()
    number = buyer.place()
    buyer.pay(buyer.words.pay)
    buyer.reads(buyer.words.thanks)
    return number


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_somebody_takes_the_data_away_and_asks_to_be_forgotten(new_page, words: Words, has_script: bool) -> None:
    name = f"ada-{words.code.lower()}-{int(has_script)}"
    page = new_page(java_script_enabled=has_script, viewport=PHONE)
    member = Member(Buyer(page, words, has_script, f"{name}@example.com"), name)
    member.register()
    member.activate()
    member.sign_in(name, FIRST)

    page.get_by_role("navigation", name=words.account).get_by_role("link", name=words.my_data).click()
    page.get_by_role("button", name=words.pack).click()
    link = page.get_by_role("link", name=words.download)
    for _ in range(30):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    with page.expect_download() as download:
        link.click()
    assert zipfile.ZipFile(download.value.path()).read("profile.csv").decode().count(name) == 2

    page.get_by_role("link", name=words.delete_account).click()
    page.get_by_label(words.current_password).fill(FIRST)
    page.get_by_role("button", name=words.mail_code).click()
    page.get_by_label(words.code_label).wait_for()
    member.buyer.type_code(words.erasure_subject)
    page.get_by_role("button", name=words.delete_account).click()
    expect(page.get_by_text(words.to_be_deleted)).to_be_visible()
    page.get_by_role("button", name=words.keep_account).click()
    expect(page.get_by_role("status").filter(has_text=words.account_stays).first).to_be_visible()
