"""The way into an office: password, then the second step where there is one."""

from __future__ import annotations

from typing import Any

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.utils import perform_login
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from core import factors


class OfficeLoginView(LoginView):
    """Takes the password, and leaves what follows to allauth, as the shop's own login does."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on with the second step of who has one; who makes an account in an office vouches for its address."""
        response: HttpResponse = perform_login(
            self.request,
            form.get_user(),
            email_verification=EmailVerificationMethod.NONE,
            redirect_url=self.get_success_url(),
        )
        return response


def ask(request: HttpRequest, *, default: str) -> HttpResponse:
    """Send somebody who is signed in to what is missing; a code leads back to where they wanted to go."""
    if factors.standing(request).ask is factors.Ask.SETUP:
        return redirect("mfa_index")
    target = request.GET.get(REDIRECT_FIELD_NAME) or default
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: target})}")
