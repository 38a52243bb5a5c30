"""The other services that people may sign in with, as the environment names them; one without keys is not offered."""

from __future__ import annotations

from typing import Any

from shop import env

GOOGLE = "https://accounts.google.com"


def providers() -> dict[str, Any]:
    """Return Django's setting for allauth; keys live here and nowhere else."""
    return {
        "openid_connect": {
            "provider_class": "accounts.providers.openid.OpenIdProvider",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [*_google(), *_openid()],
        },
        "weixin": {"provider_class": "accounts.providers.weixin.WeixinProvider", "APPS": _weixin()},
    }


def _weixin() -> list[dict[str, Any]]:
    client_id = env.text("WEIXIN_CLIENT_ID", "")
    if not client_id:
        return []
    schemes = ("http", "https")
    urls = {
        "open_url": env.url("WEIXIN_OPEN_URL", schemes=schemes, default="https://open.weixin.qq.com"),
        "api_url": env.url("WEIXIN_API_URL", schemes=schemes, default="https://api.weixin.qq.com"),
    }
    return [{"client_id": client_id, "secret": env.text("WEIXIN_CLIENT_SECRET"), "settings": urls}]


def _google() -> list[dict[str, Any]]:
    client_id = env.text("GOOGLE_CLIENT_ID", "")
    return [_app("google", "Google", GOOGLE, client_id, env.text("GOOGLE_CLIENT_SECRET"))] if client_id else []


def _openid() -> list[dict[str, Any]]:
    client_id = env.text("OIDC_CLIENT_ID", "")
    if not client_id:
        return []
    server_url = env.url("OIDC_SERVER_URL", schemes=("http", "https"))
    return [_app("oidc", env.text("OIDC_NAME"), server_url, client_id, env.text("OIDC_CLIENT_SECRET"))]


def _app(provider_id: str, name: str, server_url: str, client_id: str, secret: str) -> dict[str, Any]:
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": server_url},
    }
