"""Money of an order that goes back to its buyer: decided here, carried out by the payments."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.money import Money
from orders.models.cases import ReturnCase
from orders.models.orders import Order, OrderLine


class Repayment(models.Model):
    """A decision to give money of an order back; what it is for is in its lines, its delivery and the rest.

    settled_at: when the money was back in full; until then the payments have something to do.
    """

    class Reason(models.TextChoices):
        CANCELLED = "CANCELLED", _("Order cancelled")
        RETURN = "RETURN", _("Return or refund")
        GOODWILL = "GOODWILL", _("Goodwill")
        EDIT = "EDIT", _("Order changed")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="repayments", verbose_name=_("order"))
    case = models.ForeignKey(
        ReturnCase, on_delete=models.PROTECT, null=True, blank=True, related_name="repayments", verbose_name=_("case")
    )
    key = models.CharField(_("key"), max_length=60, unique=True, help_text=_("Makes a repeat impossible."))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    delivery_amount = models.DecimalField(_("for delivery"), max_digits=12, decimal_places=2, default=0)
    other_amount = models.DecimalField(_("for nothing in particular"), max_digits=12, decimal_places=2, default=0)
    credited_amount = models.DecimalField(
        _("credited"),
        max_digits=12,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Not paid out: it pays for what was added to the order."),
    )
    settled_amount = models.DecimalField(_("back"), max_digits=12, decimal_places=2, default=0)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    decided_at = models.DateTimeField(_("decided at"))
    settled_at = models.DateTimeField(_("money back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund decided")
        verbose_name_plural = _("refunds decided")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, delivery_amount__gte=0, other_amount__gte=0),
                name="orders_repayment_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(settled_amount__gte=0, settled_amount__lte=F("amount")),
                name="orders_repayment_settled_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(credited_amount__gte=0, credited_amount__lte=F("settled_amount")),
                name="orders_repayment_credit_is_settled",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=F("delivery_amount") + F("other_amount")), name="orders_repayment_parts_fit"
            ),
        ]
        indexes = [
            models.Index("order", "id", name="orders_repayment_by_order"),
            models.Index("id", name="orders_repayment_unsettled", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def money(self) -> Money:
        """All that goes back."""
        return Money(self.amount, self.order.currency)

    @property
    def to_send(self) -> Money:
        """What goes back to where it came from."""
        return Money(self.amount - self.credited_amount, self.order.currency)


class RepaymentLine(models.Model):
    """Units of an order line whose price, or a part of it, goes back."""

    repayment = models.ForeignKey(
        Repayment, on_delete=models.PROTECT, related_name="lines", verbose_name=_("refund decided")
    )
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="repayment_lines", verbose_name=_("order line")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        constraints = [
            models.UniqueConstraint("repayment", "line", name="orders_repaymentline_unique_line"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, amount__gte=Decimal(0)), name="orders_repaymentline_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.quantity)
