"""OpenID Connect: the signature of an ID token is checked always, its nonce too, and an address only counts as told.

allauth trusts an ID token unseen that came straight from the token endpoint, and takes the person from a second
answer that need not be about the same one. Here neither is so.
Source: OpenID Connect Core 1.0, sections 3.1.2.1, 3.1.3.7, 5.3.2 and 5.7; Discovery 1.0, section 4.3; RFC 7636.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest
from jwt.utils import base64url_encode

from accounts.providers import remote
from accounts.providers.remote import ProviderError
from core import emails

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
DEMANDED = ["iss", "sub", "aud", "exp", "iat"]
CLOCK_SECONDS = 60  # by so much a service's clock may differ from ours
CONFIGURATION_SECONDS = 600


class OpenIdClient(OAuth2Client):  # type: ignore[misc]  # allauth ships no types
    """Changes a code for tokens."""

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        """Return the tokens; only those that are used, so that no other is kept anywhere."""
        form = {"grant_type": "authorization_code", "code": code or "", "redirect_uri": self.callback_url}
        if pkce_code_verifier:
            form["code_verifier"] = pkce_code_verifier
        if self.basic_auth:
            answer = remote.ask(
                "POST", self.access_token_url, data=form, auth=(self.consumer_key, self.consumer_secret)
            )
        else:
            form |= {"client_id": self.consumer_key, "client_secret": self.consumer_secret}
            answer = remote.ask("POST", self.access_token_url, data=form)
        return {name: remote.text(answer, name) for name in ("access_token", "id_token")}


class OpenIdAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """One service that speaks OpenID Connect."""

    client_class = OpenIdClient
    code_verifier = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the service says about itself; asked for every ten minutes."""
        url = self.get_provider().server_url
        key = f"openid:{sha256(url.encode()).hexdigest()}"
        found: dict[str, Any] | None = cache.get(key)
        if found is None:
            found = remote.ask("GET", url)
            for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
                remote.text(found, name)
            cache.set(key, found, CONFIGURATION_SECONDS)
        return found

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return where the service sends people back to."""
        return remote.callback_url(self.provider_id)

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Change the code for tokens, and remember what this sign-in was begun with."""
        self.code_verifier = pkce_code_verifier or ""
        tokens: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
        return tokens

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return whom the ID token names, with the address that the service knows."""
        claims = self._claims(app.client_id, kwargs["response"]["id_token"])
        endpoint = self.openid_config.get("userinfo_endpoint")
        if "email" not in claims and isinstance(endpoint, str):
            told = remote.ask("GET", endpoint, headers={"Authorization": f"Bearer {token.token}"})
            if told.get("sub") != claims["sub"]:
                raise ProviderError("another person's data")
            claims = told | claims
        return self.get_provider().sociallogin_from_response(request, claims)

    def _claims(self, client_id: str, id_token: str) -> dict[str, Any]:
        """Return what an ID token says; raise ProviderError unless it was made by the service, for us, and just now."""
        keys = remote.ask("GET", self.openid_config["jwks_uri"])
        try:
            claims = jwt.decode(
                id_token,
                key=_key(keys, jwt.get_unverified_header(id_token).get("kid")),
                algorithms=ALGORITHMS,
                audience=client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCK_SECONDS,
                options={"require": DEMANDED},
            )
        except jwt.PyJWTError as error:
            raise ProviderError(type(error).__name__) from None
        if claims.get("azp", client_id) != client_id:
            raise ProviderError("made for another shop")
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce_of(self.code_verifier).encode()):
            raise ProviderError("wrong nonce")
        return claims


class OpenIdProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types
    """A service that speaks OpenID Connect, under the name that the settings give it."""

    oauth2_adapter_class = OpenIdAdapter

    def get_pkce_params(self) -> dict[str, Any]:
        """Return what binds the code, and with the nonce the ID token, to this one sign-in."""
        params: dict[str, Any] = super().get_pkce_params()
        return params | {"nonce": nonce_of(params["code_verifier"])}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return what stands for the person."""
        return remote.uid(data, "sub")

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept: what the person tells this account of theirs by, no more."""
        return {"label": remote.label(data.get("email"), data.get("preferred_username"), data.get("name"))}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what the form of a new account begins with."""
        return {"username": remote.label(data.get("preferred_username"))}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return the address; it counts as verified only if the service says so, in so many words."""
        email = data.get("email")
        if not isinstance(email, str):
            return []
        told = data.get("email_verified")
        is_verified = told is True or told == "true"  # some write a text
        return [EmailAddress(email=emails.canonical(email), verified=is_verified, primary=True)]


def nonce_of(code_verifier: str) -> str:
    """Return the nonce of a sign-in: it follows from the secret that is kept in the session."""
    return base64url_encode(sha256(f"nonce {code_verifier}".encode()).digest()).decode()


def _key(keys: dict[str, Any], kid: object) -> jwt.PyJWK:
    """Return the key of an ID token; one without a name is looked for only where there is one key alone."""
    found = [key for key in jwt.PyJWKSet.from_dict(keys).keys if kid in (None, key.key_id)]
    if len(found) != 1:
        raise ProviderError("unknown key")
    return found[0]
