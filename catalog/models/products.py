"""Products and their variants."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Merchant, User
from catalog.models.categories import Brand, Category
from catalog.models.pictures import Picture
from catalog.models.types import ProductType

SHIPS_WITHIN_LIMIT = 24 * 365  # hours


class ProductQuerySet(models.QuerySet["Product"]):
    """Sets of products."""

    def visible_at(self, moment: datetime) -> ProductQuerySet:
        """Products that shoppers may see."""
        return self.filter(
            models.Q(unpublish_at=None) | models.Q(unpublish_at__gt=moment),
            status=Product.Status.PUBLISHED,
            publish_at__lte=moment,
        )

    def managed_by(self, user: User) -> ProductQuerySet:
        """Products this user may change: an operator all, a member those of the own merchants."""
        if user.is_superuser:
            return self
        return self.filter(merchant__in=Merchant.objects.worked_for_by(user))


class Product(models.Model):
    """Something a merchant offers; what is bought is one of its variants."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        PUBLISHED = "PUBLISHED", _("Published")
        ARCHIVED = "ARCHIVED", _("Archived")

    OPTION_LIMIT = 3
    VARIANT_LIMIT = 500

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="products", verbose_name=_("merchant")
    )
    product_type = models.ForeignKey(
        ProductType, on_delete=models.PROTECT, related_name="products", verbose_name=_("type")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    more_categories = models.ManyToManyField(
        Category, blank=True, related_name="further_products", verbose_name=_("further categories")
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("brand")
    )
    slug = models.SlugField(_("slug"), max_length=160, unique=True)
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    attributes = models.JSONField(_("facts"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    publish_at = models.DateTimeField(_("published from"), null=True, blank=True)
    unpublish_at = models.DateTimeField(_("published until"), null=True, blank=True)
    ships_within_hours = models.PositiveSmallIntegerField(
        _("ships within hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(SHIPS_WITHIN_LIMIT)],
        help_text=_("After payment. Empty: as the shop promises for everything."),
    )
    external_id = models.CharField(_("external id"), max_length=100, blank=True)
    import_digest = models.CharField(max_length=32, blank=True, editable=False)
    sold_before = models.PositiveIntegerField(_("sold before this shop"), default=0)
    sold = models.PositiveIntegerField(_("sold"), default=0, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                "merchant",
                "external_id",
                name="catalog_product_unique_external_id",
                condition=~models.Q(external_id=""),
            ),
            models.CheckConstraint(
                condition=models.Q(unpublish_at=None) | models.Q(unpublish_at__gt=models.F("publish_at")),
                name="catalog_product_window_forward",
                violation_error_message=_("The product would be unpublished before it is published."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status="PUBLISHED") | models.Q(publish_at__isnull=False),
                name="catalog_product_published_since",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="catalog_product_by_merchant"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the product page's address."""
        return reverse("catalog:product", args=[self.slug])

    @property
    def sold_total(self) -> int:
        """Units sold here and before."""
        return self.sold_before + self.sold

    def is_visible_at(self, moment: datetime) -> bool:
        """Whether shoppers may see it."""
        return (
            self.status == self.Status.PUBLISHED
            and self.publish_at is not None
            and self.publish_at <= moment
            and (self.unpublish_at is None or self.unpublish_at > moment)
        )


class Variant(models.Model):
    """What is bought: one combination of a product's options, with its own SKU, price and stock."""

    class StockPolicy(models.TextChoices):
        DENY = "DENY", _("Sell what is there")
        UNCOUNTED = "UNCOUNTED", _("Always available, not counted")
        BACKORDER = "BACKORDER", _("Sell more than is there, up to a limit")
        PREORDER = "PREORDER", _("Sell before it is there, up to a limit")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants", verbose_name=_("product"))
    sku = models.CharField(_("SKU"), max_length=300, unique=True)
    ean = models.CharField(_("EAN"), max_length=20, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    options_key = models.CharField(max_length=300, blank=True, editable=False)
    stock_policy = models.CharField(
        _("stock policy"), max_length=10, choices=StockPolicy.choices, default=StockPolicy.DENY
    )
    backorder_limit = models.PositiveIntegerField(
        _("may wait"), default=0, db_default=0, help_text=_("How many units may be sold that are not there yet.")
    )
    preorder_on = models.DateField(_("ships from"), null=True, blank=True, help_text=_("Of a pre-order."))
    low_stock_units = models.PositiveIntegerField(
        _("low from"),
        null=True,
        blank=True,
        help_text=_("You get a mail when so many or fewer are left. Empty: as the shop does for everything."),
    )
    # Of one piece as it is packed; 0 is unknown.
    weight_grams = models.PositiveIntegerField(_("weight, g"), default=0, db_default=0)
    length_mm = models.PositiveIntegerField(_("length, mm"), default=0, db_default=0)
    width_mm = models.PositiveIntegerField(_("width, mm"), default=0, db_default=0)
    height_mm = models.PositiveIntegerField(_("height, mm"), default=0, db_default=0)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(
                "product",
                "options_key",
                name="catalog_variant_unique_options",
                violation_error_message=_("Two variants of a product need different options."),
            ),
            models.CheckConstraint(condition=~models.Q(sku=""), name="catalog_variant_has_sku"),
            models.CheckConstraint(
                condition=~models.Q(stock_policy="PREORDER") | models.Q(preorder_on__isnull=False),
                name="catalog_variant_preorder_has_day",
                violation_error_message=_("Say from which day on the pre-orders are sent."),
            ),
            models.CheckConstraint(
                condition=models.Q(weight_grams__lte=10_000_000),
                name="catalog_variant_weight_below_ten_tonnes",
                violation_error_message=_("A packed piece weighs at most 10,000 kg."),
            ),
            models.CheckConstraint(
                condition=models.Q(length_mm__lte=100_000, width_mm__lte=100_000, height_mm__lte=100_000),
                name="catalog_variant_sides_below_hundred_metres",
                violation_error_message=_("A packed piece is at most 100 m long, wide and high."),
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def is_counted(self) -> bool:
        """Whether the shop knows how many there are."""
        return self.stock_policy != self.StockPolicy.UNCOUNTED

    @property
    def waiting_limit(self) -> int:
        """How many units of it may be sold that are not there."""
        can_wait = self.stock_policy in (self.StockPolicy.BACKORDER, self.StockPolicy.PREORDER)
        return self.backorder_limit if can_wait else 0

    @property
    def is_preorder(self) -> bool:
        """Whether what is not there yet is called a pre-order."""
        return self.stock_policy == self.StockPolicy.PREORDER

    @property
    def volume_mm3(self) -> int:
        """The room a packed piece takes; 0 while a side is unknown."""
        return self.length_mm * self.width_mm * self.height_mm


class ProductPicture(models.Model):
    """A picture of a product; `shows` names the options it is for, empty for all variants."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("product"))
    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="+", verbose_name=_("picture"))
    alt = models.CharField(_("description for those who cannot see it"), max_length=300, blank=True)
    shows = models.JSONField(_("options shown"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("product picture")
        verbose_name_plural = _("product pictures")
        indexes = [GinIndex("shows", name="catalog_productpicture_shows")]

    def __str__(self) -> str:
        return self.alt or str(self.picture_id)
