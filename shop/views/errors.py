"""Error pages."""

from __future__ import annotations

import logging
import secrets

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control

from core import http
from core.middleware import UnavailableMiddleware

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense."""
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who may not do this."""
    return _page(request, "errors/403.html", 403)


def page_was_open_too_long(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    return _page(request, "errors/csrf.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return _page(request, "errors/404.html", 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer somebody who sends forms faster than people do."""
    return http.too_many(_page(request, "errors/429.html", 429), seconds=60)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when we failed: a page that needs neither database nor cache, and a code to quote."""
    code = secrets.token_hex(4)
    logger.error("server error shown", extra={"code": code})
    return HttpResponse(render_to_string("errors/500.html", {"code": code}), status=500)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Return an error page in the shop's frame; without a database there is none, and the page says so."""
    try:
        response = render(request, template, status=status)
    except (OperationalError, InterfaceError) as error:
        return UnavailableMiddleware.answer(error)
    patch_cache_control(response, private=True, no_store=True)
    return response
