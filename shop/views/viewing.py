"""The end of a look as a customer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.http import viewing as http
from core.http import private_page, same_origin, see_other


@require_POST
@same_origin
@private_page
def stop(request: HttpRequest) -> HttpResponse:
    """Stop looking as a customer and go back to the customer's page in the office; twice: go home."""
    viewing = http.find_viewing(request)
    http.end_viewing(request)
    response = see_other("admin:accounts_user_change", viewing.customer.pk) if viewing else see_other("home")
    http.forget_viewing(response)
    return response
