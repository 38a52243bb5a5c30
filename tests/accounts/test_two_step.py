"""A second step: set up, asked for at login, and turned off again."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.models import User
from cart.models import Cart
from notifications.models import Message
from notifications.selectors import rendering
from tests import make
from tests.accounts import factors
from tests.accounts.factors import STEP, App, Key

pytestmark = pytest.mark.django_db
HOME = "/account/2fa/"
ACTIVATE, DEACTIVATE = "/account/2fa/totp/activate/", "/account/2fa/totp/deactivate/"
CODES, NEW_CODES = "/account/2fa/recovery-codes/", "/account/2fa/recovery-codes/generate/"
ADD = "/account/2fa/passkeys/add/"


@pytest.fixture
def anna() -> User:
    return make.verified_user("anna", name="Anna")


def changes() -> list[tuple[str, str]]:
    """Return to whom a changed second step was told, and what was changed."""
    return [(each.recipient, each.context["change"]) for each in Message.objects.filter(kind="two_step").order_by("pk")]


def add_passkey(client: Any, key: Key, name: str = "Phone"):
    """Send the form that adds a passkey."""
    page = client.get(ADD, headers={"host": factors.HOST})
    made = key.made(factors.wishes(page, "creation_options"))
    return client.post(ADD, {"name": name, "credential": made}, headers={"host": factors.HOST})


def test_an_app_is_set_up(anna, django_capture_on_commit_callbacks):
    client = factors.signed_in(anna)
    page = client.get(ACTIVATE)
    app = App(page.context["form"].secret)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(ACTIVATE, {"code": app.code()})

    assert (page.status_code, answer.status_code, answer.url) == (200, 302, CODES)
    assert factors.kinds(anna) == ["recovery_codes", "totp"]
    assert changes() == [("anna@example.com", "totp_activated")]
    assert len(re.findall(r"<li><code>\d{8}</code>", client.get(CODES).text)) == 10


def test_the_picture_names_shop_and_account_and_breaks_no_policy(anna):
    page = factors.signed_in(anna).get(ACTIVATE)

    assert page.context["totp_url"].startswith("otpauth://totp/anna%40example.com?secret=")
    assert "issuer=" in page.context["totp_url"]
    start = page.text.index('<div class="qr"')
    picture = page.text[start : page.text.index("</svg>", start)]
    assert "<svg" in picture
    assert not re.search(r"style=|<\?xml|<style|href=", picture)
    assert page.context["form"].secret in page.text


@pytest.mark.parametrize("path", [ACTIVATE, STEP, "/account/2fa/reauthenticate/"])
def test_a_code_is_asked_for_as_phones_know_it(anna, path):
    client = factors.signed_in(anna)
    if path != ACTIVATE:
        factors.app_of(anna)
    if path == STEP:
        client = factors.with_password(anna)

    page = client.get(path).text

    assert 'name="code" type="text" autocomplete="one-time-code" inputmode="numeric"' in page


def test_only_pages_with_passkeys_load_their_script(anna):
    client = factors.signed_in(anna)
    paths = ["/", "/cart/", "/account/", HOME, ACTIVATE, ADD]

    loaded = [
        path for path in [*paths, "/account/2fa/passkeys/reauthenticate/"] if "passkeys.js" in client.get(path).text
    ]

    assert loaded == [ADD]
    assert "passkeys.js" in factors.browser().get(factors.LOGIN).text


def test_a_wrong_code_sets_up_nothing_and_the_secret_stays(anna):
    client = factors.signed_in(anna)
    app = App(client.get(ACTIVATE).context["form"].secret)

    answer = client.post(ACTIVATE, {"code": app.wrong()})

    assert answer.status_code == 422
    assert "This code is not right" in answer.text
    assert answer.context["form"].secret == app.secret
    assert factors.kinds(anna) == []


def test_a_login_takes_the_second_step(anna):
    app = factors.app_of(anna)
    client = factors.with_password(anna, next="/checkout/address/")
    assert not factors.is_in(client)

    answer = client.post(STEP, {"code": app.code()})

    assert (answer.status_code, answer.url) == (302, "/checkout/address/")
    assert factors.is_in(client)


def test_the_visitors_cart_comes_along_after_the_second_step_only(anna):
    app = factors.app_of(anna)
    variant = make.only_variant(make.product())
    client = factors.browser()
    make.carry(client, make.cart(variant, quantity=2))

    factors.with_password(anna, client)
    before = Cart.objects.filter(user=anna).exists()
    answer = client.post(STEP, {"code": app.code()})

    assert (before, answer.cookies["cart_count"].value) == (False, "2")
    assert list(Cart.objects.get(user=anna).lines.values_list("variant", "quantity")) == [(variant.pk, 2)]


@pytest.mark.parametrize(("remember", "is_kept"), [("on", True), ("", False)])
def test_staying_signed_in_is_remembered_over_the_second_step(anna, remember, is_kept):
    app = factors.app_of(anna)
    client = factors.with_password(anna, remember=remember)

    client.post(STEP, {"code": app.code()})

    assert client.session.get_expire_at_browser_close() is not is_kept


def test_a_recovery_code_stands_in_once(anna):
    factors.app_of(anna)
    code = factors.recovery_codes_of(anna)[0]
    first, second = factors.with_password(anna), factors.with_password(anna)

    answers = [first.post(STEP, {"code": code}).status_code, second.post(STEP, {"code": code}).status_code]

    assert answers == [302, 422]
    assert [factors.is_in(first), factors.is_in(second)] == [True, False]


def test_without_second_step_a_login_asks_for_none(anna):
    assert factors.is_in(factors.with_password(anna))


def test_a_clock_may_be_half_a_minute_off(anna):
    app = factors.app_of(anna)

    answers = [
        factors.with_password(anna).post(STEP, {"code": app.code(steps=step)}).status_code for step in (-2, -1, 1, 2)
    ]

    assert answers == [422, 302, 302, 422]


def test_turning_the_app_off_takes_the_recovery_codes_along(anna):
    client = factors.signed_in(anna)
    factors.app_of(anna)
    factors.recovery_codes_of(anna)

    answer = client.post(DEACTIVATE)

    assert (answer.status_code, answer.url) == (302, HOME)
    assert factors.kinds(anna) == []
    assert changes() == [("anna@example.com", "totp_deactivated")]


def test_recovery_codes_are_shown_once(anna):
    client = factors.signed_in(anna)
    factors.app_of(anna)
    codes = factors.recovery_codes_of(anna)

    first, second = client.get(CODES), client.get(CODES)

    assert all(code in first.text for code in codes)
    assert "data:text/plain;charset=utf-8," + "".join(f"{code}%0A" for code in codes) in first.text
    assert not any(code in second.text for code in codes)
    assert "not shown again" in second.text
    assert "no-store" in first["Cache-Control"]


def test_new_codes_end_the_old_ones(anna, django_capture_on_commit_callbacks):
    client = factors.signed_in(anna)
    factors.app_of(anna)
    old = factors.recovery_codes_of(anna)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(NEW_CODES)

    new = Authenticator.objects.get(user=anna, type="recovery_codes").wrap().get_unused_codes()
    assert (answer.status_code, answer.url) == (302, CODES)
    assert not set(old) & set(new)
    assert changes() == [("anna@example.com", "recovery_codes_generated")]
    assert factors.with_password(anna).post(STEP, {"code": old[0]}).status_code == 422


def test_without_second_step_there_are_no_codes(anna):
    client = factors.signed_in(anna)

    assert client.get(CODES).status_code == 404
    assert client.post(NEW_CODES).status_code == 422
    assert factors.kinds(anna) == []


def test_a_passkey_is_added_renamed_and_removed(anna):
    client = factors.signed_in(anna)

    added = add_passkey(client, Key())
    passkey = Authenticator.objects.get(user=anna, type="webauthn")
    renamed = client.post(f"/account/2fa/passkeys/{passkey.pk}/edit/", {"name": "Desk"})
    shown = client.get(HOME).text
    removed = client.post(f"/account/2fa/passkeys/{passkey.pk}/remove/")

    assert [(each.status_code, each.url) for each in (added, renamed, removed)] == [
        (302, CODES),
        (302, "/account/2fa/passkeys/"),
        (302, "/account/2fa/passkeys/"),
    ]
    assert "Desk" in shown
    assert client.get("/account/2fa/passkeys/").url == HOME
    assert changes() == [("anna@example.com", "webauthn_added"), ("anna@example.com", "webauthn_removed")]
    assert factors.kinds(anna) == []


def test_a_passkey_is_a_second_step(anna):
    key = Key()
    add_passkey(factors.signed_in(anna), key)
    client = factors.browser(headers={"host": factors.HOST})
    factors.with_password(anna, client)

    wish = factors.wishes(client.get(STEP), "request_options")
    answer = client.post(STEP, {"credential": key.signed(wish)})

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert factors.is_in(client)


def test_a_passkey_signs_in_alone(anna):
    key = Key()
    add_passkey(factors.signed_in(anna), key)
    client = factors.browser(headers={"host": factors.HOST})
    told = client.get("/account/2fa/passkeys/login/", headers={"x-requested-with": "XMLHttpRequest"})

    signed = key.signed(told.json()["request_options"]["publicKey"])
    answer = client.post("/account/2fa/passkeys/login/", {"credential": signed})

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert factors.is_in(client)


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_passkey_is_called_something_short(anna, name):
    client = factors.signed_in(anna)
    add_passkey(client, Key())
    passkey = Authenticator.objects.get(user=anna, type="webauthn")

    answer = client.post(f"/account/2fa/passkeys/{passkey.pk}/edit/", {"name": name})

    assert answer.status_code == 422
    passkey.refresh_from_db()
    assert passkey.wrap().name == "Phone"


def test_the_overview_says_what_there_is(anna):
    client = factors.signed_in(anna)
    before = client.get(HOME).text
    factors.app_of(anna)
    factors.recovery_codes_of(anna)

    after = client.get(HOME).text

    assert ("Set up an app" in before, "Turn off the app" in before, "Recovery codes" in before) == (True, False, False)
    assert ("Set up an app" in after, "Turn off the app" in after) == (False, True)
    assert "10 codes are left" in after


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "change",
    ["totp_activated", "totp_deactivated", "recovery_codes_generated", "webauthn_added", "webauthn_removed", "reset"],
)
def test_each_change_has_its_own_words_in_the_mail(change, language):
    context = {"shop": "Yuanwu", "name": "Anna", "link": "", "change": change}
    message = Message(kind="two_step", recipient="a@example.com", language=language, context=context)

    mail = rendering.mail(message)

    sentence = mail.body.split("\n\n")[1]
    assert len(sentence) > 6
    assert sentence in str(mail.alternatives[0][0]).replace("\n", "")
    assert "Yuanwu" in mail.subject


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("path", [HOME, ACTIVATE, CODES, NEW_CODES, ADD, DEACTIVATE])
def test_pages_cost_few_queries_however_many_passkeys_there_are(anna, path, rows, django_assert_max_num_queries):
    client = factors.signed_in(anna)
    add_passkey(client, Key())
    passkey = Authenticator.objects.get(user=anna, type="webauthn")
    Authenticator.objects.bulk_create(
        Authenticator(user=anna, type="webauthn", data=passkey.data) for _ in range(rows - 1)
    )
    if path == DEACTIVATE:
        factors.app_of(anna)
    client.get(path)

    with django_assert_max_num_queries(8):
        answer = client.get(path)

    assert answer.status_code == 200


@pytest.mark.parametrize("path", [STEP, "/account/2fa/reauthenticate/", "/account/2fa/passkeys/reauthenticate/"])
def test_asking_costs_few_queries(anna, path, django_assert_max_num_queries):
    owner = factors.signed_in(anna)
    add_passkey(owner, Key())
    factors.app_of(anna)
    client = factors.with_password(anna) if path == STEP else owner
    client.get(path)

    with django_assert_max_num_queries(8):
        answer = client.get(path)

    assert answer.status_code == 200


def test_a_shopper_without_second_step_pays_nothing_for_it(anna, django_assert_num_queries):
    client = factors.with_password(anna)
    client.get("/account/password/change/")

    with django_assert_num_queries(1):
        client.get("/account/password/change/")


def test_every_page_of_allauth_that_is_routed_is_ours():
    names = {"mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"}
    names |= {"mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_login_webauthn"}

    assert {reverse(name)[: len(HOME)] for name in names} == {HOME}
    shut = ("trust/", "webauthn/", "recovery-codes/download/")
    assert [factors.browser().get(f"{HOME}{path}").status_code for path in shut] == [404, 404, 404]


def test_an_account_whose_address_waits_to_be_confirmed_is_told_so(client):
    user = make.verified_user("anna")
    client.force_login(user)
    EmailAddress.objects.filter(user=user).update(verified=False)

    answer = client.get(ACTIVATE, follow=True)

    assert "Confirm your email first" in answer.text
    assert factors.kinds(user) == []


def test_a_moment_later_the_reauthentication_is_stale(anna):
    with time_machine.travel("2026-11-21T09:30:00Z", tick=False) as clock:
        client = factors.signed_in(anna)
        fresh = client.get(ACTIVATE)
        clock.shift(301)

        stale = client.get(ACTIVATE)

    assert fresh.status_code == 200
    assert (stale.status_code, stale.url) == (302, f"/account/reauthenticate/?next={ACTIVATE.replace('/', '%2F')}")
