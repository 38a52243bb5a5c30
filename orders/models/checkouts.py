"""What a shopper has filled in on the way to an order, and how parcels can travel."""

import uuid
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AddressFields, Merchant
from cart.models import Cart
from orders.models.freight import FreightTemplate


class DeliveryMethod(models.Model):
    """A way a merchant sends parcels, its price and its days.

    With a template, that says what a parcel costs; `price` and `free_from` hold without one.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="delivery_methods", verbose_name=_("merchant")
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    free_from = models.DecimalField(_("free from"), max_digits=12, decimal_places=2, null=True, blank=True)
    template = models.ForeignKey(  # of the same merchant and currency: the database holds the three together
        FreightTemplate,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="methods",
        verbose_name=_("freight template"),
    )
    days_min = models.PositiveSmallIntegerField(_("days, at least"), default=1)
    days_max = models.PositiveSmallIntegerField(_("days, at most"), default=3)
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("delivery method")
        verbose_name_plural = _("delivery methods")
        constraints = [
            models.UniqueConstraint("merchant", "code", "currency", name="orders_deliverymethod_unique_code"),
            models.CheckConstraint(condition=Q(price__gte=Decimal(0)), name="orders_deliverymethod_price_not_negative"),
            models.CheckConstraint(condition=Q(days_max__gte=F("days_min")), name="orders_deliverymethod_days_forward"),
        ]

    def __str__(self) -> str:
        return self.name


class Checkout(AddressFields):
    """A form in progress; its token makes placing it twice impossible."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cart = models.OneToOneField(Cart, on_delete=models.CASCADE, related_name="checkout")
    email = models.EmailField(_("email"), blank=True)
    delivery_code = models.CharField(_("delivery method"), max_length=40, blank=True)
    payment_provider = models.CharField(_("payment method"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("checkout")
        verbose_name_plural = _("checkouts")

    def __str__(self) -> str:
        return str(self.token)

    @property
    def has_address(self) -> bool:
        """Whether the first step is done."""
        return bool(self.email and self.street)
