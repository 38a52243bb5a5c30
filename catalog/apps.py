"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Products, prices, stock, content pages."""

    name = "catalog"
    verbose_name = _("Catalogue")
