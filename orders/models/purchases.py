"""Purchases: what one checkout was, and one payment is for."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.money import Money


class Purchase(models.Model):
    """One checkout and one payment; holds one order for each merchant."""

    checkout_token = models.UUIDField(_("checkout"), unique=True)
    digest = models.CharField(max_length=64, help_text=_("Hash of what was agreed to."))
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="purchases")
    email = models.EmailField(_("email"))
    language = models.CharField(_("language"), max_length=10)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    payment_provider = models.CharField(_("payment method"), max_length=20, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    placed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("written by"),
        help_text=_("Staff who wrote it for the buyer."),
    )
    pay_by = models.DateTimeField(_("pay by"))

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=Decimal(0)), name="orders_purchase_total_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def money(self) -> Money:
        """What is to be paid."""
        return Money(self.total, self.currency)
