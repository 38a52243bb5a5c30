"""Pictures: served as they are, made when they are asked for before the worker came to it."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.selectors.pictures import derived_path
from catalog.services import pictures

TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
YEAR = 31_536_000


@require_safe
def picture(request: HttpRequest, folder: str, name: str, width: str, suffix: str) -> HttpResponse:
    """Send one derivative of a picture. A web server in front answers for those that exist."""
    path = derived_path(name, int(width), suffix)
    if folder != name[:2]:
        raise Http404
    if default_storage.exists(path):
        with default_storage.open(path) as file:
            content: bytes | None = file.read()
    else:
        content = pictures.derive(name=name, width=int(width), suffix=suffix)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=TYPES[suffix])
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
