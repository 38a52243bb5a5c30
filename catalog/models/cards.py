"""What listings show and sort by: one narrow row for each product."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import Merchant
from catalog.models.products import Product


class ProductCardQuerySet(models.QuerySet["ProductCard"]):
    """Sets of cards."""

    def visible_at(self, moment: datetime) -> ProductCardQuerySet:
        """Cards of products that shoppers may see."""
        return self.filter(Q(unpublish_at=None) | Q(unpublish_at__gt=moment), is_published=True, publish_at__lte=moment)

    def in_category(self, category_id: int) -> ProductCardQuerySet:
        """Cards of products in this category or below it."""
        return self.filter(category_ids__contains=[category_id])


class ProductCard(models.Model):
    """Everything a listing needs to show, filter and sort a product, in one row without joins.

    Derived from product, variants, prices, stock and pictures; written by catalog.services.cards alone,
    in the transaction of the change or by its sweep. `facets` holds words such as `colour=ink`;
    `combinations` holds which options one variant has together. `version` is a hash of what is shown.
    `priced_until` is when the card is due to be derived again. `currency_rank` is 0 for the shop's currency
    and less for others. All orders of a listing are indexes that run downwards, so that a page goes on from
    the last card of the one before.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="card")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    version = models.BigIntegerField(default=1)
    slug = models.CharField(max_length=160)
    titles = models.JSONField(default=dict)
    picture = models.JSONField(null=True)
    swatches = models.JSONField(default=list)
    only_sku = models.CharField(max_length=300, blank=True)
    is_published = models.BooleanField(default=False)
    publish_at = models.DateTimeField(null=True)
    unpublish_at = models.DateTimeField(null=True)
    is_available = models.BooleanField(default=False)
    available_variant_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    currency = models.CharField(max_length=3)
    currency_rank = models.SmallIntegerField(default=0)
    price = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    was_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    is_priced = models.BooleanField(default=False)
    is_from_price = models.BooleanField(default=False)
    priced_until = models.DateTimeField(null=True)
    sold = models.PositiveIntegerField(default=0)
    category_ids = ArrayField(models.IntegerField(), default=list)
    facets = ArrayField(models.TextField(), default=list)
    combinations = ArrayField(models.TextField(), default=list)

    objects = ProductCardQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex("category_ids", name="catalog_card_categories"),
            GinIndex("facets", name="catalog_card_facets"),
            GinIndex("combinations", name="catalog_card_combinations"),
            models.Index(
                F("is_available").desc(),
                F("sold").desc(),
                F("product_id").desc(),
                name="catalog_card_by_sold",
                condition=Q(is_published=True),
            ),
            models.Index(
                F("is_available").desc(),
                F("publish_at").desc(),
                F("product_id").desc(),
                name="catalog_card_by_newest",
                condition=Q(is_published=True),
            ),
            models.Index(
                F("is_available").desc(),
                F("currency_rank").desc(),
                F("price").desc(),
                F("product_id").desc(),
                name="catalog_card_by_price_down",
                condition=Q(is_published=True),
            ),
            models.Index(
                F("is_available").desc(),
                F("currency_rank").desc(),
                (-F("price")).desc(),
                F("product_id").desc(),
                name="catalog_card_by_price_up",
                condition=Q(is_published=True),
            ),
            models.Index("priced_until", name="catalog_card_due", condition=Q(priced_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.slug
