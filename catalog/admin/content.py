"""Pages, banners and the shop's name: changed by operators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from catalog.admin.picture_fields import PicturedAdmin, PicturedForm, upload_field
from catalog.admin.shown import FramedAdmin, ShownAdmin
from catalog.models import Banner, ContentPage, Storefront
from catalog.services import content
from core.admin import SharedModelAdmin, operators


@admin.register(Storefront, site=operators)
class StorefrontAdmin(TranslationAdmin, FramedAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """The shop's name and the texts around every page."""

    list_display = ("name", "announcement")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row."""
        return not Storefront.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A shop has a name."""
        return False

    def save_model(self, request: HttpRequest, obj: Storefront, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save the one row."""
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(ContentPage, site=operators)
class ContentPageAdmin(TranslationAdmin, FramedAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """Pages of text."""

    list_display = ("title", "slug", "group", "position", "is_published")
    list_editable = ("position", "is_published")
    search_fields = ("title", "slug")

    def save_model(self, request: HttpRequest, obj: ContentPage, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save cleaned HTML."""
        content.save_page(page=obj)


class BannerForm(PicturedForm):
    """A banner with its two pictures."""

    picture_file = upload_field(help_text=gettext_lazy("1600 × 600 pixels or larger, in these proportions."))
    picture_phone_file = upload_field(help_text=gettext_lazy("1000 × 800 pixels or larger, in these proportions."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "position" in self.fields:
            self.fields["position"].help_text = _(
                "One banner is shown: of those whose time it is, the one with the lowest position, and among equals"
                " the newest."
            )

    def clean_link(self) -> str:
        """A link leads to a page of the shop or to a web address."""
        link = str(self.cleaned_data["link"])
        if link and not link.startswith(("/", "https://", "http://")):
            raise forms.ValidationError(_("Begin with / for a page of the shop, or with https://."))
        return link

    def clean(self) -> dict[str, Any]:
        """A banner ends after it starts."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The banner would end before it starts."))
        return cleaned


@admin.register(Banner, site=operators)
class BannerAdmin(TranslationAdmin, ShownAdmin, PicturedAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """Banners of the home page."""

    list_display = ("heading", "starts_at", "ends_at", "position", "is_active")
    form = BannerForm
    exclude = ("picture", "picture_phone")
