"""A logout takes the number beside the cart along: the next visitor must see nothing of the last one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cart.http import COUNT_COOKIE

GetResponse = Callable[[HttpRequest], HttpResponse]


class ForgetCountAtLogoutMiddleware:
    """Deletes the cookie with the number of units when a response ends the session."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and look at the session cookie that comes back."""
        response = self._get_response(request)
        session = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None and not session.value and COUNT_COOKIE in request.COOKIES:
            response.delete_cookie(COUNT_COOKIE)
        return response
