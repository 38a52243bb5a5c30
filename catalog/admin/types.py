"""Product types and attributes: the whole shop's, changed by operators."""

from __future__ import annotations

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from catalog.models import Attribute, AttributeChoice, ProductType, TypeAttribute
from core.admin import SharedModelAdmin, merchants, operators


class ChoiceInline(TranslationTabularInline):  # type: ignore[type-arg]  # the library's generic is not subscriptable
    """The choices of an attribute."""

    model = AttributeChoice
    extra = 1
    fields = ("position", "code", "label", "swatch")
    ordering = ("position", "pk")


@admin.register(Attribute, site=operators)
@admin.register(Attribute, site=merchants)
class AttributeAdmin(TranslationAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # see above
    """Attributes with their choices."""

    list_display = ("name", "code", "kind", "unit", "is_filterable", "is_variant_making", "position")
    list_filter = ("kind", "is_filterable", "is_variant_making")
    search_fields = ("name", "code")
    ordering = ("position", "pk")
    inlines = (ChoiceInline,)


class TypeAttributeInline(admin.TabularInline[TypeAttribute, ProductType]):
    """Which attributes a type has."""

    model = TypeAttribute
    extra = 1
    autocomplete_fields = ("attribute",)
    ordering = ("position", "pk")


@admin.register(ProductType, site=operators)
@admin.register(ProductType, site=merchants)
class ProductTypeAdmin(TranslationAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # see above
    """Product types."""

    list_display = ("name", "code")
    search_fields = ("name", "code")
    ordering = ("code", "pk")
    inlines = (TypeAttributeInline,)
