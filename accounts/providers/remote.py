"""Calls to the services that people sign in with: a limit of time and of size, and nothing of theirs in our logs."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.urls import reverse
from django.utils import translation

BYTE_LIMIT = 1_000_000
UID_LENGTH = 191  # as long as allauth's column
LABEL_LENGTH = 100


class ProviderError(OAuth2Error):  # type: ignore[misc]  # allauth ships no types
    """The service did not answer, or not as it should; `str()` says in a word why, without its texts."""


def ask(method: str, url: str, **options: Any) -> dict[str, Any]:
    """Return the JSON object that a service answers with; raise ProviderError for anything else.

    options: of httpx. The whole answer has to be there in time: one that comes drop by drop would hold a thread.
    """
    seconds = settings.SOCIALACCOUNT_REQUESTS_TIMEOUT
    ends_at = time.monotonic() + seconds
    body = bytearray()
    try:
        with httpx.stream(method, url, timeout=seconds, **options) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > BYTE_LIMIT or time.monotonic() > ends_at:
                    raise ProviderError("too slow or too long")
    except (httpx.HTTPError, httpx.InvalidURL) as error:  # its text may hold our keys, which stand in the address
        raise ProviderError(type(error).__name__) from None
    if not response.is_success:
        raise ProviderError(f"status {response.status_code}")
    return _object(bytes(body))


def text(answer: dict[str, Any], name: str) -> str:
    """Return a text that an answer must have."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderError(f"no {name}")
    return value


def uid(answer: dict[str, Any], name: str) -> str:
    """Return what stands for a person at the service."""
    value = text(answer, name)
    if len(value) > UID_LENGTH or "\x00" in value:
        raise ProviderError(f"{name} cannot be kept")
    return value


def label(*candidates: object) -> str:
    """Return the first text that tells a person which of their accounts it is."""
    texts = (each.replace("\x00", "").strip() for each in candidates if isinstance(each, str))
    return next((each[:LABEL_LENGTH] for each in texts if each), "")


def callback_url(provider_id: str) -> str:
    """Return where a service sends people back to: the same address in every language, since it is registered."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse('account_social_callback', args=[provider_id])}"


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        raise ProviderError("no JSON") from None
    if not isinstance(answer, dict):
        raise ProviderError("no JSON object")
    return answer
