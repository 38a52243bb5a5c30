"""Signing in with other services: there and back, and what the visitor is asked in between."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import SignupView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import pending as http
from accounts.models import User
from accounts.providers.remote import ProviderError
from accounts.selectors import identities as selectors
from accounts.services import identities
from core import limits
from core.http import client_network, private_page, see_other, too_many

LANGUAGE = "social_language"  # in the session: what the visitor reads, since the way back has one address for all


@require_POST
@private_page
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the visitor to a service; who is signed in already wants to connect it.

    By a page that leads on and not by a redirect: browsers check redirects of a form against our policy too, and
    a service may send people on to others whose names we do not know.
    """
    provider = _provider(request, provider_id)
    if request.user.is_authenticated:
        raise_if_reauthentication_required(request, app="allauth.socialaccount")
    if not limits.allow(name="social", who=client_network(request), limit=settings.SOCIAL_TRIES_PER_MINUTE, seconds=60):
        return too_many(render(request, "errors/429.html"), seconds=60)
    process = AuthProcess.CONNECT if request.user.is_authenticated else AuthProcess.LOGIN
    request.session[LANGUAGE] = translation.get_language()
    try:
        answer = provider.redirect(request, process=process, next_url=get_next_redirect_url(request))
    except ProviderError as error:
        return _failed(request, provider, error)
    return render(request, "socialaccount/leave.html", {"service": provider.name, "url": answer.url})


@require_safe
@private_page
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take back a visitor whom a service has sent."""
    provider = _provider(request, provider_id)
    language = request.session.get(LANGUAGE, "")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
    view = OAuth2CallbackView.adapter_view(provider.get_oauth2_adapter(request))
    try:
        response: HttpResponse = view(request)
    except ProviderError as error:
        return _failed(request, provider, error)
    return response


@require_safe
@private_page
def choose(request: HttpRequest) -> HttpResponse:
    """Ask somebody whom a service has named whether they have an account here."""
    pending = http.pending(request)
    if pending is None:
        return redirect("account_login")
    if request.user.is_authenticated:
        return redirect("account_social_confirm")
    return render(request, "socialaccount/choose.html", {"pending": pending})


class NewAccountView(SignupView):  # type: ignore[misc]  # allauth ships no types
    """The form of a new account, while the identity waits."""

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Show the form; nothing waits any more after ten minutes."""
        self.pending = http.pending(request)
        return super().dispatch(request, *args, **options)

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """Return what the page shows."""
        shown: dict[str, Any] = super().get_context_data(**options)
        return shown | {"pending": self.pending}

    def get_authenticated_redirect_url(self) -> str:
        """Ask who is signed in already whether to connect."""
        return str(redirect("account_social_confirm").url)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask who has just signed in whether what waits is theirs; a POST connects it, or drops it."""
    pending = http.pending(request)
    if pending is None:
        return redirect("account")
    if request.method != "POST":
        return render(request, "socialaccount/confirm.html", {"pending": pending})
    http.forget_pending(request)
    if "connect" not in request.POST:
        return see_other("account")
    http.connect_and_say(request, cast("User", request.user), pending.login)
    return see_other("socialaccount_connections")


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def connections(request: HttpRequest) -> HttpResponse:
    """Show which services sign in to this account; a POST disconnects one."""
    services = {each.sub_id: str(each.name) for each in http.offered(request)}
    if not services:
        raise Http404
    if request.method == "POST":
        return _disconnect(request, services)
    return _connections_page(request, services)


def _disconnect(request: HttpRequest, services: dict[str, str]) -> HttpResponse:
    raise_if_reauthentication_required(request, app="allauth.socialaccount")
    user, number = cast("User", request.user), request.POST.get("disconnect", "")
    if not number.isdecimal():
        raise Http404
    try:
        http.disconnect(request, user, int(number), services)
    except SocialAccount.DoesNotExist:
        raise Http404 from None
    except identities.OnlyWayInError:
        return _connections_page(request, services, status=409, is_only_way_in=True)
    messages.success(request, _("Disconnected"))
    return see_other("socialaccount_connections")


def _connections_page(
    request: HttpRequest, services: dict[str, str], *, status: int = 200, is_only_way_in: bool = False
) -> HttpResponse:
    shown = [
        {"account": each, "service": services.get(each.provider, each.provider), "label": http.label_of(each)}
        for each in selectors.own(user=cast("User", request.user))
    ]
    connected = {each["account"].provider for each in shown}
    missing = {name: service for name, service in services.items() if name not in connected}
    context = {"connections": shown, "missing": missing, "is_only_way_in": is_only_way_in}
    return render(request, "socialaccount/connections.html", context, status=status)


def _provider(request: HttpRequest, provider_id: str) -> Any:
    """Return a service that the settings switch on; 404 for any other."""
    found = next((each for each in http.offered(request) if each.sub_id == provider_id), None)
    if found is None:
        raise Http404
    return found


def _failed(request: HttpRequest, provider: Any, error: ProviderError) -> HttpResponse:
    response: HttpResponse = render_authentication_error(request, provider, exception=error)
    return response
