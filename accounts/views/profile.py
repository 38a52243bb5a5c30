"""What people tell about themselves, and their picture."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.profile import AvatarForm, ProfileForm
from accounts.models import Avatar, User
from accounts.services import consents
from accounts.services import profile as services
from core.http import private_page, see_other

YEAR = 31_536_000


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and keep the name, the number for couriers, language and time zone, and whether there may be news."""
    user, now = cast("User", request.user), timezone.now()
    if request.method != "POST":
        return _page(request, _filled(user))
    form = ProfileForm(request.POST, at=now)
    if not form.is_valid():
        return _page(request, form, status=422)
    news, text = form.cleaned_data.pop("news"), str(form.fields["news"].label)
    services.change(user=user, to=services.Profile(**form.cleaned_data), at=now)
    consents.set_news(user=user, is_given=news, text=text, at=now)
    messages.success(request, _("Changes saved"))
    return see_other("account_profile")


@require_POST
@private_page
@login_required
def set_avatar(request: HttpRequest) -> HttpResponse:
    """Keep an uploaded picture, or remove the one there is."""
    user, now = cast("User", request.user), timezone.now()
    if "remove" in request.POST:
        services.remove_avatar(user=user, at=now)
        messages.success(request, _("Picture removed"))
        return see_other("account_profile")
    form = AvatarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, _filled(user), avatar=form, status=422)
    services.set_avatar(user=user, content=form.cleaned_data["avatar"], at=now)
    messages.success(request, _("Picture saved"))
    return see_other("account_profile")


@require_safe
@login_required
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """Send a visitor the own picture; the browser keeps it, since another one has another name."""
    own = get_object_or_404(Avatar, user_id=cast("User", request.user).pk, user__avatar_name=name)
    response = HttpResponse(bytes(own.picture), content_type="image/webp")
    patch_cache_control(response, private=True, max_age=YEAR, immutable=True)
    return response


def _filled(user: User) -> ProfileForm:
    """Return the form with what is known."""
    known = {
        "name": user.name,
        "phone": user.phone,
        "language": user.language or get_language(),
        "time_zone": user.time_zone,
        "birthday": user.birthday.isoformat() if user.birthday else "",  # as a field for a day takes it
        "news": consents.wants_news(user=user),
    }
    return ProfileForm(initial=known, at=timezone.now())


def _page(
    request: HttpRequest, form: ProfileForm, *, avatar: AvatarForm | None = None, status: int = 200
) -> HttpResponse:
    """Show both forms; only one of them can have been refused."""
    context = {"form": form, "avatar_form": avatar or AvatarForm(), "refused": avatar or form}
    return render(request, "account/profile.html", context, status=status)
