"""Delivery methods."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from core.admin import ScopedModelAdmin, merchants, operators
from orders.models import DeliveryMethod


@admin.register(DeliveryMethod, site=operators)
@admin.register(DeliveryMethod, site=merchants)
class DeliveryMethodAdmin(TranslationAdmin, ScopedModelAdmin):  # type: ignore[type-arg]  # the library's generic
    """How a merchant sends parcels."""

    list_display = ("name", "code", "merchant", "price", "free_from", "currency", "countries", "position", "is_active")
    list_filter = ("merchant", "is_active")
