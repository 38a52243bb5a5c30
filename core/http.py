"""Helpers for views."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]
_WITH_PORT = re.compile(r"(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\]):\d+")
_PATH = re.compile(r"/(?!/)[^\\\x00-\x1f\x7f]*")  # browsers read // and /\ as the start of another site


class SeeOther(HttpResponseRedirectBase):
    """303: the answer to a POST is found elsewhere, by GET."""

    status_code = 303


def see_other(to: object, *arguments: object, **options: object) -> HttpResponse:
    """Redirect after a POST; `to` is a view name, an address or a model, as in `redirect`."""
    return SeeOther(resolve_url(to, *arguments, **options))  # type: ignore[arg-type]  # Django takes models too


def shared_page(view: View[Arguments]) -> View[Arguments]:
    """Mark a view whose page is the same for everybody: no user, no cart, no CSRF token in it."""

    @wraps(view)
    def marked(request: HttpRequest, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> HttpResponse:
        response = view(request, *arguments, **options)
        response.is_shared_page = True  # type: ignore[attr-defined]  # read by SharedPageMiddleware
        return response

    return marked


def private_page(view: View[Arguments]) -> View[Arguments]:
    """Mark a view whose page is for one visitor: in the visitor's own time zone, and no store keeps it on the way."""

    @wraps(view)
    def marked(request: HttpRequest, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> HttpResponse:
        zone = getattr(getattr(request, "user", None), "time_zone", "")
        with timezone.override(zone or settings.TIME_ZONE):
            response = view(request, *arguments, **options)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return marked


def same_origin(view: View[Arguments]) -> View[Arguments]:
    """Accept a form from our own pages only, by what the browser says about its origin.

    For forms on shared pages, which cannot carry a visitor's CSRF token. A client that sends none of
    the headers is not a browser, so there is nobody whose cookies could be abused. docs/adr/0004.
    """

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> HttpResponse:
        if not _comes_from_here(request):
            raise PermissionDenied("cross-origin form")
        return view(request, *arguments, **options)

    return checked


def _comes_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if not source:
        return True
    ours = (f"{request.scheme}://{request.get_host()}", settings.SITE_URL)
    return any(source == site or source.startswith(f"{site}/") for site in ours)


def safe_next(request: HttpRequest, *, default: str) -> str:
    """Return the path on this site to go to after a form, or `default`: the one it names, else the page before."""
    target = request.POST.get("next_url") or _path_before(request)
    return target if _PATH.fullmatch(target) else default


def _path_before(request: HttpRequest) -> str:
    """Return the path and query of the page a form was on; nothing when that was another site's."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def too_many(response: HttpResponse, *, seconds: int) -> HttpResponse:
    """Make a page the answer to who has tried too often, and has to wait so many seconds."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response["Retry-After"] = str(seconds)
    return response


def client_address(request: HttpRequest) -> str:
    """Return the visitor's network address, as the outermost trusted proxy saw it, without a port.

    Nothing when it is none: a web server on a socket file knows no address.
    """
    told = str(request.META.get("REMOTE_ADDR", ""))
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(chain):
        told = chain[-settings.TRUSTED_PROXIES]
    parts = _WITH_PORT.fullmatch(told)
    try:
        return str(ip_address((parts[1] or parts[2]) if parts else told))
    except ValueError:
        return ""


def client_network(request: HttpRequest) -> str:
    """Return what limits are counted by: who has one IPv6 address has the other 2^64 of its network too."""
    address = client_address(request)
    return str(ip_network((address, 64), strict=False)) if ":" in address else address
