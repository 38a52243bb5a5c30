"""Changes to an order that is paid: what is taken out of it and put in, and what becomes of the difference."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Variant
from core.money import Money
from orders.models.orders import Order, OrderLine


class OrderEdit(models.Model):
    """One change by the shop's staff; orders.services.editing alone writes it.

    difference: what the buyer pays for it; below zero what goes back. pay_by: until when a difference can be paid.
    """

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", _("Waits for the difference to be paid")
        APPLIED = "APPLIED", _("Done")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        EXPIRED = "EXPIRED", _("Not paid in time")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="edits", verbose_name=_("order"))
    token = models.UUIDField(unique=True, editable=False, help_text=_("Makes a repeat impossible."))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PROPOSED)
    taken_out = models.DecimalField(_("taken out"), max_digits=12, decimal_places=2)
    added = models.DecimalField(_("added"), max_digits=12, decimal_places=2)
    note = models.CharField(_("words for the buyer"), max_length=200, blank=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    proposed_at = models.DateTimeField(_("proposed"))
    pay_by = models.DateTimeField(_("pay by"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    is_counted = models.BooleanField(default=False, editable=False, help_text=_("Its units are in the sold figures."))

    class Meta:
        verbose_name = _("change of an order")
        verbose_name_plural = _("changes of orders")
        constraints = [
            models.UniqueConstraint("order", name="orders_orderedit_one_open", condition=Q(status="PROPOSED")),
            models.CheckConstraint(condition=Q(taken_out__gte=0, added__gte=0), name="orders_orderedit_not_negative"),
        ]
        indexes = [
            models.Index("pay_by", name="orders_orderedit_open", condition=Q(status="PROPOSED")),
            models.Index("id", name="orders_orderedit_uncounted", condition=Q(status="APPLIED", is_counted=False)),
        ]

    def __str__(self) -> str:
        return self.get_status_display()

    @property
    def difference(self) -> Money:
        """What is to be paid for it; below zero what goes back."""
        return Money(self.added - self.taken_out, self.order.currency)

    def rows(self) -> "models.QuerySet[OrderEditLine]":
        """What is taken out and put in, with all that is needed to write it."""
        return self.lines.select_related("line", "variant__product").order_by("pk")


class OrderEditLine(models.Model):
    """Units of a line that are taken out, or of a variant that are put in, at the price they were agreed at."""

    edit = models.ForeignKey(OrderEdit, on_delete=models.PROTECT, related_name="lines", verbose_name=_("change"))
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("line"))
    variant = models.ForeignKey(
        Variant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("variant")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("changed line")
        verbose_name_plural = _("changed lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(line=None, variant__isnull=False) | Q(line__isnull=False, variant=None),
                name="orders_orderedit_line_one_side",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1, amount__gte=0), name="orders_orderedit_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{'−' if self.line_id else '+'}{self.sku} × {self.quantity}"

    @property
    def sku(self) -> str:
        """What it is called in the shop's books."""
        return self.line.sku if self.line else self.variant.sku if self.variant else ""

    @property
    def title(self) -> str:
        """What it is called in the reader's language."""
        if self.line:
            return " · ".join(filter(None, [self.line.title, self.line.options]))
        return f"{self.variant.product.title} · {self.variant.sku}" if self.variant else ""
