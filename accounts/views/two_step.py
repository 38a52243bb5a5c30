"""The second step of a login: its overview, and what allauth's pages for it lack."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.generic.edit import FormView

from accounts.models import Merchant, User
from core import factors
from core.http import private_page


@require_safe
@private_page
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show which second steps there are, and what an office asks of those who work there."""
    user = cast("User", request.user)
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    first = {row.type: row.wrap() for row in reversed(rows)}
    codes = first.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "app": first.get(Authenticator.Type.TOTP),
        "passkeys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes": codes,
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "offices": _offices(user),
        "is_required": settings.MFA_REQUIRED_FOR_OFFICES,
        "grace_until": factors.grace_end(user.grace_began_at) if user.grace_began_at else None,
    }
    return render(request, "mfa/index.html", context)


def _offices(user: User) -> list[str]:
    """Return the namespaces of the offices this user works in."""
    is_member = user.is_superuser or Merchant.objects.worked_for_by(user).exists()
    return ["admin"] * user.is_staff + ["merchant"] * is_member


class PasskeyAgainView(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """Asks for a passkey of who is signed in; shows on the same page that it was refused."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the page again, not the login as allauth does."""
        return FormView.form_invalid(self, form)
