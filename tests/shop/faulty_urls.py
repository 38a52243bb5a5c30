"""The shop's addresses, and some whose views fail."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from shop import urls

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Fail as told."""
    raise {"bug": KeyError, "gone": Http404, "denied": PermissionDenied, "odd": SuspiciousOperation}[how]("a secret")


urlpatterns = [path("fail/<str:how>/", fail), *urls.urlpatterns]
