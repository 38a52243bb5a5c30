"""Pages, banners and the shop's name: changed by operators."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from catalog.models import Banner, ContentPage, Storefront
from catalog.selectors.content import outdate_frame_on_commit
from catalog.services import content
from core import shared
from core.admin import SharedModelAdmin, operators


@admin.register(Storefront, site=operators)
class StorefrontAdmin(TranslationAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """The shop's name and the texts around every page."""

    list_display = ("name", "announcement")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row."""
        return not Storefront.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A shop has a name."""
        return False

    def save_model(self, request: HttpRequest, obj: Storefront, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save the one row, and let every page know."""
        obj.pk = 1
        super().save_model(request, obj, form, change)
        outdate_frame_on_commit()
        shared.outdate_on_commit()


@admin.register(ContentPage, site=operators)
class ContentPageAdmin(TranslationAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """Pages of text."""

    list_display = ("title", "slug", "group", "position", "is_published")
    list_editable = ("position", "is_published")
    search_fields = ("title", "slug")

    def save_model(self, request: HttpRequest, obj: ContentPage, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save cleaned HTML."""
        content.save_page(page=obj)


@admin.register(Banner, site=operators)
class BannerAdmin(TranslationAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """Banners of the home page."""

    list_display = ("heading", "starts_at", "ends_at", "position", "is_active")
    raw_id_fields = ("picture", "picture_phone")

    def save_model(self, request: HttpRequest, obj: Banner, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save, and let the home page know."""
        super().save_model(request, obj, form, change)
        shared.outdate_on_commit()
