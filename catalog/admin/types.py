"""Product types and attributes: the whole shop's, changed by operators."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from catalog.admin.shown import CardSourceAdmin, KeptInUseAdmin, ShownAdmin
from catalog.models import Attribute, AttributeChoice, Product, ProductType, TypeAttribute, Variant
from core.admin import SharedModelAdmin, merchants, operators


class ChoiceInline(TranslationTabularInline):  # type: ignore[type-arg]  # the library's generic is not subscriptable
    """The choices of an attribute."""

    model = AttributeChoice
    extra = 1
    fields = ("position", "code", "label", "swatch")
    ordering = ("position", "pk")


@admin.register(Attribute, site=operators)
@admin.register(Attribute, site=merchants)
class AttributeAdmin(TranslationAdmin, KeptInUseAdmin, CardSourceAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # see above
    """Attributes with their choices; one that types or variants use stays."""

    list_display = ("name", "code", "kind", "unit", "is_filterable", "is_variant_making", "position")
    list_filter = ("kind", "is_filterable", "is_variant_making")
    search_fields = ("name", "code")
    ordering = ("position", "pk")
    inlines = (ChoiceInline,)
    card_fields = ("kind", "is_filterable", "is_variant_making", "code", "swatch", "DELETE")
    in_use_text = _("“%(name)s” is used, so it cannot be deleted: take it out of the product types and variants first.")

    def products_of(self, rows: Sequence[Attribute]) -> QuerySet[Product]:
        """Return the products with a fact or an option of these attributes."""
        codes = [row.code for row in rows]
        variants = Variant.objects.filter(options__has_any_keys=codes)
        return Product.objects.filter(Q(attributes__has_any_keys=codes) | Q(pk__in=variants.values("product")))

    def in_use(self, rows: Sequence[Attribute]) -> QuerySet[Attribute]:
        """Return those of these attributes that a type has or a variant is chosen by."""
        chosen = [row.pk for row in rows if Variant.objects.filter(options__has_key=row.code).exists()]
        of_types = TypeAttribute.objects.filter(attribute__in=rows).values("attribute")
        return Attribute.objects.filter(Q(pk__in=chosen) | Q(pk__in=of_types))


class TypeAttributeInline(admin.TabularInline[TypeAttribute, ProductType]):
    """Which attributes a type has."""

    model = TypeAttribute
    extra = 1
    autocomplete_fields = ("attribute",)
    ordering = ("position", "pk")


@admin.register(ProductType, site=operators)
@admin.register(ProductType, site=merchants)
class ProductTypeAdmin(TranslationAdmin, ShownAdmin, SharedModelAdmin):  # type: ignore[type-arg]  # see above
    """Product types."""

    list_display = ("name", "code")
    search_fields = ("name", "code")
    ordering = ("code", "pk")
    inlines = (TypeAttributeInline,)
