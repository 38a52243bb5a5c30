"""Categories and brands: the whole shop's, changed by operators."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from catalog.models import Brand, Category
from core import shared
from core.admin import SharedModelAdmin, merchants, operators


@admin.register(Category, site=operators)
@admin.register(Category, site=merchants)
class CategoryAdmin(TranslationAdmin, TreeAdmin, SharedModelAdmin):  # type: ignore[type-arg,misc]  # no types in treebeard
    """The category tree."""

    form = movenodeform_factory(Category)
    list_display = ("name", "slug", "is_visible")
    search_fields = ("name", "slug")
    exclude = ("path", "depth", "numchild")
    raw_id_fields = ("picture",)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save, and let every page know."""
        super().save_model(request, obj, form, change)
        shared.outdate_on_commit()


@admin.register(Brand, site=operators)
@admin.register(Brand, site=merchants)
class BrandAdmin(SharedModelAdmin):
    """Brands."""

    list_display = ("name", "slug")
    search_fields = ("name",)
    ordering = ("name", "pk")
    prepopulated_fields = {"slug": ("name",)}


def thumbnail(url: str) -> SafeString:
    """Return a small picture for a list."""
    return (
        format_html('<img src="{}" width="48" height="48" alt="" loading="lazy">', url)
        if url
        else format_html("{}", _("none"))
    )
