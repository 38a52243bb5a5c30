"""What variants cost."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Merchant
from catalog.models.products import Variant


class PriceList(models.Model):
    """A merchant's prices of one kind in one currency."""

    class Kind(models.TextChoices):
        BASE = "BASE", _("Base")
        SALE = "SALE", _("Sale")
        MEMBER = "MEMBER", _("Member")
        CAMPAIGN = "CAMPAIGN", _("Campaign")

    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="price_lists", verbose_name=_("merchant")
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    currency = models.CharField(_("currency"), max_length=3)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.UniqueConstraint(
                "merchant",
                "currency",
                "kind",
                name="catalog_pricelist_one_base_and_sale",
                condition=models.Q(kind__in=["BASE", "SALE"]),
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="catalog_pricelist_currency_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """The price of one variant in a list, from a quantity on, within a window."""

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="prices", verbose_name=_("price list")
    )
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices", verbose_name=_("variant"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    min_quantity = models.PositiveIntegerField(_("from quantity"), default=1)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                "variant",
                "price_list",
                "min_quantity",
                "starts_at",
                name="catalog_price_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=Decimal(0)), name="catalog_price_amount_not_negative"
            ),
            models.CheckConstraint(condition=models.Q(min_quantity__gte=1), name="catalog_price_from_one"),
            models.CheckConstraint(
                condition=models.Q(ends_at=None)
                | models.Q(starts_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="catalog_price_window_forward",
                violation_error_message=_("The price would end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
