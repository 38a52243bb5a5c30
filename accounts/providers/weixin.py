"""WeChat: OAuth with names of its own, errors with status 200, and no address of the person.

Source: https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.weixin.client import WeixinOAuth2Client
from allauth.socialaccount.providers.weixin.provider import WeixinProvider as AllauthWeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.providers import remote
from accounts.providers.remote import ProviderError


class WeixinClient(WeixinOAuth2Client):  # type: ignore[misc]  # allauth ships no types
    """Changes a code for a token."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]) -> str:
        """Return where the code to scan is shown; WeChat asks for the fragment."""
        return f"{super().get_redirect_url(authorization_url, scope, extra_params)}#wechat_redirect"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        """Return the token and whom it belongs to."""
        answer = _ask(
            self.access_token_url,
            {"appid": self.consumer_key, "secret": self.consumer_secret, "code": code or ""}
            | {"grant_type": "authorization_code"},
        )
        return {name: remote.text(answer, name) for name in ("access_token", "openid")}


class WeixinAdapter(WeixinOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """WeChat's code for websites, at the addresses that the settings give."""

    client_class = WeixinClient

    @property
    def authorize_url(self) -> str:
        """Return where the code to scan is shown."""
        return f"{self.get_provider().app.settings['open_url']}/connect/qrconnect"

    @property
    def access_token_url(self) -> str:
        """Return where a code is changed for a token."""
        return f"{self.get_provider().app.settings['api_url']}/sns/oauth2/access_token"

    @property
    def profile_url(self) -> str:
        """Return where a person's nickname is asked for."""
        return f"{self.get_provider().app.settings['api_url']}/sns/userinfo"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return where WeChat sends people back to."""
        return remote.callback_url(self.provider_id)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return whom the token belongs to, with the nickname."""
        openid = kwargs["response"]["openid"]
        told = _ask(self.profile_url, {"access_token": token.token, "openid": openid})
        if told.get("openid") != openid:
            raise ProviderError("another person's data")
        return self.get_provider().sociallogin_from_response(request, told)


class WeixinProvider(AllauthWeixinProvider):  # type: ignore[misc]  # allauth ships no types
    """WeChat, by the name it has in the visitor's language."""

    name = _("WeChat")
    oauth2_adapter_class = WeixinAdapter

    def __str__(self) -> str:
        return str(self.name)

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return what stands for the person at this shop."""
        return remote.uid(data, "openid")

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept: the nickname, no picture, no place."""
        return {"label": remote.label(data.get("nickname"))}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what the form of a new account begins with."""
        return {"username": remote.label(data.get("nickname"))}


def _ask(url: str, params: dict[str, str]) -> dict[str, Any]:
    answer = remote.ask("GET", url, params=params)
    if answer.get("errcode"):
        raise ProviderError(f"errcode {answer['errcode']}")
    return answer
