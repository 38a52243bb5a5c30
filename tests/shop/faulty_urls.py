"""The shop's addresses, and some whose views fail."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from catalog.models import StockLevel
from shop import urls

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@transaction.atomic
def hang(request: HttpRequest) -> HttpResponse:
    """Lock all stock and ask for something that takes a minute."""
    list(StockLevel.objects.select_for_update())
    return ask(request, seconds=60)


def ask(request: HttpRequest, seconds: int = 0) -> HttpResponse:
    """Ask the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
    return HttpResponse("answered")


def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Fail as told."""
    raise {"bug": KeyError, "gone": Http404, "denied": PermissionDenied, "odd": SuspiciousOperation}[how]("a secret")


urlpatterns = [path("ask/", ask), path("hang/", hang), path("fail/<str:how>/", fail), *urls.urlpatterns]
