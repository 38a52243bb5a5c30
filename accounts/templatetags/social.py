"""The services that people may sign in with, for the pages that offer them."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from accounts.http import pending as http

register = template.Library()


@register.simple_tag(takes_context=True)
def other_services(context: dict[str, Any]) -> list[Any]:
    """Return the services that the settings switch on; no query."""
    request: HttpRequest = context["request"]
    return http.offered(request)
