"""Users and merchants in the operators' office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from accounts import services
from accounts.models import AuditEntry, Merchant, MerchantMember, User
from core.admin import OfficeModelAdmin, ReadOnlyModelAdmin, operators


@admin.register(Group, site=operators)
class RolesAdmin(OfficeModelAdmin, GroupAdmin):
    """Groups of permissions."""


@admin.register(User, site=operators)
class PersonAdmin(OfficeModelAdmin, UserAdmin[User]):
    """Users."""

    list_display = ("username", "email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username__iexact", "email__iexact", "name__startswith")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("name", "email", "phone", "language")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
    )
    ordering = ("-pk",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Keep a person; who makes an account here vouches for its address."""
        super().save_model(request, obj, form, change)
        if not change:
            services.trust_addresses(users=[obj])

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
    """What was done to accounts by command."""

    list_display = ("happened_at", "act", "user", "actor", "reason")
    list_select_related = ("user",)
    search_fields = ("user__username__iexact",)
