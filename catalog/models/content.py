"""What a shop says about itself: name and frame, the banner on the home page, pages of text."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Storefront(models.Model):
    """The shop's name and the texts around every page; one row."""

    name = models.CharField(_("name"), max_length=80)
    home_title = models.CharField(_("title of the home page"), max_length=120, blank=True)
    meta_description = models.CharField(_("description for search engines"), max_length=300, blank=True)
    announcement = models.CharField(_("line above the header"), max_length=160, blank=True)
    footer_about = models.CharField(_("about, in the footer"), max_length=300, blank=True)
    service_hours = models.CharField(_("customer service"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    legal = models.CharField(_("legal line"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("storefront")
        verbose_name_plural = _("storefront")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="catalog_storefront_one_row")]

    def __str__(self) -> str:
        return self.name


class BannerQuerySet(models.QuerySet["Banner"]):
    """Sets of banners."""

    def shown_at(self, moment: datetime) -> BannerQuerySet:
        """Banners whose window is open."""
        return self.filter(
            Q(starts_at=None) | Q(starts_at__lte=moment), Q(ends_at=None) | Q(ends_at__gt=moment), is_active=True
        )


class Banner(models.Model):
    """The large picture with a sentence and a button on the home page."""

    eyebrow = models.CharField(_("line above the heading"), max_length=80, blank=True)
    heading = models.CharField(_("heading"), max_length=120)
    text = models.CharField(_("text"), max_length=300, blank=True)
    button = models.CharField(_("button"), max_length=60, blank=True)
    link = models.CharField(_("link"), max_length=200, blank=True, help_text=_("Such as /categories/tableware/."))
    alt = models.CharField(_("description for those who cannot see it"), max_length=300, blank=True)
    picture = models.ForeignKey(
        "catalog.Picture", on_delete=models.PROTECT, related_name="+", verbose_name=_("wide picture")
    )
    picture_phone = models.ForeignKey(
        "catalog.Picture", on_delete=models.PROTECT, related_name="+", verbose_name=_("picture for phones")
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = BannerQuerySet.as_manager()

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")

    def __str__(self) -> str:
        return self.heading


class ContentPage(models.Model):
    """A page of text, such as the returns policy."""

    class Group(models.TextChoices):
        NONE = "NONE", _("Not in the footer")
        HELP = "HELP", _("Help")
        COMPANY = "COMPANY", _("Company")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), blank=True, help_text=_("Simple HTML; what is not allowed is taken out."))
    group = models.CharField(_("footer column"), max_length=10, choices=Group.choices, default=Group.NONE)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_published = models.BooleanField(_("published"), default=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page's address."""
        return reverse("catalog:page", args=[self.slug])
