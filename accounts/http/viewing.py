"""Where a request keeps that an operator looks as a customer.

The session says it, which nobody but the shop can write; the cookie says only that it is worth a look there, and keeps
such a browser away from the pages that everybody shares. Without either nobody looks as a customer.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import AuditEntry, User
from accounts.selectors import viewings
from accounts.selectors.viewings import Viewing
from accounts.services import viewings as services
from core import shared

VIEWING = "viewing"  # in the session: the audit entry it began with, and the operator's password as it was, hashed


def begin_viewing(request: HttpRequest, *, customer: User, operator: User, reason: str) -> AuditEntry:
    """Begin to look as a customer, in place of another one; see `mark_viewing` for the answer."""
    entry = services.begin(customer=customer, operator=operator, reason=reason, at=timezone.now())
    end_viewing(request)
    request.session[VIEWING] = {"beginning": entry.pk, "hash": operator.get_session_auth_hash()}
    return entry


def mark_viewing(response: HttpResponse) -> None:
    """Let the browser say, until it is closed, that its session is worth a look."""
    response.set_cookie(shared.VIEWING_COOKIE, "1", samesite="Lax", secure=settings.IS_HTTPS, httponly=True)


def forget_viewing(response: HttpResponse) -> None:
    """Let the browser say nothing any more."""
    response.delete_cookie(shared.VIEWING_COOKIE, samesite="Lax")


def find_viewing(request: HttpRequest) -> Viewing | None:
    """Return as whom this request looks at the shop; None for everybody else, and once it is over."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    kept = request.session.get(VIEWING)
    if kept is None or not constant_time_compare(kept["hash"], request.user.get_session_auth_hash()):
        return None
    return viewings.current(beginning_id=kept["beginning"], operator=request.user, at=timezone.now())


def end_viewing(request: HttpRequest) -> bool:
    """Note that it has ended, and forget it; tells whether there was anything to end."""
    kept = request.session.pop(VIEWING, None)
    if kept is not None:
        services.end(beginning_id=kept["beginning"], at=timezone.now())
    return kept is not None
