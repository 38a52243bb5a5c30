"""Second steps for tests: an authenticator app, recovery codes, and a security key made of software."""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts import services
from accounts.models import User

PASSWORD = "correct horse"
LOGIN, STEP = "/account/login/", "/account/2fa/authenticate/"
PASSWORD_AGAIN = "/account/reauthenticate/"
HOST = "localhost"  # browsers and servers take it for safe without https
ORIGIN = f"http://{HOST}"


@dataclass
class App:
    """An authenticator app with one account in it."""

    secret: str = field(default_factory=generate_totp_secret)

    def code(self, *, steps: int = 0) -> str:
        """Return the code that is shown now, or so many half minutes later."""
        return str(format_hotp_value(hotp_value(self.secret, int(time.time()) // 30 + steps)))

    def wrong(self) -> str:
        """Return six digits that are not shown now, before or after."""
        shown = {self.code(steps=step) for step in (-1, 0, 1)}
        return next(code for code in ("111111", "222222", "333333", "444444") if code not in shown)


def app_of(user: User) -> App:
    """Give an account an authenticator app."""
    app = App()
    TOTP.activate(user, app.secret)
    return app


def recovery_codes_of(user: User) -> list[str]:
    """Give an account recovery codes, and return them."""
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def kinds(user: User) -> list[str]:
    """Return which second steps an account has."""
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def browser(**options: Any) -> Any:
    """Return a browser without history."""
    return Client(**options)


def with_password(user: User, client: Any = None, **words: str) -> Any:
    """Return a browser in which the password was right; the second step is still to come."""
    found = client or browser()
    answer = found.post(LOGIN, {"login": user.username, "password": PASSWORD, **words})
    assert answer.status_code == 302
    return found


def signed_in(user: User) -> Any:
    """Return a browser in which somebody without second step has signed in, and shown again who they are."""
    found = with_password(user)
    assert found.post(PASSWORD_AGAIN, {"password": PASSWORD}).status_code == 302
    return found


def vouch(user: User) -> User:
    """Take the address of an account as confirmed."""
    services.trust_addresses(users=[user])
    return user


def is_in(client: Client) -> bool:
    """Tell whether the account's page opens."""
    return client.get("/account/").status_code == 200


def wishes(page: Any, name: str) -> dict[str, Any]:
    """Return what a page asks the browser for."""
    found = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page.text, re.DOTALL)
    assert found
    content: dict[str, Any] = json.loads(found[1])[name]["publicKey"]
    return content


class Key:
    """A security key: makes one passkey, and signs with it."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)
        self.user_handle = b""

    def made(self, wish: dict[str, Any]) -> str:
        """Return what a browser answers to the wish for a new passkey."""
        self.user_handle = _decoded(wish["user"]["id"])
        data = AttestedCredentialData.create(
            Aaguid.NONE, self._id, ES256.from_cryptography_key(self._private.public_key())
        )
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
        told = AttestationObject.create("none", AuthenticatorData.create(sha256(HOST.encode()), flags, 0, data), {})
        client = _client_data("webauthn.create", wish)
        return self._answer({"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(told)})

    def signed(self, wish: dict[str, Any]) -> str:
        """Return what a browser answers to the wish for a signature."""
        client = _client_data("webauthn.get", wish)
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
        data = AuthenticatorData.create(sha256(HOST.encode()), flags, 1)
        signature = self._private.sign(data + client.hash, ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer(
            {name: websafe_encode(part) for name, part in (parts | {"userHandle": self.user_handle}).items()}
        )

    def _answer(self, response: dict[str, str]) -> str:
        own = websafe_encode(self._id)
        return json.dumps(
            {"id": own, "rawId": own, "type": "public-key", "clientExtensionResults": {}, "response": response}
        )


def _client_data(kind: str, wish: dict[str, Any]) -> CollectedClientData:
    return CollectedClientData.create(kind, _decoded(wish["challenge"]), ORIGIN)


def _decoded(text: str) -> bytes:
    return bytes(websafe_decode(text))
