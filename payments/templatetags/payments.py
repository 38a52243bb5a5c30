"""Payment methods, as the checkout shows them."""

from __future__ import annotations

from typing import Any

from django import template

from payments.providers import registry

register = template.Library()
ICONS = {"paylab": "card"}


@register.inclusion_tag("payments/_methods.html")
def payment_methods(currency: str, chosen: str = "") -> dict[str, Any]:
    """Show the methods that take this currency as radio buttons, the chosen or first one ticked."""
    codes = [provider.code for provider in registry.offered(currency)]
    ticked = chosen if chosen in codes else next(iter(codes), "")
    return {
        "methods": [
            {
                "code": code,
                "name": registry.NAMES[code],
                "explanation": registry.EXPLANATIONS[code],
                "icon": ICONS.get(code, "wallet"),
                "is_ticked": code == ticked,
            }
            for code in codes
        ]
    }
