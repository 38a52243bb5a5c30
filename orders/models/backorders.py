"""What was sold before it was there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import StockLevel
from orders.models.orders import OrderLine


class Backorder(models.Model):
    """Units of a line that were not there when it was bought: the oldest is filled first when stock comes.

    level: where they are counted as waited for. One that is filled in part is split in two.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="backorders")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="backorders")
    units = models.PositiveIntegerField(_("units"))
    promised_on = models.DateField(_("ships from"), null=True, blank=True)
    filled_at = models.DateTimeField(_("filled at"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("back-order")
        verbose_name_plural = _("back-orders")
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=1), name="orders_backorder_of_units"),
            models.CheckConstraint(
                condition=Q(filled_at=None) | Q(given_up_at=None), name="orders_backorder_ends_in_one_way"
            ),
        ]
        indexes = [
            models.Index("level", "id", name="orders_backorder_queue", condition=Q(filled_at=None, given_up_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.units)
