"""The frame around every page, banners and pages of text."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import translation

from catalog.models import Banner, Category, ContentPage, Storefront

FRAME_SECONDS = 60
MAIN_CATEGORIES = 7
TERMS = ("terms", "privacy")
VERSION_KEY = "frame:version"
_kept: dict[str, Frame] = {}  # by language and version, in this process


@dataclass(frozen=True)
class Link:
    """A link of the frame."""

    name: str
    url: str
    slug: str = ""


@dataclass(frozen=True)
class Frame:
    """Names, texts and links around every page, in one language."""

    version: str
    shop: Storefront
    categories: list[Link]
    help_pages: list[Link]
    company_pages: list[Link]

    @property
    def main_categories(self) -> list[Link]:
        """The first ones, which have room in the header of a wide window; its menu has all."""
        return self.categories[:MAIN_CATEGORIES]

    @property
    def has_more_categories(self) -> bool:
        """Whether a wide window needs the menu too."""
        return len(self.categories) > MAIN_CATEGORIES


def terms_version() -> str:
    """Return which texts somebody agrees to who registers: the pages of terms and privacy by their last change."""
    pages = ContentPage.objects.filter(slug__in=TERMS, is_published=True).order_by("-slug")
    return ", ".join(f"{slug} {changed:%Y-%m-%d %H:%M}" for slug, changed in pages.values_list("slug", "updated_at"))


def frame(language: str) -> Frame:
    """Return the frame, at most a minute old; each process keeps the one of the present version."""
    key = f"{language}:{frame_version()}"
    found = _kept.get(key)
    if found is None:
        found = _frame(language, key)
        if len(_kept) > len(settings.LANGUAGES):
            _kept.clear()
        _kept[key] = found
    return found


def frame_version() -> str:
    """Return what changes at least once a minute, and with everything in the frame."""
    return cache.get(VERSION_KEY) or _next_version()


def outdate_frame_on_commit() -> None:
    """Make every process look the frame up again once the transaction is committed."""
    transaction.on_commit(partial(cache.delete, VERSION_KEY))


def _next_version() -> str:
    """Return a version for the next minute, the same for all processes that ask at once."""
    version = secrets.token_hex(4)
    return version if cache.add(VERSION_KEY, version, FRAME_SECONDS) else str(cache.get(VERSION_KEY, version))


def _frame(language: str, version: str) -> Frame:
    with translation.override(language):
        pages = list(ContentPage.objects.filter(is_published=True).order_by("position", "pk"))
        return Frame(
            version=version,
            shop=storefront(),
            categories=[Link(row.name, row.get_absolute_url(), row.slug) for row in top_categories()],
            help_pages=_links(pages, ContentPage.Group.HELP),
            company_pages=_links(pages, ContentPage.Group.COMPANY),
        )


def storefront() -> Storefront:
    """Return the shop's name and texts; a new shop has a name only."""
    return Storefront.objects.filter(pk=1).first() or Storefront(pk=1, name="Kaishi")


def top_categories() -> list[Category]:
    """Return the visible categories of the first level, in their order."""
    return list(Category.objects.filter(depth=1, is_visible=True).select_related("picture").order_by("path"))


def banner(at: datetime) -> Banner | None:
    """Return the banner of the home page: the lowest position, and among equals the newest."""
    shown = Banner.objects.shown_at(at).select_related("picture", "picture_phone")
    return shown.order_by("position", "-pk").first()


def _links(pages: list[ContentPage], group: ContentPage.Group) -> list[Link]:
    return [Link(page.title, page.get_absolute_url(), page.slug) for page in pages if page.group == group]
