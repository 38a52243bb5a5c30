"""Parcels, and where they are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.models.orders import Order, OrderLine


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    """Sets of parcels."""

    def sent(self) -> ShipmentQuerySet:
        """Parcels that have left; one that was taken back has not."""
        return self.filter(undone_at=None)


class Shipment(models.Model):
    """One parcel of an order; one that was taken back stays, and says so."""

    class Carrier(models.TextChoices):
        SF = "SF", _("SF Express")
        EMS = "EMS", _("EMS")
        ZTO = "ZTO", _("ZTO Express")
        YTO = "YTO", _("YTO Express")
        JD = "JD", _("JD Logistics")
        DHL = "DHL", _("DHL")
        UPS = "UPS", _("UPS")
        OTHER = "OTHER", _("Other carrier")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments", verbose_name=_("order"))
    carrier = models.CharField(_("carrier"), max_length=10, choices=Carrier.choices)
    case = models.ForeignKey(
        "orders.ReturnCase",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shipments",
        verbose_name=_("replacement for"),
    )
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    shipped_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    shipped_at = models.DateTimeField(_("shipped at"))
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        indexes = [models.Index("tracking_number", name="orders_shipment_by_tracking")]

    def __str__(self) -> str:
        return f"{self.get_carrier_display()} {self.tracking_number}"


class ShipmentLine(models.Model):
    """Units of an order line in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines", verbose_name=_("shipment"))
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="shipment_lines", verbose_name=_("order line")
    )
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("shipped line")
        verbose_name_plural = _("shipped lines")
        constraints = [
            models.UniqueConstraint("shipment", "line", name="orders_shipmentline_unique_line"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="orders_shipmentline_quantity_positive"),
        ]

    def __str__(self) -> str:
        return str(self.quantity)


class ShipmentEvent(models.Model):
    """Something a carrier says of a parcel; the database refuses to change or delete it, but for taking out words.

    One event of a kind at a moment: told again, it is the same.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "ACCEPTED", _("Accepted by the carrier")
        IN_TRANSIT = "IN_TRANSIT", _("In transit")
        OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("Out for delivery")
        DELIVERED = "DELIVERED", _("Delivered")
        EXCEPTION = "EXCEPTION", _("Something is wrong")

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="events", verbose_name=_("shipment"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    happened_at = models.DateTimeField(_("when"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    text = models.CharField(_("text"), max_length=300, blank=True)
    noted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    noted_at = models.DateTimeField(_("noted at"))

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        constraints = [
            models.UniqueConstraint("shipment", "happened_at", "kind", name="orders_shipmentevent_once"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
