"""Signs of life for load balancers."""

from __future__ import annotations

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer while the process works; touches neither database nor Redis."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database can be asked, 503 otherwise; a missing cache is told but does no harm."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        has_database = True
    except DatabaseError:
        has_database = False
    cache.set("ready", 1, 10)
    state = {"database": has_database, "cache": cache.get("ready") == 1}
    return JsonResponse(state, status=200 if has_database else 503)
