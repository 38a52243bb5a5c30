"""What a new second step means for the sessions there are."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from tests import make
from tests.accounts import factors
from tests.accounts.factors import STEP, App, Key
from tests.accounts.test_two_step import ACTIVATE, add_passkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make.verified_user("anna", name="Anna")


def test_sessions_from_before_have_to_sign_in_again_with_the_new_step(anna, django_capture_on_commit_callbacks):
    other, client = factors.with_password(anna), factors.signed_in(anna)
    app = App(client.get(ACTIVATE).context["form"].secret)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": app.code()})

    assert (client.get("/account/").status_code, other.get("/account/").status_code) == (200, 302)


def test_a_further_passkey_ends_no_session_that_has_taken_the_step(anna, django_capture_on_commit_callbacks):
    key, desk, phone = Key(), factors.signed_in(anna), factors.browser(headers={"host": factors.HOST})
    with django_capture_on_commit_callbacks(execute=True):
        add_passkey(desk, key)
        factors.with_password(anna, phone)
        phone.post(STEP, {"credential": key.signed(factors.wishes(phone.get(STEP), "request_options"))})

    with django_capture_on_commit_callbacks(execute=True):
        added = add_passkey(desk, Key(), "Second")

    assert added.status_code == 302
    assert Authenticator.objects.filter(user=anna, type="webauthn").count() == 2
    assert (factors.is_in(desk), factors.is_in(phone)) == (True, True)
