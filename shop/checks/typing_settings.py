"""Settings for the type checker, which reads models as they are written.

Left out: the library that gives models a column for each language while the shop runs, and the admin,
which asks for those columns.
"""

from shop.settings import *  # noqa: F403  everything else is the same
from shop.settings import INSTALLED_APPS as _ALL

INSTALLED_APPS = [app for app in _ALL if app not in ("modeltranslation", "django.contrib.admin")]
