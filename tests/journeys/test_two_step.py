"""A second step: an app, recovery codes and a passkey, set up and used; the first two without JavaScript as well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.accounts.factors import App
from tests.journeys.stack import Stack
from tests.journeys.steps import Buyer
from tests.journeys.test_account import FIRST, PHONE, Member
from tests.journeys.words import CHINESE, ENGLISH, Words

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True)
class Labels:
    """The words of these pages."""

    two_step: str
    set_up: str
    proceed: str
    code: str
    turn_on: str
    codes: str
    download: str
    kept: str
    is_on: str
    add_passkey: str
    passkey_name: str
    make: str
    use_passkey: str
    failed: str


LABELS = {
    "en": Labels(
        two_step="Two-step sign-in",
        set_up="Set up an app",
        proceed="Continue",
        code="Verification code",
        turn_on="Turn on",
        codes="Recovery codes",
        download="Download",
        kept="I have kept them",
        is_on="On",
        add_passkey="Add a passkey",
        passkey_name="Name of the passkey",
        make="Make the passkey",
        use_passkey="Use a passkey",
        failed="The passkey could not be used. Please try again.",
    ),
    "zh-Hans": Labels(
        two_step="两步验证",
        set_up="设置应用验证",
        proceed="继续",
        code="验证码",
        turn_on="开启",
        codes="恢复码",
        download="下载",
        kept="我已保存",
        is_on="已开启",
        add_passkey="添加通行密钥",
        passkey_name="通行密钥名称",
        make="创建通行密钥",
        use_passkey="使用通行密钥",
        failed="无法使用通行密钥，请重试。",
    ),
}
BOTH = pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])


@dataclass
class Careful(Member):
    """Somebody with an account who wants a second step."""

    @property
    def labels(self) -> Labels:
        """The words of these pages in the language."""
        return LABELS[self.words.code]

    def start(self) -> None:
        """Make an account and sign in."""
        self.register()
        self.activate()
        self.sign_in(self.username, FIRST)

    def open_pages(self) -> None:
        """Go to the second step's pages from the overview."""
        page, words = self.page, self.words
        page.goto(f"{words.prefix}/account/")
        page.get_by_role("navigation", name=words.account).get_by_role("link", name=self.labels.two_step).click()
        self.buyer.reads(self.labels.two_step)

    def show_password_again(self) -> None:
        """Show that it is still the same person."""
        self.page.get_by_label(self.words.current_password).fill(FIRST)
        self.page.get_by_role("button", name=self.labels.proceed).click()

    def set_up_app(self) -> App:
        """Scan the picture, mistype the first code, and turn it on."""
        page, labels = self.page, self.labels
        page.get_by_role("link", name=labels.set_up).click()
        self.show_password_again()
        self.buyer.reads(labels.set_up)
        app = App(page.locator("main code").inner_text())
        self.send_code(app.wrong(), labels.turn_on)
        expect(page.get_by_role("alert")).to_contain_text(self.words.problem)
        self.send_code(app.code(), labels.turn_on)
        self.buyer.reads(labels.codes)
        return app

    def send_code(self, code: str, button: str) -> None:
        """Type a code and press a button."""
        self.page.get_by_label(self.labels.code).fill(code)
        self.page.get_by_role("button", name=button).click()

    def keep_codes(self) -> list[str]:
        """Download the recovery codes, which are those on the page."""
        page, labels = self.page, self.labels
        codes = page.locator("main code").all_inner_texts()
        with page.expect_download() as download:
            page.get_by_role("link", name=labels.download).click()
        assert Path(download.value.path()).read_text().split() == codes
        page.get_by_role("link", name=labels.kept).click()
        expect(page.get_by_text(labels.is_on, exact=True)).to_be_visible()
        return codes

    def add_passkey(self, name: str) -> None:
        """Let the device make a passkey."""
        page, labels = self.page, self.labels
        page.get_by_role("link", name=labels.add_passkey).click()
        self.show_password_again()
        page.get_by_label(labels.passkey_name).fill(name)
        page.get_by_role("button", name=labels.make).click()
        self.buyer.reads(labels.codes)
        self.open_pages()
        expect(page.get_by_text(name, exact=True)).to_be_visible()

    def use_passkey(self) -> None:
        """Let the device sign."""
        self.page.get_by_role("button", name=self.labels.use_passkey).click()

    def leave(self) -> None:
        """Sign out."""
        self.page.goto(f"{self.words.prefix}/account/")
        self.sign_out()

    def type_password(self) -> None:
        """Do the first step, and find that it is not enough."""
        page, words = self.page, self.words
        page.goto(words.prefix + "/account/login/")
        page.get_by_label(words.email_or_username).fill(self.username)
        page.get_by_label(words.password).fill(FIRST)
        page.get_by_role("main").get_by_role("button", name=words.sign_in).click()
        self.buyer.reads(self.labels.two_step)
        page.goto(f"{words.prefix}/account/orders/")
        self.buyer.reads(self.labels.two_step)

    def is_in(self) -> None:
        """See the own account."""
        self.page.goto(f"{self.words.prefix}/account/")
        self.buyer.reads(self.words.greeting.format(name=self.username))


@BOTH
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_an_app_and_recovery_codes_let_their_owner_in(new_page, words: Words, has_script: bool) -> None:
    name = f"careful-{words.code.lower()}-{int(has_script)}"
    page = new_page(java_script_enabled=has_script, viewport=PHONE)
    member = Careful(Buyer(page, words, has_script, f"{name}@example.com"), name)

    member.start()
    member.open_pages()
    app = member.set_up_app()
    codes = member.keep_codes()
    member.leave()
    member.type_password()
    member.send_code(app.code(steps=1), member.labels.proceed)
    member.is_in()
    member.leave()
    member.type_password()
    member.send_code(codes[0], member.labels.proceed)
    member.is_in()
    member.leave()
    member.type_password()
    member.send_code(codes[0], member.labels.proceed)

    expect(page.get_by_role("alert")).to_contain_text(words.problem)


@BOTH
def test_a_passkey_is_a_second_step_and_signs_in_alone(new_page, stack: Stack, words: Words) -> None:
    name = f"passkey-{words.code.lower()}"
    page = new_page(base_url=stack.url.replace("127.0.0.1", "localhost"), viewport=PHONE)
    member = Careful(Buyer(page, words, True, f"{name}@example.com"), name)
    devices, key = _plug_in(page)

    member.start()
    member.open_pages()
    member.add_passkey("Tablet")
    member.leave()
    member.type_password()
    member.use_passkey()
    expect(page).to_have_url(re.compile(rf"^[^?]*{words.prefix}/account/$"))
    member.leave()
    page.goto(f"{words.prefix}/account/login/?next={words.prefix}/account/profile/")
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    member.use_passkey()
    expect(page.get_by_role("alert")).to_have_text(member.labels.failed)
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    member.use_passkey()

    expect(page).to_have_url(re.compile(rf"^[^?]*{words.prefix}/account/profile/$"))
    member.is_in()


@BOTH
def test_where_there_is_no_script_passkeys_are_not_offered(new_page, words: Words) -> None:
    page = new_page(java_script_enabled=False)

    page.goto(words.prefix + "/account/login/")

    expect(page.get_by_role("main").get_by_role("button", name=words.sign_in)).to_be_visible()
    expect(page.get_by_role("button", name=LABELS[words.code].use_passkey)).to_be_hidden()


def _plug_in(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a virtual security key that says yes by itself."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    added = devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return devices, str(added["authenticatorId"])
