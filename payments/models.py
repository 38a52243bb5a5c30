"""Attempts to pay, what providers told us, and money on its way back."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import Money
from orders.models import OrderEdit, Purchase, Repayment


class Payment(models.Model):
    """One attempt to pay a purchase at a provider, under a number of its own."""

    class Status(models.TextChoices):
        CREATED = "CREATED", _("Created")
        PRESENTED = "PRESENTED", _("Presented")
        SUCCEEDED = "SUCCEEDED", _("Succeeded")
        FAILED = "FAILED", _("Failed")
        CLOSED = "CLOSED", _("Closed")
        EXPIRED = "EXPIRED", _("Expired")

    OPEN = (Status.CREATED, Status.PRESENTED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="payments", verbose_name=_("purchase")
    )
    edit = models.ForeignKey(
        OrderEdit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
        verbose_name=_("change of an order"),
        help_text=_("What is paid for; empty for the purchase as it was placed."),
    )
    provider = models.CharField(_("provider"), max_length=20)
    out_trade_no = models.CharField(_("our number"), max_length=32, unique=True)
    provider_trade_no = models.CharField(_("provider's number"), max_length=64, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    refunded = models.DecimalField(_("refunded"), max_digits=12, decimal_places=2, default=0)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.CREATED)
    is_surplus = models.BooleanField(
        _("surplus"), default=False, help_text=_("Money that no order needed; it goes back.")
    )
    pay_url = models.URLField(_("payment page"), max_length=500, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    queried_at = models.DateTimeField(_("asked"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                "purchase",
                name="payments_payment_one_kept",
                condition=Q(status="SUCCEEDED", is_surplus=False, edit=None),
            ),
            models.UniqueConstraint(
                "edit", name="payments_payment_one_kept_per_edit", condition=Q(status="SUCCEEDED", is_surplus=False)
            ),
            models.UniqueConstraint(
                "provider",
                "provider_trade_no",
                name="payments_payment_unique_trade",
                condition=~Q(provider_trade_no=""),
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="payments_payment_refunded_within_amount"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_payment_amount_positive"),
        ]
        indexes = [
            models.Index("expires_at", name="payments_payment_open", condition=Q(status__in=["CREATED", "PRESENTED"]))
        ]

    def __str__(self) -> str:
        return self.out_trade_no

    @property
    def money(self) -> Money:
        """What this attempt asks for."""
        return Money(self.amount, self.currency)

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid."""
        return self.status in self.OPEN


class ProviderEvent(models.Model):
    """A notice as it came in, kept before anything else is done with it."""

    class Verdict(models.TextChoices):
        RECEIVED = "RECEIVED", _("Received")
        FORGED = "FORGED", _("Signature wrong")
        FOREIGN = "FOREIGN", _("For another account")
        UNKNOWN = "UNKNOWN", _("No such payment")
        MISMATCH = "MISMATCH", _("Amount or currency differs")
        APPLIED = "APPLIED", _("Applied")
        NO_CHANGE = "NO_CHANGE", _("Nothing to change")

    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("event"), max_length=100, blank=True)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("payment")
    )
    body = models.BinaryField(_("body"), max_length=65536)
    headers = models.JSONField(_("headers"), default=dict)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices, default=Verdict.RECEIVED)
    is_verified = models.BooleanField(_("signature verified"), default=False)
    seen_count = models.PositiveIntegerField(_("seen"), default=1)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment notice")
        verbose_name_plural = _("payment notices")
        constraints = [
            models.UniqueConstraint(
                "provider", "event_id", name="payments_event_unique_verified", condition=Q(is_verified=True)
            ),
        ]
        indexes = [models.Index(fields=["verdict", "-id"], name="payments_event_by_verdict")]

    def __str__(self) -> str:
        return self.event_id or str(self.pk)


class Refund(models.Model):
    """Money to give back: the row first, the provider's call after, repeated under one number until it is final."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Requested")
        SUCCEEDED = "SUCCEEDED", _("Succeeded")
        FAILED = "FAILED", _("Failed")

    class Reason(models.TextChoices):
        SURPLUS = "SURPLUS", _("Paid twice")
        TOO_LATE = "TOO_LATE", _("Paid after the order was cancelled")
        ORDER = "ORDER", _("Decided for an order")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    repayment = models.ForeignKey(
        Repayment, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds", verbose_name=_("decision")
    )
    number = models.CharField(_("our number"), max_length=40, unique=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.REQUESTED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"))
    error = models.CharField(_("error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_refund_amount_positive"),
            models.UniqueConstraint("repayment", "payment", name="payments_refund_once_per_decision"),
        ]
        indexes = [models.Index("due_at", name="payments_refund_due", condition=Q(status="REQUESTED"))]

    def __str__(self) -> str:
        return self.number
