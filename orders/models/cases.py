"""What a buyer asks for after having paid: the money of what has not left, of what arrived, or another one of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Merchant, User
from catalog.models import Variant
from core.money import Money
from orders.models.orders import Order, OrderLine
from orders.models.shipments import Shipment


class ReturnCaseQuerySet(models.QuerySet["ReturnCase"]):
    """Sets of cases."""

    def open(self) -> ReturnCaseQuerySet:
        """Cases in which a person still has to act."""
        return self.filter(status__in=ReturnCase.OPEN)

    def managed_by(self, user: User) -> ReturnCaseQuerySet:
        """Cases this user may handle: an operator all, a member those of the own merchants."""
        if user.is_superuser:
            return self
        return self.filter(order__merchant__in=Merchant.objects.worked_for_by(user))


class ReturnCase(models.Model):
    """One request about an order; orders.services.cases alone writes it.

    due_at: when the stage ends by itself, with the outcome that orders.services.cases.timers lists.
    amount: what goes back; what was asked for until the shop has decided.
    """

    class Kind(models.TextChoices):
        CANCELLATION = "CANCELLATION", _("Cancel and refund")
        REFUND_ONLY = "REFUND_ONLY", _("Refund only")
        RETURN = "RETURN", _("Return and refund")
        EXCHANGE = "EXCHANGE", _("Exchange")

    class Reason(models.TextChoices):
        NO_REASON = "NO_REASON", _("7-day no-reason return")
        QUALITY = "QUALITY", _("Quality problem")
        NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED", _("Not as described")
        WRONG_ITEM = "WRONG_ITEM", _("Wrong or missing item")
        DAMAGED = "DAMAGED", _("Damaged in transit")
        NOT_WANTED = "NOT_WANTED", _("No longer wanted")
        OTHER = "OTHER", _("Other")

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Requested")
        AWAITING_GOODS = "AWAITING_GOODS", _("Approved, goods to be sent back")
        SENT = "SENT", _("Goods on their way back")
        RECEIVED = "RECEIVED", _("Goods being inspected")
        REPLACING = "REPLACING", _("Replacement to be sent")
        REPLACED = "REPLACED", _("Replacement on its way")
        REFUNDING = "REFUNDING", _("Refund on its way")
        DONE = "DONE", _("Done")
        REJECTED = "REJECTED", _("Declined")
        ESCALATED = "ESCALATED", _("Being decided by the platform")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        CLOSED = "CLOSED", _("Closed")

    OPEN = (
        *(Status.REQUESTED, Status.AWAITING_GOODS, Status.SENT, Status.RECEIVED, Status.REPLACING, Status.REPLACED),
        Status.ESCALATED,
    )
    FOR_THE_SHOP = (Status.REQUESTED, Status.SENT, Status.RECEIVED, Status.REPLACING)

    number = models.CharField(_("number"), max_length=12, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cases", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason.choices)
    status = models.CharField(_("status"), max_length=14, choices=Status.choices, default=Status.REQUESTED)
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    is_changed = models.BooleanField(_("changed by the buyer"), default=False)
    is_final = models.BooleanField(_("decided for good"), default=False)
    carrier = models.CharField(_("carrier"), max_length=10, choices=Shipment.Carrier.choices, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    is_restocked = models.BooleanField(_("inspected"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = ReturnCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("return case")
        verbose_name_plural = _("return cases")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="orders_returncase_amount_not_negative"),
        ]
        indexes = [
            models.Index("order", "id", name="orders_returncase_by_order"),
            models.Index("due_at", name="orders_returncase_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"R{self.number}"

    def get_absolute_url(self) -> str:
        """Return the buyer's page."""
        return reverse("returns:case", args=[self.number])

    @property
    def is_open(self) -> bool:
        """Whether a person still has to act."""
        return self.status in self.OPEN

    @property
    def money(self) -> Money:
        """What goes back."""
        return Money(self.amount, self.order.currency)


class ReturnLine(models.Model):
    """Units of an order line in a case, and what inspection made of those that came back."""

    case = models.ForeignKey(ReturnCase, on_delete=models.CASCADE, related_name="lines", verbose_name=_("case"))
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="return_lines", verbose_name=_("order line")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    wanted = models.ForeignKey(
        Variant, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("wanted instead")
    )
    sellable = models.PositiveIntegerField(_("sellable"), default=0)
    damaged = models.PositiveIntegerField(_("damaged"), default=0)
    missing = models.PositiveIntegerField(_("missing"), default=0)

    class Meta:
        verbose_name = _("returned line")
        verbose_name_plural = _("returned lines")
        constraints = [
            models.UniqueConstraint("case", "line", name="orders_returnline_unique_line"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="orders_returnline_quantity_positive"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("sellable") + F("damaged") + F("missing")),
                name="orders_returnline_inspected_within_quantity",
            ),
        ]

    def __str__(self) -> str:
        return str(self.quantity)


class CaseEntry(models.Model):
    """One entry of a case's thread: what somebody wrote or did. It is never changed; erasing a person empties it."""

    class Side(models.TextChoices):
        BUYER = "BUYER", _("Buyer")
        SHOP = "SHOP", pgettext_lazy("side of a return case", "Shop")
        PLATFORM = "PLATFORM", _("Platform")
        CLOCK = "CLOCK", _("System")

    class Kind(models.TextChoices):
        MESSAGE = "MESSAGE", _("Message")
        REQUESTED = "REQUESTED", _("Requested")
        CHANGED = "CHANGED", _("Request changed")
        WITHDRAWN = "WITHDRAWN", _("Request withdrawn")
        APPROVED = "APPROVED", _("Approved")
        REJECTED = "REJECTED", _("Declined")
        ESCALATED = "ESCALATED", _("Platform asked to decide")
        SENT = "SENT", _("Sent back")
        RECEIVED = "RECEIVED", _("Goods have arrived at the shop")
        INSPECTED = "INSPECTED", _("Goods inspected")
        REPLACED = "REPLACED", _("Replacement sent")
        REFUNDED = "REFUNDED", _("Refunded")
        DONE = "DONE", _("Done")
        CLOSED = "CLOSED", _("Closed")

    case = models.ForeignKey(ReturnCase, on_delete=models.PROTECT, related_name="entries", verbose_name=_("case"))
    side = models.CharField(_("who"), max_length=8, choices=Side.choices)
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("text"), max_length=1000, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("thread")
        indexes = [models.Index("case", "id", name="orders_caseentry_by_case")]

    def __str__(self) -> str:
        return self.get_kind_display()


class CasePicture(models.Model):
    """A photograph that a buyer shows the shop; seen by the two sides and the platform alone."""

    case = models.ForeignKey(ReturnCase, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("case"))
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.BinaryField(_("picture"))
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return str(self.uuid)
