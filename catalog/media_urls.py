"""Addresses of pictures."""

from django.urls import re_path

from catalog.views import media

urlpatterns = [
    re_path(
        r"^pictures/(?P<folder>[0-9a-f]{2})/(?P<name>[0-9a-f]{24})-(?P<width>[0-9]{2,4})\.(?P<suffix>avif|webp|jpg)$",
        media.picture,
    ),
]
