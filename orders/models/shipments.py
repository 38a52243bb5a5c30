"""Parcels."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.models.orders import Order, OrderLine


class Shipment(models.Model):
    """One parcel of an order."""

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
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    shipped_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    shipped_at = models.DateTimeField(_("shipped at"))

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
