"""What happens around every request."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control

from core import shared
from core.breaker import CircuitBreaker

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class SharedPageMiddleware:
    """Answers with a kept page where there is one, and keeps the pages that views mark as shared."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look the page up, or render it and keep it."""
        if not shared.may_be_shared(request):
            return self._kept_nowhere(self._get_response(request))
        # no link on a kept page may carry the tracking parameters of the visitor it was made for
        request.META["QUERY_STRING"] = shared.meaningful_query(request)
        key = shared.key_of(request)
        page, version = shared.find(key)
        if page:
            return shared.answer(request, page)
        response = self._get_response(request)
        if not getattr(response, "is_shared_page", False) or response.status_code != 200 or response.cookies:
            return self._kept_nowhere(response)
        return shared.answer(request, shared.keep(key, version, response))

    @staticmethod
    def _kept_nowhere(response: HttpResponse) -> HttpResponse:
        """Make a shared page private that is not kept: it may hold a message and the cart's number."""
        if getattr(response, "is_shared_page", False):
            patch_cache_control(response, private=True, no_store=True)
        return response


class UnavailableMiddleware:
    """Turns a database that does not answer into 503 with Retry-After, and one log line a second."""

    RETRY_SECONDS = 5
    _quiet = CircuitBreaker(seconds=1)

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; failures come to `process_exception`."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that could not reach the database."""
        return self.answer(exception) if isinstance(exception, OperationalError | InterfaceError) else None

    @classmethod
    def answer(cls, exception: Exception) -> HttpResponse:
        """Return the page that asks to come back."""
        if not cls._quiet.is_open:
            cls._quiet.trip()
            logger.error("database unavailable", extra={"error": str(exception).partition("\n")[0]})
        response = HttpResponse(render_to_string("errors/503.html"), status=503)
        response["Retry-After"] = str(cls.RETRY_SECONDS)
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001  else Django logs each one
        return response
