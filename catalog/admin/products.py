"""One page for a product: texts, facts, variants with prices and stock, pictures."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline
from modeltranslation.utils import build_localized_fieldname

from accounts.models import User
from accounts.selectors import default_merchant
from catalog.admin.categories import thumbnail
from catalog.admin.picture_fields import ask_again
from catalog.admin.product_forms import (
    MEASURES,
    OPTION,
    PictureForm,
    ProductForm,
    VariantForm,
    VariantFormSet,
    row_errors,
    type_attributes,
)
from catalog.models import Product, ProductCard, ProductPicture, ProductType, StockLevel, Variant
from catalog.selectors import forecasts, places
from catalog.selectors import pictures as picture_paths
from catalog.selectors import prices as quotes
from catalog.services import pictures, prices, products, stock, waiting
from core.admin import ScopedInline, ScopedModelAdmin, managed_merchants, merchants, operators
from core.http import see_other
from core.money import Money, written

COUNTED_ELSEWHERE = ("id", "sold", "version")
WRITTEN_HERE = [each.name for each in Product._meta.concrete_fields if each.name not in COUNTED_ELSEWHERE]  # noqa: SLF001  public


class VariantInline(ScopedInline, admin.TabularInline[Variant, Product]):
    """Variants with options, prices and stock."""

    model = Variant
    form = VariantForm
    formset = VariantFormSet  # type: ignore[assignment]  # ours is for these two models
    merchant_lookup = "product__merchant"
    extra = 1
    ordering = ("position", "pk")

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **options: Any) -> Any:
        """Return the formset with the options of the product's type, and today's prices and stock."""
        product_type = obj.product_type if obj else _chosen_type(request)
        attributes = type_attributes(product_type, variant_making=True)
        variant_ids = list(obj.variants.values_list("pk", flat=True)) if obj else []
        location = stock.main_location(obj.merchant) if obj else None
        levels = StockLevel.objects.filter(variant_id__in=variant_ids, location=location)
        form = type(
            "ProductVariantForm",
            (VariantForm,),
            {
                "option_attributes": attributes,
                "quotes": quotes.quotes(variant_ids=variant_ids, at=timezone.now(), currency=settings.CURRENCY),
                "levels": {level.variant_id: level for level in levels},
                "forecasts": forecasts.forecasts(variant_ids=variant_ids, at=timezone.now()),
                "elsewhere": places.elsewhere(variant_ids=variant_ids, location=location),
                "office": self.admin_site.name,
            },
        )
        return super().get_formset(request, obj, form=form, fields=None, **options)

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Return the columns; options are fields that only the form knows."""
        product_type = obj.product_type if obj else _chosen_type(request)
        codes = [OPTION + attribute.code for attribute in type_attributes(product_type, variant_making=True)]
        sold = [
            "price",
            "sale_price",
            "stock",
            "low_stock_units",
            "stock_policy",
            "backorder_limit",
            "preorder_on",
            "ean",
            "is_active",
            *MEASURES,
        ]
        return [(None, {"fields": ["sku", *codes, *sold]})]


class PictureInline(ScopedInline, TranslationTabularInline):  # type: ignore[type-arg]  # the library's generic
    """Pictures in their order."""

    model = ProductPicture
    form = PictureForm
    merchant_lookup = "product__merchant"
    extra = 1
    ordering = ("position", "pk")
    readonly_fields = ("preview",)
    fields = ("preview", "file", "alt", "position", "option")

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **options: Any) -> Any:
        """Return the formset; a picture may show one option of the product's type."""
        product_type = obj.product_type if obj else _chosen_type(request)
        attributes = type_attributes(product_type, variant_making=True)
        form = type("ProductPictureForm", (PictureForm,), {"option_attributes": attributes})
        fields = self.replace_orig_field(PictureForm.Meta.fields)
        return super().get_formset(request, obj, form=form, fields=fields, **options)

    @admin.display(description=gettext_lazy("preview"))
    def preview(self, row: ProductPicture) -> SafeString | str:
        """The picture itself."""
        return thumbnail(picture_paths.url(row.picture.name, 160, "webp")) if row.pk else ""


@admin.register(Product, site=operators)
@admin.register(Product, site=merchants)
class ProductAdmin(TranslationAdmin, ScopedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """Products."""

    form = ProductForm
    list_display = ("picture", "title", "sku", "price", "available", "status", "merchant", "updated_at")
    list_display_links = ("title",)
    list_filter = ("status", "merchant")
    list_select_related = ("card", "merchant")
    search_fields = (
        *(build_localized_fieldname("title", code) for code, _name in settings.LANGUAGES),
        "variants__sku__iexact",
        "external_id__exact",
    )
    search_help_text = gettext_lazy("Title, SKU or external id")
    autocomplete_fields = ("category", "more_categories", "brand")
    inlines = (VariantInline, PictureInline)
    actions = ("publish", "archive")
    ordering = ("-pk",)
    save_on_top = True

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Return texts first, then place, facts of the type, and dates."""
        product_type = obj.product_type if obj else _chosen_type(request)
        facts = [f"fact_{each.code}" for each in type_attributes(product_type, variant_making=False)]
        place = ["product_type", "category", "more_categories", "brand"]
        if self._has_merchant_choice(request):
            place.insert(0, "merchant")
        sections = [
            (None, {"fields": self.replace_orig_field(["title", "description"])}),
            (_("Where it belongs"), {"fields": [*place, "ships_within_hours"]}),
        ]
        if facts:
            sections.append((_("Facts"), {"fields": facts}))
        dates = ["status", "publish_at", "unpublish_at", "slug", "version"]
        return [*sections, (_("Publication"), {"fields": dates})]

    def get_form(self, request: HttpRequest, obj: Product | None = None, change: bool = False, **options: Any) -> Any:  # noqa: FBT001,FBT002  Django's
        """Return the form; fields of the type are added when it is made."""
        options["fields"] = self.replace_orig_field(ProductForm.Meta.fields)
        form = super().get_form(request, obj, change=change, **options)
        form.base_fields["slug"].required = False
        if "merchant" in form.base_fields and not self._has_merchant_choice(request):
            del form.base_fields["merchant"]
        return form

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Return products with what the list shows."""
        return super().get_queryset(request).prefetch_related("variants")

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        """Show or save the page; save nothing when orders took the stock between the check and the save."""
        try:
            return super().changeform_view(request, *arguments, **options)
        except stock.NotEnoughError as error:
            text = _("Nothing was saved: orders hold %(held)s units by now, so at least that many must stay.")
            messages.error(request, text % {"held": error.level.allocated})
            return see_other(request.get_full_path())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **options: Any
    ) -> HttpResponse:
        """Show the page; a refused one names at its top what is wrong in the tables."""
        for inline in context["inline_admin_formsets"]:
            for row in inline.formset.forms if context["errors"] else []:
                ask_again(row)
                for text in row_errors(row):
                    messages.error(request, text)
            for text in inline.formset.non_form_errors() if context["errors"] else []:
                messages.error(request, text)
        return super().render_change_form(request, context, *arguments, **options)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save texts and place; prices and stock follow with the variants."""
        if not obj.merchant_id:
            obj.merchant = managed_merchants(request).first() or default_merchant()
        if not obj.slug:
            obj.slug = products.free_slug(slugify(obj.title))
        obj.save(update_fields=WRITTEN_HERE if change else None)

    def save_formset(
        self,
        request: HttpRequest,
        form: Any,
        formset: Any,
        change: bool,  # noqa: FBT001  Django's
    ) -> None:
        """Save variants through the services, and pictures after decoding them."""
        if formset.model is Variant:
            self._save_variants(request, form.instance, formset)
        else:
            self._save_pictures(form.instance, formset)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save the inlines, then derive what listings show."""
        super().save_related(request, form, formsets, change)
        products.changed(product=form.instance, at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        """Delete a product nobody has bought, archive one that somebody has."""
        try:
            products.delete(product=obj)
        except products.HasOrdersError:
            products.archive(product=obj, at=timezone.now())
            messages.warning(request, _("Somebody has bought this product, so it was archived instead of deleted."))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Delete or archive one by one."""
        for product in queryset:
            self.delete_model(request, product)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what will go; stock and prices go with their product, and a bought product is archived."""
        return [str(product) for product in objs], {str(_("products")): len(objs)}, set(), []

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponseRedirect | None:
        """Show the chosen products from their dates on, those without one from now on."""
        for product in queryset:
            products.publish(product=product, at=timezone.now())
        self._tell(
            request,
            queryset.count(),
            ngettext("%(count)s product published.", "%(count)s products published.", queryset.count()),
        )
        return None

    @admin.action(description=gettext_lazy("Archive"), permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponseRedirect | None:
        """Take the chosen products out of the shop."""
        for product in queryset:
            products.archive(product=product, at=timezone.now())
        self._tell(
            request,
            queryset.count(),
            ngettext("%(count)s product archived.", "%(count)s products archived.", queryset.count()),
        )
        return None

    @admin.display(description="")
    def picture(self, product: Product) -> SafeString | str:
        """The first picture."""
        found = _card(product)
        name = str(found.picture["name"]) if found and found.picture else ""
        return thumbnail(picture_paths.url(name, 160, "webp")) if name else ""

    @admin.display(description=gettext_lazy("SKU"))
    def sku(self, product: Product) -> str:
        """The first SKU, and how many more there are."""
        skus = [variant.sku for variant in product.variants.all()]
        return skus[0] + (f" +{len(skus) - 1}" if len(skus) > 1 else "") if skus else ""

    @admin.display(description=gettext_lazy("price"), ordering="card__price")
    def price(self, product: Product) -> str:
        """The lowest price."""
        found = _card(product)
        return str(written(Money(found.price, found.currency), "en")) if found and found.is_priced else ""

    @admin.display(description=gettext_lazy("in stock"), boolean=True, ordering="card__is_available")
    def available(self, product: Product) -> bool:
        """Whether one can be bought."""
        found = _card(product)
        return bool(found and found.is_available)

    def view_on_site(self, product: Product) -> str:
        """The product's page, also while it is a draft."""
        return f"{product.get_absolute_url()}?preview=1"

    def _has_merchant_choice(self, request: HttpRequest) -> bool:
        return request.user.is_superuser and "merchant" in self.get_list_display(request)

    def _save_variants(self, request: HttpRequest, product: Product, formset: Any) -> None:
        formset.save(commit=False)
        for variant in formset.deleted_objects:
            variant.delete()
        location = stock.main_location(product.merchant)
        changed = [form for form in formset.forms if form.has_changed() and form not in formset.deleted_forms]
        products.free_options(variant_ids=[form.instance.pk for form in changed if form.instance.pk])
        for form in changed:
            variant = form.instance
            variant.product = product
            products.save_variant(variant=variant, options=form.options())
            waiting.set_ceilings(variant_ids=[variant.pk])
            self._save_prices(variant, form)
            if form.stock_change:
                stock.adjust(
                    variant=variant,
                    location=location,
                    change=form.stock_change,
                    key=f"office:{uuid.uuid4()}",
                    reason=_("Changed on the product's page"),
                    actor=cast("User", request.user),
                )

    def _save_prices(self, variant: Variant, form: VariantForm) -> None:
        price, sale_price = form.cleaned_data.get("price"), form.cleaned_data.get("sale_price")
        if form.is_repriced and price is not None:
            prices.set_base(variant=variant, amount=price, currency=settings.CURRENCY)
        elif form.is_repriced:
            prices.clear(variant=variant, currency=settings.CURRENCY)
        if form.is_reduced:
            prices.change_sale(variant=variant, amount=sale_price, currency=settings.CURRENCY, at=timezone.now())

    def _save_pictures(self, product: Product, formset: Any) -> None:
        formset.save(commit=False)
        for row in formset.deleted_objects:
            row.delete()
        for form in formset.forms:
            if not form.has_changed() or form in formset.deleted_forms:
                continue
            if file := form.cleaned_data.get("file"):
                form.instance.picture = pictures.store(merchant=product.merchant, content=file)
            form.instance.product = product
            if form.instance.position is None:
                form.instance.position = pictures.free_position(product=product)
            form.instance.save()

    def _tell(self, request: HttpRequest, count: int, text: str) -> None:
        messages.success(request, text % {"count": count})


def _chosen_type(request: HttpRequest) -> ProductType | None:
    """Return the type chosen in the form or the address, or the only one."""
    chosen = request.POST.get("product_type") or request.GET.get("product_type") or ""
    if chosen.isdecimal():
        return ProductType.objects.filter(pk=chosen).first()
    types = list(ProductType.objects.order_by("pk")[:2])
    return types[0] if len(types) == 1 else None


def _card(product: Product) -> ProductCard | None:
    return getattr(product, "card", None)
