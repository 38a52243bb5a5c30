"""Users and merchants in the operators' office."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from accounts import services
from accounts.forms.offices import ReasonForm
from accounts.http import viewing as http
from accounts.models import AuditEntry, Merchant, MerchantMember, ProfileChange, User
from accounts.selectors.viewings import PERMISSION, Obstacle, obstacle
from accounts.services import locking, viewings
from core import numbers
from core.admin import OfficeModelAdmin, ReadOnlyModelAdmin, operators
from core.forms import EmailField

TAIL_DIGITS = 4
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
OBSTACLES = {
    Obstacle.SELF: _("This is your own account."),
    Obstacle.WORKS_HERE: _("This account belongs to somebody who works here. Only customers can be viewed."),
    Obstacle.SHUT: _("This account is locked or erased. There is nothing to view."),
}


@admin.register(Group, site=operators)
class RolesAdmin(OfficeModelAdmin, GroupAdmin):
    """Groups of permissions; who could change the own one would have them all."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave it to those who may do everything."""
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to those who may do everything."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to those who may do everything."""
        return request.user.is_superuser


class ProfileChangeInline(admin.TabularInline[ProfileChange, User]):
    """What somebody changed in the own profile; nobody edits it."""

    model = ProfileChange
    fields = readonly_fields = ("changed_at", "field", "before", "after")
    ordering = ("-pk",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Services alone write it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays."""
        return False


@admin.register(User, site=operators)
class PersonAdmin(OfficeModelAdmin, UserAdmin[User]):
    """Users."""

    list_display = ("username", "email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username__iexact", "email__iexact", "name__istartswith")
    search_help_text = _("Username, email, name, the last digits of a mobile number, or an order number")
    actions = ("send_activation",)
    change_form_template = "admin/accounts/user/change_form.html"
    formfield_overrides = {models.EmailField: {"form_class": EmailField}}
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("name", "email", "phone", "language")}),
        (_("Permissions"), {"fields": RIGHTS}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
    )
    ordering = ("-pk",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Keep a person; who makes an account here vouches for its address."""
        before = User.objects.get(pk=obj.pk).email if change else obj.email
        super().save_model(request, obj, form, change)
        if not change:
            services.trust_addresses(users=[obj])
        elif obj.email != before:
            services.correct_email(user=obj, before=before, at=timezone.now())
            for email in (before, obj.email):
                get_adapter(request).send_notification_mail("account/email/email_changed", obj, email=email)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show what somebody has changed; who is only being added has changed nothing."""
        return [ProfileChangeInline] if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let those who may do everything say who may do what; nobody else, least of all for themselves."""
        return () if request.user.is_superuser else RIGHTS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave the accounts of those who run the shop to those who may do everything."""
        is_higher = obj is not None and (obj.is_staff or obj.is_superuser)
        return super().has_change_permission(request, obj) and (request.user.is_superuser or not is_higher)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Find people also by the last digits of their number and by an order of theirs."""
        words = search_term.strip()
        if numbers.is_valid(words):
            return queryset.filter(orders__number=words), False
        if words.isascii() and words.isdecimal() and len(words) >= TAIL_DIGITS:
            return queryset.filter(Q(phone__endswith=words) | Q(username=words)), False
        escaped = words.replace("\\", r"\\").replace('"', r"\"")
        return super().get_search_results(request, queryset, f'"{escaped}"' if words else "")

    @admin.action(description=_("Send the activation mail again"), permissions=["change"])
    def send_activation(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Mail the link again to those who have not activated their account yet."""
        waiting = EmailAddress.objects.filter(user__in=queryset, primary=True, verified=False).select_related("user")
        for address in waiting:
            address.send_confirmation(request, signup=True)
        self.message_user(request, _("Activation mails: %(count)d") % {"count": len(waiting)})

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which an account is locked or unlocked, and the shop is viewed as its owner."""
        lock = self.admin_site.admin_view(self.lock_view)
        view_as = self.admin_site.admin_view(self.view_as_view)
        return [
            path("<int:user_id>/lock/", lock, name="accounts_user_lock"),
            path("<int:user_id>/view-as/", view_as, name="accounts_user_view_as"),
            *super().get_urls(),
        ]

    def lock_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Lock an account, or unlock it, for a reason that is kept."""
        user = get_object_or_404(User, pk=user_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._turn(request, user, form.cleaned_data["reason"])
        act = _("Lock") if user.is_active else _("Unlock")
        return self._reason_page(request, user, form, template="lock", act=act)

    def _turn(self, request: HttpRequest, user: User, reason: str) -> HttpResponse:
        turn = locking.lock if user.is_active else locking.unlock
        try:
            entry = turn(user=user, actor=request.user.get_username(), reason=reason, at=timezone.now())
        except locking.ErasedError:
            self.message_user(request, _("This account was erased: it is nobody's any more."), messages.ERROR)
        else:
            if entry is not None:
                self.message_user(request, str(entry), messages.SUCCESS)
        return redirect("admin:accounts_user_change", user.pk)

    def view_as_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Ask why the shop should be viewed as a customer; a POST leads there."""
        user = get_object_or_404(User, pk=user_id)
        if not (self.has_view_permission(request, user) and request.user.has_perm(PERMISSION)):
            raise PermissionDenied
        found = obstacle(customer=user, operator=cast("User", request.user))
        if found is not None:
            return self._cannot_view(request, user, found)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._view_as(request, user, form.cleaned_data["reason"])
        return self._reason_page(request, user, form, template="view_as", act=_("View as customer"))

    def _view_as(self, request: HttpRequest, user: User, reason: str) -> HttpResponse:
        try:
            http.begin_viewing(request, customer=user, operator=cast("User", request.user), reason=reason)
        except viewings.NotACustomerError as error:  # since we looked
            return self._cannot_view(request, user, error.obstacle)
        response = redirect("account")
        http.mark_viewing(response)
        return response

    def _cannot_view(self, request: HttpRequest, user: User, found: Obstacle) -> HttpResponse:
        self.message_user(request, OBSTACLES[found], messages.ERROR)
        return redirect("admin:accounts_user_change", user.pk)

    def _reason_page(
        self, request: HttpRequest, user: User, form: ReasonForm, *, template: str, act: str | Promise
    ) -> HttpResponse:
        """Ask why; what was refused is shown again."""
        context = {"opts": self.opts, "person": user, "form": form, "act": act, "title": act}
        context |= self.admin_site.each_context(request)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, f"admin/accounts/user/{template}.html", context, status=status)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Users are deactivated: orders and ledgers refer to them."""
        return False


class MemberInline(admin.TabularInline[MerchantMember, Merchant]):
    """Who works for a merchant."""

    model = MerchantMember
    extra = 1
    autocomplete_fields = ("user",)


@admin.register(Merchant, site=operators)
class MerchantAdmin(TranslationAdmin, OfficeModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """Merchants."""

    list_display = ("name", "slug", "is_default", "is_active")
    search_fields = ("name", "slug")
    readonly_fields = ("is_default",)
    inlines = (MemberInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Merchants are deactivated: their orders stay."""
        return False


@admin.register(AuditEntry, site=operators)
class AuditEntryAdmin(ReadOnlyModelAdmin):
    """What those who run the shop did to accounts, or saw as their owners."""

    list_display = ("happened_at", "act", "user", "actor", "reason")
    list_select_related = ("user",)
    search_fields = ("user__username__iexact",)
