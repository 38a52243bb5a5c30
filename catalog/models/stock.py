"""How many there are, where, and why."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Merchant, User
from catalog.models.products import Variant


class StockLocation(models.Model):
    """A place of a merchant that holds stock; while a merchant has one, nobody needs to see it."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="stock_locations", verbose_name=_("merchant")
    )
    name = models.CharField(_("name"), max_length=120)
    priority = models.PositiveIntegerField(_("priority"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("stock location")
        verbose_name_plural = _("stock locations")
        constraints = [models.UniqueConstraint("merchant", "name", name="catalog_location_unique_name")]

    def __str__(self) -> str:
        return self.name


class StockLevel(models.Model):
    """Units of a variant at a location; written by catalog.services.stock alone."""

    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="stock_levels", verbose_name=_("variant")
    )
    location = models.ForeignKey(
        StockLocation, on_delete=models.PROTECT, related_name="levels", verbose_name=_("location")
    )
    on_hand = models.IntegerField(_("on hand"), default=0)
    allocated = models.IntegerField(_("allocated"), default=0)
    backordered = models.IntegerField(_("waited for"), default=0, db_default=0)
    backorder_ceiling = models.IntegerField(_("may wait"), default=0, db_default=0)

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint("variant", "location", name="catalog_stocklevel_unique"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="catalog_stocklevel_on_hand_not_negative"),
            models.CheckConstraint(condition=Q(allocated__gte=0), name="catalog_stocklevel_allocated_not_negative"),
            models.CheckConstraint(condition=Q(allocated__lte=F("on_hand")), name="catalog_stocklevel_not_oversold"),
            models.CheckConstraint(
                condition=Q(backordered__gte=0, backordered__lte=F("backorder_ceiling")),
                name="catalog_stocklevel_backordered_within_ceiling",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand - self.allocated}/{self.on_hand}"

    @property
    def available(self) -> int:
        """Units that can still be sold."""
        return self.on_hand - self.allocated


class ExpectedDelivery(models.Model):
    """Units that a merchant has ordered and waits for; from it follows when back-orders are sent."""

    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="expected_deliveries", verbose_name=_("variant")
    )
    location = models.ForeignKey(
        StockLocation, on_delete=models.PROTECT, related_name="expected_deliveries", verbose_name=_("location")
    )
    units = models.PositiveIntegerField(_("units"))
    expected_on = models.DateField(_("expected on"))
    received_at = models.DateTimeField(_("received at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("expected delivery")
        verbose_name_plural = _("expected deliveries")
        constraints = [models.CheckConstraint(condition=Q(units__gte=1), name="catalog_expecteddelivery_of_units")]
        indexes = [
            models.Index("variant", "expected_on", name="catalog_expected_open", condition=Q(received_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.variant}"


class LowStockAlert(models.Model):
    """Once the units of a variant that can be sold had fallen to its threshold; over when there are more again."""

    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="low_stock_alerts", verbose_name=_("variant")
    )
    available = models.IntegerField(_("available"))
    threshold = models.PositiveIntegerField(_("low from"))
    raised_at = models.DateTimeField(_("since"))
    over_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("low stock alert")
        verbose_name_plural = _("low stock alerts")
        constraints = [
            models.UniqueConstraint("variant", condition=Q(over_at=None), name="catalog_lowstockalert_one_open"),
            models.CheckConstraint(condition=Q(available__lte=F("threshold")), name="catalog_lowstockalert_is_low"),
        ]

    def __str__(self) -> str:
        return f"{self.available} ≤ {self.threshold}"


class StockMovement(models.Model):
    """Why a level is what it is; the database refuses to change or delete a row."""

    class Kind(models.TextChoices):
        RECEIVED = "RECEIVED", pgettext_lazy("stock", "Received")
        ALLOCATED = "ALLOCATED", _("Allocated to an order")
        RELEASED = "RELEASED", _("Released by an order")
        SHIPPED = "SHIPPED", _("Shipped")
        UNSHIPPED = "UNSHIPPED", _("Has not left after all")
        RETURNED = "RETURNED", _("Returned")
        ADJUSTED = "ADJUSTED", _("Counted")
        TRANSFERRED = "TRANSFERRED", _("Moved to or from another place")

    level = models.ForeignKey(
        StockLevel, on_delete=models.PROTECT, related_name="movements", verbose_name=_("stock level")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    on_hand_change = models.IntegerField(_("on hand"), default=0)
    allocated_change = models.IntegerField(_("allocated"), default=0)
    key = models.CharField(_("key"), max_length=120, unique=True, help_text=_("Makes a repeat impossible."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [
            models.Index(fields=["level", "-id"], name="catalog_stockmovement_by_level"),
            BrinIndex("created_at", name="catalog_stockmovement_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on_hand_change:+d}"
