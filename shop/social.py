"""What allauth asks the shop about other services: which there are, whose an identity is, and what went wrong."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.http import pending as http
from accounts.models import User
from accounts.selectors import identities
from accounts.selectors.identities import Standing
from accounts.services import identities as services

logger = logging.getLogger(__name__)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The shop's side of signing in with other services."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return our keys at the services; from the settings alone, so that it costs no query."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide what becomes of an identity that a service has shown to be the visitor's."""
        sociallogin.token = None  # it has done its work, and is kept nowhere
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_connect(request, sociallogin))
        if sociallogin.is_existing:
            if not sociallogin.user.is_active:
                raise ImmediateHttpResponse(_refusal(request, sociallogin.provider))
            return
        _find_owner(request, sociallogin)

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Save a new account; of the addresses it has the one that was chosen, confirmed if the service says so."""
        chosen = form.cleaned_data["email"]
        sociallogin.email_addresses = [each for each in sociallogin.email_addresses if each.email == chosen]
        if any(each.verified for each in sociallogin.email_addresses):
            services.make_way(email=chosen)
        user: User = super().save_user(request, sociallogin, form)
        return user

    def serialize_instance(self, instance: Any) -> dict[str, Any]:
        """Return what a session keeps; of an account its number and names alone, not the hash of its password."""
        if isinstance(instance, User):
            return {"id": instance.pk, "username": instance.username, "email": instance.email}
        kept: dict[str, Any] = super().serialize_instance(instance)
        return kept

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Show a page that says what to do; the log says why, without anything of the visitor or of our keys."""
        if error == AuthError.CANCELLED:
            messages.info(request, _("You have not signed in with %(service)s.") % {"service": provider.name})
            raise ImmediateHttpResponse(redirect("account_login"))
        if exception is None and "state_id" in (extra_context or {}):
            raise ImmediateHttpResponse(_page(request, provider, 422, is_stale=True))
        reason = str(exception) if exception else "an error of the service"
        logger.warning("sign-in with a service failed", extra={"service": provider.sub_id, "reason": reason})
        raise ImmediateHttpResponse(_page(request, provider, 502))


def _connect(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Connect an identity to the account that has asked for it."""
    if not isinstance(request.user, User):  # signed out meanwhile
        return redirect("account_login")
    http.connect_and_say(request, request.user, sociallogin)
    return redirect("socialaccount_connections")


def _find_owner(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Say whose an unknown identity is: of an account whose address both sides have seen proved, or the visitor says.

    Whether there is an account is told only to who has shown that the address is theirs.
    """
    email = next((each.email for each in sociallogin.email_addresses if each.verified), "")
    standing, user = identities.standing_of(email) if email else (None, None)
    if standing is Standing.LOCKED:
        raise ImmediateHttpResponse(_refusal(request, sociallogin.provider))
    if standing is Standing.PROVED:
        sociallogin.user = user
        sociallogin.state[http.JOINS] = True
        return
    http.keep_pending(request, sociallogin)
    if request.user.is_authenticated:  # in another tab, since this was begun
        raise ImmediateHttpResponse(redirect("account_social_confirm"))
    raise ImmediateHttpResponse(
        redirect("socialaccount_signup" if standing is Standing.FREE else "account_social_choose")
    )


def _refusal(request: HttpRequest, provider: Any) -> HttpResponse:
    """Answer for a locked account as its password does: without saying so."""
    logger.info("sign-in with a service refused", extra={"service": provider.sub_id})
    return _page(request, provider, 422)


def _page(request: HttpRequest, provider: Any, status: int, **context: Any) -> HttpResponse:
    """Return the page that says that it did not work."""
    return render(request, "socialaccount/failed.html", {"service": provider.name} | context, status=status)
