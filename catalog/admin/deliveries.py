"""Deliveries a merchant waits for."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from catalog.models import ExpectedDelivery, Variant
from catalog.selectors import places
from catalog.services import deliveries, locations
from core.admin import ScopedModelAdmin, managed_merchant_ids, merchants, operators, own_merchant_ids


class DeliveryForm(forms.ModelForm[ExpectedDelivery]):
    """What is expected: the variant by its SKU; the place is the merchant's first one unless chosen."""

    merchant_ids: list[int] | None = None
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=300)

    class Meta:
        model = ExpectedDelivery
        fields = ("location", "units", "expected_on")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["sku"] = self.instance.variant.sku
        if "location" in self.fields:
            self.fields["location"].required = False

    def clean(self) -> dict[str, Any]:
        """Find the variant, and the place of its merchant."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        variants = Variant.objects.select_related("product__merchant").filter(sku=cleaned.get("sku", "").strip())
        if self.merchant_ids is not None:
            variants = variants.filter(product__merchant__in=self.merchant_ids)
        found = variants.first()
        if found is None or not found.is_counted:
            self.add_error("sku", _("There is no variant with this SKU."))
            return cleaned
        self.instance.variant = found
        place = cleaned.get("location")
        if place is not None and place.merchant_id != found.product.merchant_id:
            self.add_error("location", _("This place belongs to another merchant."))
        cleaned["location"] = place or locations.main(found.product.merchant)
        return cleaned


@admin.register(ExpectedDelivery, site=operators)
@admin.register(ExpectedDelivery, site=merchants)
class ExpectedDeliveryAdmin(ScopedModelAdmin):
    """Expected deliveries: entered here, and received with an action."""

    form = DeliveryForm
    merchant_lookup = "location__merchant"
    list_display = ("variant", "title", "location", "units", "expected_on", "received_at")
    list_filter = (("received_at", admin.EmptyFieldListFilter),)
    list_select_related = ("variant__product", "location")
    search_fields = ("variant__sku__exact",)
    ordering = ("expected_on", "pk")
    actions = ("receive",)
    view_on_site = False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: FBT001,FBT002  Django's
        """Return the form, which finds only goods the user may change."""
        ids = None if self._is_operator(request) else managed_merchant_ids(request)
        form = type("OwnDeliveryForm", (DeliveryForm,), {"merchant_ids": ids})
        return super().get_form(request, obj, change=change, form=form, **options)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields; the place's only once there are several."""
        return ["sku", *(["location"] if self._shows_places(request) else []), "units", "expected_on"]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; the place's only once there are several."""
        columns = super().get_list_display(request)
        return columns if self._shows_places(request) else [name for name in columns if name != "location"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has come stays as it was."""
        return (obj is None or obj.received_at is None) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has come stays as it was."""
        return (obj is None or obj.received_at is None) and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer no deletion of many: among them may be what has come."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: HttpRequest, obj: ExpectedDelivery, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save through the service, so that pages say the new day."""
        obj.location = form.cleaned_data["location"]
        deliveries.save(delivery=obj)

    @admin.action(description=gettext_lazy("Put on the shelf"), permissions=["change"])
    def receive(self, request: HttpRequest, queryset: QuerySet[ExpectedDelivery]) -> None:
        """Receive the chosen deliveries; those that have come before are left alone."""
        found, user = queryset.order_by("expected_on", "pk"), cast("User", request.user)
        count = deliveries.receive_all(deliveries=found, reason=_("Expected delivery"), actor=user, at=timezone.now())
        text = ngettext("%(count)s delivery is on the shelf.", "%(count)s deliveries are on the shelf.", count)
        messages.success(request, text % {"count": count})

    @admin.display(description=gettext_lazy("product"))
    def title(self, delivery: ExpectedDelivery) -> str:
        """The product's title."""
        return delivery.variant.product.title

    def _shows_places(self, request: HttpRequest) -> bool:
        return places.are_several(None if self._is_operator(request) else own_merchant_ids(request))
