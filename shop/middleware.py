"""An operator who looks as a customer: shown what the customer sees, and kept from everything else."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control

from accounts.http import viewing as http
from accounts.selectors.viewings import Viewing
from core import shared
from core.middleware import UnavailableMiddleware

GetResponse = Callable[[HttpRequest], HttpResponse]
OFFICES = {"admin", "merchant"}  # always the operator's own
STOP = "stop_viewing"
SAFE = {"GET", "HEAD", "OPTIONS"}
SHOWN = {  # pages that change nothing when they are looked at, and hold no key to the account
    *("home", "catalog:products", "catalog:category", "catalog:product", "catalog:page"),
    *("account", "account_avatar", "account_orders", "account_addresses", "orders:order", "orders:thanks", "cart:cart"),
}
NEUTRAL = {"alive", "ready", "shop.views.home.favicon", "catalog.views.media.picture"}  # nobody's pages
NOWHERE = ""  # an address that leads nowhere, and says so
KEPT_COOKIES = {  # of the operator's; none of a cart
    *(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "theme"),
    *shared.PERSONAL,
}


class ViewAsCustomerMiddleware:
    """Answers an operator who looks as a customer; what is not listed above is refused.

    Nobody is signed in: the pages get the customer in place of the operator, and an empty session that is thrown away,
    so that they neither read nor write the operator's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look who is asking, where a browser says that it is worth a look."""
        if shared.VIEWING_COOKIE not in request.COOKIES:
            return self._get_response(request)
        office, name = _place(request)
        if office in OFFICES or name == STOP or (name in NEUTRAL and request.method in SAFE):
            return self._get_response(request)
        try:
            viewing = http.find_viewing(request)
            return self._over(request) if viewing is None else self._shown(request, viewing, name)
        except (OperationalError, InterfaceError) as error:  # of the look; those of a page are answered before
            return UnavailableMiddleware.answer(error)

    def _over(self, request: HttpRequest) -> HttpResponse:
        """Say once that it is over, and do nothing else: what was pressed was meant for the customer's page."""
        if http.end_viewing(request):
            response = _private(render(request, "errors/view_over.html", status=403))
        else:
            response = self._get_response(request)
        http.forget_viewing(response)
        return response

    def _shown(self, request: HttpRequest, viewing: Viewing, name: str) -> HttpResponse:
        own = request.session
        request.viewing = viewing  # type: ignore[attr-defined]  # ours, for the banner
        request.user = viewing.customer
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        for cookie in request.COOKIES.keys() - KEPT_COOKIES:
            del request.COOKIES[cookie]
        try:
            if request.method in SAFE and (name in SHOWN or name == NOWHERE):
                response = self._get_response(request)
            else:
                response = render(request, "errors/view_only.html", status=403)
        finally:
            request.session = own
        for cookie in response.cookies.keys() - {shared.MESSAGES_COOKIE}:
            del response.cookies[cookie]
        return _private(response)


def _place(request: HttpRequest) -> tuple[str, str]:
    """Return the office an address is in, if it is in one, and the name of its view."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return "", NOWHERE
    return match.namespace, match.view_name


def _private(response: HttpResponse) -> HttpResponse:
    """Keep a page from every store on the way; ours is closed to a browser with the cookie."""
    patch_cache_control(response, private=True, no_store=True)
    return response
