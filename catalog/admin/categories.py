"""Categories and brands: the whole shop's, changed by operators."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from treebeard.admin import TreeAdmin
from treebeard.forms import MoveNodeForm, movenodeform_factory

from catalog.admin.picture_fields import PicturedAdmin, PicturedForm, upload_field
from catalog.admin.shown import CardSourceAdmin, FramedAdmin
from catalog.models import Brand, Category, Product
from core.admin import SharedModelAdmin, merchants, operators


class CategoryForm(PicturedForm, MoveNodeForm):  # type: ignore[misc]  # no types in treebeard
    """A category with its place in the tree and its picture."""

    picture_file = upload_field(required=False, help_text=_("Square, 640 × 640 pixels or larger."))


@admin.register(Category, site=operators)
@admin.register(Category, site=merchants)
class CategoryAdmin(TranslationAdmin, TreeAdmin, CardSourceAdmin, FramedAdmin, PicturedAdmin, SharedModelAdmin):  # type: ignore[type-arg,misc]  # no types in treebeard
    """The category tree."""

    form = movenodeform_factory(Category, form=CategoryForm)
    list_display = ("name", "slug", "is_visible")
    search_fields = ("name", "slug")
    exclude = ("path", "depth", "numchild", "picture")
    card_fields = ("treebeard_position", "treebeard_ref_node")

    @transaction.atomic
    def move_node(self, request: HttpRequest) -> HttpResponse:
        """Move a category that was dragged elsewhere, then derive what listings show."""
        answer: HttpResponse = super().move_node(request)
        if answer.status_code == HTTPStatus.OK:
            self.refresh(self._product_ids([Category.objects.get(pk=request.POST["node"])]))
            self.announce()
        return answer

    def products_of(self, rows: Sequence[Category]) -> QuerySet[Product]:
        """Return the products in these categories and below them."""
        is_below = Q()
        for row in rows:
            is_below |= Q(path__startswith=row.path)
        inside = Category.objects.filter(is_below).values("pk")
        further = Product.more_categories.through.objects.filter(category__in=inside).values("product")
        return Product.objects.filter(Q(category__in=inside) | Q(pk__in=further))


@admin.register(Brand, site=operators)
@admin.register(Brand, site=merchants)
class BrandAdmin(CardSourceAdmin, SharedModelAdmin):
    """Brands."""

    list_display = ("name", "slug")
    search_fields = ("name",)
    ordering = ("name", "pk")
    prepopulated_fields = {"slug": ("name",)}
    card_fields = ("slug",)

    def products_of(self, rows: Sequence[Brand]) -> QuerySet[Product]:
        """Return the products of these brands."""
        return Product.objects.filter(brand__in=rows)


def thumbnail(url: str) -> SafeString:
    """Return a small picture for a list."""
    return (
        format_html('<img src="{}" width="48" height="48" alt="" loading="lazy">', url)
        if url
        else format_html("{}", _("none"))
    )
