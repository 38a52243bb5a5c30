"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from cart.http import COUNT_COOKIE
from catalog.selectors import content
from core import shared


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's texts and links; nothing of it is looked up until a template asks.

    A page that is the same for everybody learns the number beside the cart from a cookie, by script.
    """
    theme = request.COOKIES.get("theme", "")
    return {
        "frame": SimpleLazyObject(lambda: content.frame(get_language() or settings.LANGUAGE_CODE)),
        "language_tag": _tag(get_language() or settings.LANGUAGE_CODE),
        "theme": theme if theme in shared.THEMES else "",
        "site_url": settings.SITE_URL,
        "language_links": SimpleLazyObject(lambda: _language_links(request)),
        "cart_count": None if shared.may_be_shared(request) else _count(request),
        "is_demo": settings.DEMO,
        "viewing": getattr(request, "viewing", None),  # an operator looks as a customer
    }


def _count(request: HttpRequest) -> int:
    value = request.COOKIES.get(COUNT_COOKIE, "")
    return int(value) if value.isdecimal() and len(value) < 6 else 0


def _tag(code: str) -> str:
    """Return a language as HTML names it: the script begins with a capital (RFC 5646)."""
    language, _, script = code.partition("-")
    return f"{language}-{script.title()}" if script else language


def _language_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Return this page's address in each language; the query stays."""
    path = request.path
    for code, _ in settings.LANGUAGES:
        path = path.removeprefix(f"/{code}") if path.startswith(f"/{code}/") else path
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return [
        {
            "code": code,
            "tag": _tag(code),
            "name": {"en": "English", "zh-hans": "简体中文"}.get(code, code),
            "path": (path if code == settings.LANGUAGE_CODE else f"/{code}{path}"),
            "url": (path if code == settings.LANGUAGE_CODE else f"/{code}{path}") + query,
            "is_current": code == get_language(),
        }
        for code, _ in settings.LANGUAGES
    ]
