"""What a merchant's parcels cost by pieces, weight or volume, and where they go."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Merchant
from accounts.selectors.addresses import region_name

_PRICES = ("first_units", "first_price", "additional_units", "additional_price")
_FREE = ("free_from_amount", "free_from_pieces")


class FreightTemplate(models.Model):
    """How a merchant counts what is in a parcel; its rules say what that costs where."""

    class Basis(models.TextChoices):
        PIECE = "PIECE", _("By piece")
        WEIGHT = "WEIGHT", _("By weight")
        VOLUME = "VOLUME", _("By volume")

    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="freight_templates", verbose_name=_("merchant")
    )
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    basis = models.CharField(_("counted"), max_length=10, choices=Basis.choices, default=Basis.PIECE)
    volume_divisor = models.PositiveIntegerField(_("cm³ that count as one kg"), default=0)
    unknown_weight_grams = models.PositiveIntegerField(_("grams of a piece of unknown weight"), default=1000)
    unknown_volume_cm3 = models.PositiveIntegerField(_("cm³ of a piece of unknown size"), default=5000)

    class Meta:
        verbose_name = _("freight template")
        verbose_name_plural = _("freight templates")
        constraints = [
            models.UniqueConstraint(
                "merchant",
                "name",
                name="orders_freighttemplate_unique_name",
                violation_error_message=_("The merchant has a template of this name already."),
            ),
            models.UniqueConstraint(
                fields=["id", "merchant", "currency"], name="orders_freighttemplate_owner"
            ),  # what a delivery method's template is held to
            models.CheckConstraint(condition=~Q(name=""), name="orders_freighttemplate_has_name"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="orders_freighttemplate_currency"),
            models.CheckConstraint(
                condition=Q(basis__in=["PIECE", "WEIGHT", "VOLUME"]), name="orders_freighttemplate_basis"
            ),
            models.CheckConstraint(
                condition=Q(volume_divisor=0) | Q(basis="WEIGHT"), name="orders_freighttemplate_divisor_of_weight"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FreightRule(models.Model):
    """What parcels to some regions cost, or that none go there; without regions it holds everywhere else."""

    template = models.ForeignKey(
        FreightTemplate, on_delete=models.CASCADE, related_name="rules", verbose_name=_("freight template")
    )
    # Codes of countries, and provinces of China by the names that addresses have.
    regions = ArrayField(models.CharField(max_length=40), verbose_name=_("regions"), default=list, blank=True)
    is_excluded = models.BooleanField(_("not delivered to"), default=False)
    first_units = models.PositiveIntegerField(_("first units"), null=True, blank=True)
    first_price = models.DecimalField(_("their price"), max_digits=12, decimal_places=2, null=True, blank=True)
    additional_units = models.PositiveIntegerField(_("each further units"), null=True, blank=True)
    additional_price = models.DecimalField(_("price of each"), max_digits=12, decimal_places=2, null=True, blank=True)
    free_from_amount = models.DecimalField(_("free from"), max_digits=12, decimal_places=2, null=True, blank=True)
    free_from_pieces = models.PositiveIntegerField(_("free from, pieces"), null=True, blank=True)

    class Meta:
        verbose_name = _("freight rule")
        verbose_name_plural = _("freight rules")
        constraints = [  # that no two rules of a template name one region is a trigger's work
            models.CheckConstraint(
                condition=Q(is_excluded=True, **{f"{name}__isnull": True for name in (*_PRICES, *_FREE)})
                | Q(is_excluded=False, **{f"{name}__isnull": False for name in _PRICES}),
                name="orders_freightrule_priced_or_excluded",
                violation_error_message=_("Fill in units and prices, or tick “not delivered to” and leave them empty."),
            ),
            models.CheckConstraint(
                condition=Q(first_units__gte=1, additional_units__gte=1), name="orders_freightrule_units_positive"
            ),
            models.CheckConstraint(
                condition=Q(first_price__gte=Decimal(0), additional_price__gte=Decimal(0)),
                name="orders_freightrule_prices_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(free_from_amount__gt=Decimal(0)), name="orders_freightrule_free_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(free_from_pieces__gte=1), name="orders_freightrule_free_pieces_positive"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(region_name(region) for region in self.regions) or str(_("everywhere else"))
