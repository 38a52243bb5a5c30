"""Pages that are the same for everybody: kept compressed, answered without touching the database.

A page is kept with the version of the catalogue it was made from. After a change the next visitor
gets a new one; others who come in the same moment get the old one instead of making it as well.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import partial

import brotli
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

VERSION_KEY = "shared:version"
LOCK_SECONDS = 5
QUERY_LIMIT = 300
THEMES = ("light", "dark")
MESSAGES_COOKIE = "messages"
VIEWING_COOKIE = "viewing"  # an operator looks as a customer, and must find that on every page
PERSONAL = {MESSAGES_COOKIE, VIEWING_COOKIE}
_PATHS = re.compile(r"/(?:zh-hans/)?(?:products/|categories/|pages/|$)")
_NO_MEANING = re.compile(r"(?:^|&)(?:utm_\w+|gclid|fbclid|msclkid)=[^&]*")


@dataclass(frozen=True, slots=True)
class Page:
    """A kept page: its HTML compressed with Brotli, and what it was made from."""

    version: str
    etag: str
    body: bytes
    content_type: str
    language: str


def may_be_shared(request: HttpRequest) -> bool:
    """Tell whether this request's answer could be the same for everybody."""
    return (
        settings.SHARED_PAGE_SECONDS > 0
        and request.method in ("GET", "HEAD")
        and _PATHS.match(request.path_info) is not None
        and request.path == request.path_info  # links of a page served under a prefix lead elsewhere
        and len(request.META.get("QUERY_STRING", "")) <= QUERY_LIMIT
        and PERSONAL.isdisjoint(request.COOKIES)
    )


def key_of(request: HttpRequest) -> str:
    """Return the page's key: address, meaningful query, theme."""
    theme = request.COOKIES.get("theme", "")
    words = "\n".join([request.path_info, meaningful_query(request), theme if theme in THEMES else ""])
    return "shared:" + hashlib.sha256(words.encode(errors="replace")).hexdigest()


def meaningful_query(request: HttpRequest) -> str:
    """Return the query without what only follows people from site to site."""
    return _NO_MEANING.sub("", request.META.get("QUERY_STRING", "")).strip("&")


def find(key: str) -> tuple[Page | None, str]:
    """Return the kept page, if there is one worth sending, and the catalogue's present version."""
    found = cache.get_many([VERSION_KEY, key])
    version = found.get(VERSION_KEY) or _first_version()
    page = found.get(key)
    if page is None or page.version == version:
        return page, version
    is_ours_to_make = cache.add(f"{key}:lock", 1, LOCK_SECONDS)
    return (None if is_ours_to_make else page), version


def keep(key: str, version: str, response: HttpResponse) -> Page:
    """Keep a rendered page and return it."""
    page = Page(
        version=version,
        etag=f'"{hashlib.sha256(response.content).hexdigest()[:24]}"',
        body=brotli.compress(response.content, quality=5),
        content_type=response["Content-Type"],
        language=response.get("Content-Language", ""),
    )
    cache.set(key, page, settings.SHARED_PAGE_SECONDS)
    return page


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """Return the page, or 304 to a visitor who has it already.

    Every store on the way may keep it but must ask us each time: we know the visitor's theme and news.
    """
    known = {tag.removeprefix("W/") for tag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))}
    if known & {page.etag, "*"}:
        response: HttpResponse = HttpResponseNotModified()
    elif "br" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(page.body, content_type=page.content_type)
        response["Content-Encoding"] = "br"
    else:
        response = HttpResponse(brotli.decompress(page.body), content_type=page.content_type)
    response["ETag"] = page.etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    response["Vary"] = "Accept-Encoding"
    if page.language:
        response["Content-Language"] = page.language
    return response


def outdate_on_commit() -> None:
    """Make every kept page old once the transaction is committed; call after any change that shoppers see."""
    transaction.on_commit(partial(cache.set, VERSION_KEY, secrets.token_hex(8), None))


def _first_version() -> str:
    """Return a version where there was none, the same for all who come at once."""
    version = secrets.token_hex(8)
    return version if cache.add(VERSION_KEY, version, None) else str(cache.get(VERSION_KEY, version))
