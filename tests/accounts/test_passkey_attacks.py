"""What somebody may try against passkeys: another's, an old signature, a forged one, nonsense, haste."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from tests import make
from tests.accounts import factors
from tests.accounts.factors import STEP, Key
from tests.accounts.test_two_step import ADD, add_passkey

pytestmark = pytest.mark.django_db
KEY_AGAIN, KEY_LOGIN = "/account/2fa/passkeys/reauthenticate/", "/account/2fa/passkeys/login/"


@pytest.fixture
def anna() -> User:
    return make.verified_user("anna")


def test_anothers_passkey_is_no_second_step(anna):
    key = Key()
    add_passkey(factors.signed_in(anna), Key())
    add_passkey(factors.signed_in(make.verified_user("bert")), key)
    client = factors.with_password(anna, factors.browser(headers={"host": factors.HOST}))
    wish = factors.wishes(client.get(STEP), "request_options")

    answer = client.post(STEP, {"credential": key.signed(wish)})

    assert answer.status_code == 422
    assert "This passkey was not accepted" in answer.text
    assert not factors.is_in(client)


def test_a_signature_is_good_once(anna):
    key = Key()
    add_passkey(factors.signed_in(anna), key)
    first, second = factors.browser(headers={"host": factors.HOST}), factors.browser(headers={"host": factors.HOST})
    factors.with_password(anna, first)
    factors.with_password(anna, second)
    signed = key.signed(factors.wishes(first.get(STEP), "request_options"))
    second.get(STEP)

    answers = [client.post(STEP, {"credential": signed}).status_code for client in (first, second)]

    assert answers == [302, 422]
    assert not factors.is_in(second)


def test_a_signature_of_another_key_is_refused(anna):
    key, other = Key(), Key()
    add_passkey(factors.signed_in(anna), key)
    client = factors.with_password(anna, factors.browser(headers={"host": factors.HOST}))
    other._id = key._id

    answer = client.post(STEP, {"credential": other.signed(factors.wishes(client.get(STEP), "request_options"))})

    assert answer.status_code == 422
    assert not factors.is_in(client)


NONSENSE = ["", "x", "null", "1", "[]", "{}", '{"id": 1}', '{"response": []}', '{"id":"a","rawId":"!","response":{}}']
NONSENSE += [
    json.dumps({"id": "a", "rawId": "a", "type": "public-key", "response": {"userHandle": handle}})
    for handle in ("!", "", "_w", "eHg")
]
NONSENSE += [
    json.dumps(
        {
            "id": "aa",
            "rawId": "aa",
            "type": "public-key",
            "response": dict.fromkeys(
                ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"), "aaaa"
            ),
        }
    )
]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_refused_like_a_wrong_passkey(anna, nonsense):
    owner = factors.signed_in(anna)
    add_passkey(owner, Key())
    thief = factors.with_password(anna)
    for path, client in ((ADD, owner), (KEY_AGAIN, owner), (STEP, thief)):
        client.get(path)
    before = list(Authenticator.objects.values())

    answers = [
        owner.post(ADD, {"name": "x", "credential": nonsense}),
        owner.post(KEY_AGAIN, {"credential": nonsense}),
        thief.post(STEP, {"credential": nonsense}),
    ]
    login = factors.browser().post(KEY_LOGIN, {"credential": nonsense}, follow=True)

    assert [answer.status_code for answer in answers] == [422] * 3
    assert ["This passkey was not accepted" in answer.text for answer in [*answers, login]] == [True] * 4
    assert list(Authenticator.objects.values()) == before


def test_who_signs_in_by_passkey_faster_than_people_do_has_to_wait():
    client = factors.browser()

    answers = [client.post(KEY_LOGIN, {"credential": "{}"}).status_code for _ in range(11)]

    assert answers == [302] * 10 + [429]


def test_a_closed_account_is_not_let_in_by_its_passkey(anna):
    key = Key()
    add_passkey(factors.signed_in(anna), key)
    User.objects.update(is_active=False)
    client = factors.browser(headers={"host": factors.HOST})
    told = client.get(KEY_LOGIN, headers={"x-requested-with": "XMLHttpRequest"}).json()

    client.post(KEY_LOGIN, {"credential": key.signed(told["request_options"]["publicKey"])})

    assert not factors.is_in(client)
