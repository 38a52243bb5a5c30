"""Another email address for an account: asked for with the password, confirmed at the old and at the new address."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.forms import EmailChangeForm
from accounts.models import EmailChange, User
from accounts.services import Side
from core import limits, logins
from core.http import private_page, see_other, too_many
from orders.services import joining
from shop import account_mails

ASKS_A_DAY = 5
DAY = 86_400
SALT = "email-change"


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def change(request: HttpRequest) -> HttpResponse:
    """Ask for another address, or drop the wish."""
    user = cast("User", request.user)
    if request.method != "POST":
        return _page(request, user, EmailChangeForm())
    if "cancel" in request.POST:
        services.cancel_email_change(user=user)
        return see_other("account_email")
    form = EmailChangeForm(request.POST)
    if form.is_valid() and form.cleaned_data["email"].lower() == user.email.lower():
        form.add_error("email", _("This is your address already"))
    if not form.is_valid():
        return _page(request, user, form, status=422)
    refusal = logins.refusal(user=user, password=form.cleaned_data["password"], request=request)
    if refusal and refusal.seconds:
        return _too_often(request, user, form, refusal.reason, refusal.seconds)
    if refusal:
        form.add_error("password", refusal.reason)
        return _page(request, user, form, status=422)
    if not limits.allow(name="email-change", who=str(user.pk), limit=ASKS_A_DAY, seconds=DAY):
        later = _("You have asked for this too often today. Please try again tomorrow.")
        return _too_often(request, user, form, later, limits.seconds_left(DAY))
    _ask(user, form.cleaned_data["email"])
    return see_other("account_email")


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm at one of the two addresses; a GET changes nothing, since mail programs look at links by themselves."""
    try:
        side, change_id, email, asked_at = signing.loads(token, salt=SALT, max_age=services.EMAIL_CHANGE_DAYS * DAY)
    except signing.BadSignature:
        return render(request, "account/email_change_confirm.html", {"is_over": True}, status=404)
    if request.method != "POST":
        is_open = EmailChange.objects.filter(pk=change_id, email=email, asked_at=asked_at).exists()
        context = {"email": email, "is_over": not is_open}
        return render(request, "account/email_change_confirm.html", context, status=200 if is_open else 404)
    changed = _confirm(change_id, email, datetime.fromisoformat(asked_at), side)
    if changed is None:
        return render(request, "account/email_change_confirm.html", {"is_over": True}, status=404)
    if changed.is_confirmed:
        messages.success(request, _("Your email address was changed"))
        return see_other("account")
    return render(request, "account/email_change_confirm.html", {"email": email, "is_waiting": True})


@transaction.atomic
def _ask(user: User, email: str) -> None:
    """Note the wish and write to both addresses; the owner of a known one learns only that it has an account."""
    asked = services.ask_email_change(user=user, email=email, at=timezone.now())
    _write("email_change_old", user.email, user, link=_link(asked, "old"), email=asked.email)
    if services.is_taken(asked.email):
        owner = selectors.by_email(asked.email)
        _write("account_exists", asked.email, owner or user, link=_path("account_reset_password"))
    else:
        _write("email_change_new", asked.email, user, link=_link(asked, "new"), email=asked.email)


@transaction.atomic
def _confirm(change_id: int, email: str, asked_at: datetime, side: Side) -> EmailChange | None:
    """Confirm, and tell the old address when that was the last word; None for a wish that is over."""
    before = EmailChange.objects.select_related("user").filter(pk=change_id).first()
    if before is None:
        return None
    try:
        changed = services.confirm_email_change(
            change_id=change_id, email=email, asked_at=asked_at, side=side, at=timezone.now()
        )
    except EmailChange.DoesNotExist:
        return None
    if changed is not None and changed.is_confirmed:
        _write("email_changed", before.user.email, before.user)
        joining.join(user=changed.user)
    return changed


def _write(kind: str, recipient: str, user: User, **details: str) -> None:
    account_mails.write(kind=kind, recipient=recipient, user=user, at=timezone.now(), **details)


def _link(asked: EmailChange, side: Side) -> str:
    token = signing.dumps([side, asked.pk, asked.email, asked.asked_at.isoformat()], salt=SALT)
    return _path("account_confirm_email_change", token)


def _path(name: str, *arguments: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}"


def _too_often(request: HttpRequest, user: User, form: EmailChangeForm, later: str, seconds: int) -> HttpResponse:
    form.add_error(None, later)
    return too_many(_page(request, user, form), seconds=seconds)


def _page(request: HttpRequest, user: User, form: EmailChangeForm, *, status: int = 200) -> HttpResponse:
    pending = EmailChange.objects.filter(user=user).first()
    return render(request, "account/email_change.html", {"form": form, "pending": pending}, status=status)
