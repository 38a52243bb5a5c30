"""Carts and their lines."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Variant


class Cart(models.Model):
    """Somebody's cart: a visitor's, known by a signed cookie, or a user's, the same on every device."""

    class Kind(models.TextChoices):
        BASKET = "BASKET", _("Cart")
        BUY_NOW = "BUY_NOW", _("One product, bought at once")

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="carts")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BASKET)
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = [
            models.UniqueConstraint(
                "user", name="cart_cart_one_basket_per_user", condition=models.Q(kind="BASKET", user__isnull=False)
            ),
        ]
        indexes = [models.Index("updated_at", name="cart_cart_by_age")]

    def __str__(self) -> str:
        return str(self.token)


class CartLine(models.Model):
    """One variant in a cart; `price_seen` is the unit price the shopper last saw or agreed to."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    is_selected = models.BooleanField(default=True)
    price_seen = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints = [
            models.UniqueConstraint("cart", "variant", name="cart_cartline_unique_variant"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="cart_cartline_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class CartAdd(models.Model):
    """A form token that has been used, so that a repeated request adds nothing twice."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="adds")
    token = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint("cart", "token", name="cart_cartadd_unique_token")]

    def __str__(self) -> str:
        return self.token
