"""Signing in with another service, there and back, with and without JavaScript; in a shop that offers one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.accounts import elsewhere
from tests.accounts.elsewhere import Elsewhere
from tests.journeys.stack import Stack
from tests.journeys.steps import Buyer
from tests.journeys.test_account import PHONE, Member
from tests.journeys.words import CHINESE, ENGLISH, Words


@dataclass(frozen=True)
class Labels:
    """The words of these pages."""

    proceed: str
    services: str
    disconnect: str
    only_way: str


LABELS = {
    "en": Labels(
        proceed="Continue with Elsewhere",
        services="Sign-in with other services",
        disconnect="Disconnect: Elsewhere",
        only_way="This is your only way to sign in.",
    ),
    "zh-Hans": Labels(
        proceed="通过Elsewhere继续",
        services="第三方账户登录",
        disconnect="解除绑定：Elsewhere",
        only_way="这是您唯一的登录方式。",
    ),
}


@pytest.fixture(scope="module")
def service() -> Iterator[Elsewhere]:
    """The other service."""
    yield from elsewhere.running()


@pytest.fixture(scope="module")
def stack(service: Elsewhere) -> Iterator[Stack]:
    """A shop of its own, which offers the service."""
    running = Stack(**service.environment())
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_a_newcomer_comes_by_another_service_and_comes_back(
    new_page, service: Elsewhere, words: Words, has_script: bool
) -> None:
    name = f"kai-{words.code.lower()}-{int(has_script)}"
    labels, email = LABELS[words.code], f"{name}@example.com"
    service.person = elsewhere.ANNA | {"sub": name, "email": email, "preferred_username": ""}
    page = new_page(java_script_enabled=has_script, viewport=PHONE)
    member = Member(Buyer(page, words, has_script, email), name)

    page.goto(f"{words.prefix}/account/login/")
    page.get_by_role("button", name=labels.proceed).click()
    expect(page.get_by_label(words.email, exact=True)).to_have_value(email)
    page.get_by_label(words.username).fill(name)
    page.get_by_label(words.agree).check()
    page.get_by_role("button", name=words.create).click()
    member.buyer.reads(words.greeting.format(name=name))

    page.get_by_role("navigation", name=words.account).get_by_role("link", name=labels.services).click()
    expect(page.get_by_role("main")).to_contain_text(email)
    page.get_by_role("button", name=labels.disconnect).click()
    expect(page.get_by_role("alert")).to_contain_text(labels.only_way)
    page.goto(f"{words.prefix}/account/")
    member.sign_out()

    page.goto(f"{words.prefix}/account/login/")
    page.get_by_role("button", name=labels.proceed).click()
    member.buyer.reads(words.greeting.format(name=name))
