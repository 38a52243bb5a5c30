"""Pages of text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import ContentPage
from core.http import shared_page


@require_safe
@shared_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of text, such as the returns policy."""
    found = get_object_or_404(ContentPage, slug=slug, is_published=True)
    return render(request, "catalog/page.html", {"page": found})
