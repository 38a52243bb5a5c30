"""What is done around the pages of allauth, and what it lacks: sessions, the activation sent again."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import OvertakenError
from core import devices, logins
from core.http import Arguments, View, private_page, see_other, too_many

FORMS = ("form", "webauthn_form")  # what allauth calls them
ACTIVATING = "activating"  # in the session: the address this browser registered with, the kind of mail, how many sent
MAILS_A_DAY = 5
DAY = 86_400


def told(view: View[Arguments]) -> View[Arguments]:
    """Answer a refused form with 422, too many failed tries with 429; no cache keeps any of these pages."""

    @private_page
    @wraps(view)
    def answered(request: HttpRequest, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> HttpResponse:
        try:
            response = view(request, *arguments, **options)
        except OvertakenError:
            response = view(request, *arguments, **options)  # which finds now what was taken since it looked
        errors = _errors(response) if request.method == "POST" and response.status_code == HTTPStatus.OK else []
        if errors:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        for error in errors:
            if isinstance(error, logins.TooManyTriesError):
                too_many(response, seconds=error.seconds)
        return response

    return answered


def _errors(response: HttpResponse) -> list[ValidationError]:
    """Return what the forms of a page complain about."""
    context = getattr(response, "context_data", None) or {}
    forms = [form for name in FORMS if (form := context.get(name)) is not None]
    return [error for form in forms for errors in form.errors.as_data().values() for error in errors]


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Show where this account is signed in; a POST ends one of those sessions, or all but this one."""
    own = UserSession.objects.purge_and_list(request.user)
    if request.method != "POST":
        own.sort(key=lambda each: (not each.is_current(), -each.pk))
        shown = [{"session": each, "device": devices.name_of(each.user_agent)} for each in own]
        return render(request, "account/sessions.html", {"sessions": shown})
    others = [each for each in own if not each.is_current()]
    if "end" in request.POST:
        others = [each for each in others if str(each.pk) == request.POST["end"]]
        if not others:
            raise Http404
    get_sessions_adapter().end_sessions(others)
    messages.success(request, _("Signed out there"))
    return see_other("account_sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def verification_sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way; a POST sends it again to the address that this browser has registered with.

    Whether there was an account before is not told: its owner gets a mail either way, and no faster.
    """
    email, kind, sent = request.session.get(ACTIVATING, ("", "", 0))
    context = {"can_send_again": bool(email)}
    if request.method != "POST" or not email:
        return render(request, "account/verification_sent.html", context)
    if not ratelimit.consume(request, action="confirm_email", key=email.lower()):
        seconds = 60 if sent < MAILS_A_DAY else DAY
        context |= {"can_send_again": seconds == 60, "is_refused": True}
        return too_many(render(request, "account/verification_sent.html", context), seconds=seconds)
    address = EmailAddress.objects.filter(email=email.lower(), verified=False).first()
    if address is None or kind != "email_confirmation":  # the account may be a stranger's, who waits to be let in
        get_adapter().send_account_already_exists_mail(email)
    else:
        address.send_confirmation(request, signup=True)
    messages.success(request, _("Sent again"))
    return see_other("account_email_verification_sent")
