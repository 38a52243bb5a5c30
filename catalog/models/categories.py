"""Where products are found: the category tree, and brands."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Category(MP_Node):  # type: ignore[misc]  # the library has no types
    """A node of the category tree; treebeard keeps the tree in the column `path`."""

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    picture = models.ForeignKey(
        "catalog.Picture", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    return_days = models.PositiveSmallIntegerField(
        _("days to return without a reason"),
        null=True,
        blank=True,
        help_text=_("Empty: as the shop has it. 0: not at all, such as food that spoils; the product's page says so."),
    )
    is_visible = models.BooleanField(_("visible"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(condition=models.Q(depth__lte=5), name="catalog_category_depth_limit"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        """Return the address of the listing."""
        return reverse("catalog:category", args=[self.slug])


class Brand(models.Model):
    """Who made a product."""

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.name
