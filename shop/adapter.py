"""What allauth asks the shop: mails go through the outbox, words are ours, failures are counted in one place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.models import User
from accounts.services import consents, decoys
from accounts.views import ACTIVATING
from cart import http as cart_http
from cart import services as carts
from catalog.selectors import content
from core import emails, factors, logins
from core.http import client_address
from shop import account_mails

KINDS = {
    "account/email/email_confirmation_signup": "email_confirmation",
    "account/email/email_confirmation": "email_confirmation",
    "account/email/account_already_exists": "account_exists",
    "account/email/password_reset_key": "password_reset",
    "account/email/unknown_account": "account_unknown",
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/password_reset": "password_changed",
    "account/email/email_changed": "email_changed",
    "mfa/email/totp_activated": "two_step",
    "mfa/email/totp_deactivated": "two_step",
    "mfa/email/recovery_codes_generated": "two_step",
    "mfa/email/webauthn_added": "two_step",
    "mfa/email/webauthn_removed": "two_step",
    "socialaccount/email/account_connected": "connection",
    "socialaccount/email/account_disconnected": "connection",
}
UNKNOWN = "0.0.0.0"  # noqa: S104  nothing listens there: it is kept with a session
LINKS = ("activate_url", "password_reset_url", "signup_url")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The shop's side of allauth."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The email or password is not correct"),
        "username_password_mismatch": _("The email or password is not correct"),
        "username_taken": _("This username is taken"),
        "enter_current_password": _("The current password is not correct"),
        "incorrect_password": _("The current password is not correct"),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail to the outbox; its links lead to the shop's own address, whatever host was asked."""
        kind = KINDS[template_prefix]
        if kind in ("email_confirmation", "account_exists") and not self.request.user.is_authenticated:
            before = self.request.session.get(ACTIVATING, ("", "", 0))
            self.request.session[ACTIVATING] = [email, kind, before[2] + 1 if before[0] == email else 1]
        user = context.get("user")
        link = next((_ours(context[name]) for name in LINKS if name in context), "")
        change = template_prefix.rpartition("/")[2]
        details = {"link": link, "change": change} | ({"service": context["service"]} if "service" in context else {})
        account_mails.write(kind=kind, recipient=email, user=user, at=timezone.now(), **details)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell an account's owner what was changed; who made the account in the office has its address there."""
        super().send_notification_mail(template_prefix, user, {"user": user} | (context or {}), email or user.email)

    def clean_email(self, email: str) -> str:
        """Return an address as the shop keeps it."""
        return emails.canonical(email)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001,FBT002  allauth's
        """Keep the language the account was made in, for its mails, and which terms were agreed to."""
        user.language = get_language() or ""
        saved: User = super().save_user(request, user, form, commit)
        consents.agree_to_terms(user=saved, version=content.terms_version(), at=timezone.now())
        return saved

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Show the number of units in the user's cart, into which the login has merged the visitor's."""
        response: HttpResponse = super().post_login(request, user, **options)
        cart = carts.find(user=user, token=None)
        if cart is not None:
            cart_http.remember(response, cart)
        return response

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user of a right password; a closed account is answered like a wrong one."""
        name = credentials.get("email") or credentials.get("username") or ""
        seconds = logins.wait(name=name, request=request)
        if seconds:
            raise logins.TooManyTriesError(seconds)
        if credentials.get("username"):
            credentials.pop("email", None)  # allauth would try the same address twice, and take twice as long
        user = authenticate(request, **credentials)
        if user is None:
            self._answer_decoy(request, name, credentials.get("password") or "")
            return None
        if selectors.proved_emails(user=user):  # who registers an address of another's could else go on guessing
            logins.forget(name=name, request=request)
        return user

    def _answer_decoy(self, request: HttpRequest, name: str, password: str) -> None:
        """Answer who has registered an address that was known as if an account had been made of it."""
        email = decoys.email_of(name=name, password=password)
        if not email:
            return
        if ratelimit.consume(request, action="confirm_email", key=email):
            self.send_account_already_exists_mail(email)
        raise ImmediateHttpResponse(redirect("account_email_verification_sent"))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return how somebody may show again who they are: where there is a second step, it was taken first.

        Else a session from before it was set up, and the password, would be enough to turn it off.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if factors.is_proven(self.request) or not factors.has_factor(user):
            return methods
        return [each for each in methods if each["id"] != "reauthenticate"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address as our trusted proxies saw it; zeros for one that is none."""
        return client_address(request) or UNKNOWN

    def add_message(
        self, request: HttpRequest, level: int, *arguments: Any, message: str | None = None, **options: Any
    ) -> None:
        """Say what went wrong where allauth leads away from the form; otherwise our pages tell what happened."""
        if message and level >= messages.ERROR:
            messages.add_message(request, level, message)


def _ours(url: str) -> str:
    parts = urlsplit(url)
    return f"{settings.SITE_URL}{parts.path}"
