"""To take one's data away, and to have the account deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import PasswordForm
from accounts.models import DataExport, Erasure, User
from accounts.services import privacy
from core import codes, limits, logins
from core.forms import CodeForm
from core.http import private_page, see_other, too_many
from orders.services import forgetting
from shop import account_mails

ASKS_A_DAY = 5
DAY = 86_400


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account in three steps: the password, a mailed code, a week to take it back."""
    user = cast("User", request.user)
    if request.method != "POST":
        return _delete_page(request, user, obstacles=_obstacles(user))
    if "keep" in request.POST:
        privacy.cancel_erasure(user=user)
        messages.success(request, _("Your account stays"))
        return see_other("account_delete")
    obstacles = _obstacles(user)
    if any(obstacles.values()):
        return _delete_page(request, user, status=409, obstacles=obstacles)
    return _confirm(request, user) if "code" in request.POST else _ask(request, user)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def data(request: HttpRequest) -> HttpResponse:
    """Show the files with one's data; a POST asks for a new one."""
    user = cast("User", request.user)
    exports = user.data_exports.defer("archive").order_by("-pk")
    context = {"exports": exports, "days": privacy.EXPORT_DAYS}
    if request.method != "POST":
        return render(request, "account/data.html", context)
    if not _may_ask(user, "data-export"):
        page = render(request, "account/data.html", context | {"is_too_often": True})
        return too_many(page, seconds=limits.seconds_left(DAY))
    privacy.ask_export(user=user, at=timezone.now())
    return see_other("account_data")


@require_safe
@private_page
@login_required
def download(request: HttpRequest, export_id: int) -> HttpResponse:
    """Send one of the visitor's own files."""
    own = DataExport.objects.filter(user_id=cast("User", request.user).pk, ready_at__isnull=False)
    export = get_object_or_404(own, pk=export_id)
    response = HttpResponse(bytes(export.archive), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="my-data-{export.asked_at:%Y-%m-%d}.zip"'
    return response


def _ask(request: HttpRequest, user: User) -> HttpResponse:
    """Take the password and mail the code."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _delete_page(request, user, form, status=422)
    refusal = logins.refusal(user=user, password=form.cleaned_data["password"], request=request)
    if refusal:
        form.add_error("password", refusal.reason)
        page = _delete_page(request, user, form, status=422)
        return too_many(page, seconds=refusal.seconds) if refusal.seconds else page
    if not _may_ask(user, "erasure"):
        form.add_error(None, _("You have asked for this too often today. Please try again tomorrow."))
        return too_many(_delete_page(request, user, form), seconds=limits.seconds_left(DAY))
    with transaction.atomic():
        code = privacy.ask_erasure(user=user, at=timezone.now())
        _write(user, "erasure_code", code=code, minutes=codes.MINUTES)
    return see_other("account_delete")


def _confirm(request: HttpRequest, user: User) -> HttpResponse:
    """Take the code; the week begins."""
    form = CodeForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            due_at = privacy.confirm_erasure(user=user, code=form.cleaned_data["code"], at=timezone.now())
            if due_at is not None:
                _write(user, "erasure_planned", due=timezone.localtime(due_at).date().isoformat())
                return see_other("account_delete")
        form.add_error("code", _("This code is not correct, or it is too old"))
    return _delete_page(request, user, form, status=422)


def _obstacles(user: User) -> dict[str, int]:
    """Return what the account is still needed for: work in an office, open orders."""
    return {"works_here": privacy.works_here(user), "open_orders": forgetting.open_orders(user=user).count()}


def _delete_page(
    request: HttpRequest,
    user: User,
    form: PasswordForm | CodeForm | None = None,
    *,
    status: int = 200,
    obstacles: Mapping[str, int] | None = None,
) -> HttpResponse:
    """Show the step that is next; ?again=1 goes back to the first, for another code."""
    erasure = Erasure.objects.filter(user=user).first()
    if form is None:
        form = PasswordForm() if erasure is None or "again" in request.GET else CodeForm()
    context = {
        "due_at": erasure.due_at if erasure else None,
        "asks_code": isinstance(form, CodeForm),
        "form": form,
        "days": privacy.ERASURE_DAYS,
        "minutes": codes.MINUTES,
    }
    return render(request, "account/delete.html", context | dict(obstacles or {}), status=status)


def _may_ask(user: User, name: str) -> bool:
    return limits.allow(name=name, who=str(user.pk), limit=ASKS_A_DAY, seconds=DAY)


def _write(user: User, kind: str, **details: str | int) -> None:
    account_mails.write(kind=kind, recipient=user.email, user=user, at=timezone.now(), **details)
