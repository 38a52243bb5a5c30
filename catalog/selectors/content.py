"""The frame around every page, banners and pages of text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import translation

from catalog.models import Banner, Category, ContentPage, Storefront

FRAME_SECONDS = 60


@dataclass(frozen=True)
class Link:
    """A link of the frame."""

    name: str
    url: str
    slug: str = ""


@dataclass(frozen=True)
class Frame:
    """Names, texts and links around every page, in one language."""

    shop: Storefront
    categories: list[Link]
    help_pages: list[Link]
    company_pages: list[Link]


def frame(language: str) -> Frame:
    """Return the frame, at most a minute old."""
    key = f"frame:{language}"
    found = cache.get(key)
    if isinstance(found, Frame):
        return found
    with translation.override(language):
        pages = list(ContentPage.objects.filter(is_published=True).order_by("position", "pk"))
        made = Frame(
            shop=storefront(),
            categories=[Link(row.name, row.get_absolute_url(), row.slug) for row in top_categories()],
            help_pages=_links(pages, ContentPage.Group.HELP),
            company_pages=_links(pages, ContentPage.Group.COMPANY),
        )
    cache.set(key, made, FRAME_SECONDS)
    return made


def storefront() -> Storefront:
    """Return the shop's name and texts; a new shop has a name only."""
    return Storefront.objects.filter(pk=1).first() or Storefront(pk=1, name="Kaishi")


def top_categories() -> list[Category]:
    """Return the visible categories of the first level, in their order."""
    return list(Category.objects.filter(depth=1, is_visible=True).select_related("picture").order_by("path"))


def banner(at: datetime) -> Banner | None:
    """Return the banner of the home page."""
    shown = Banner.objects.shown_at(at).select_related("picture", "picture_phone")
    return shown.order_by("position", "pk").first()


def _links(pages: list[ContentPage], group: ContentPage.Group) -> list[Link]:
    return [Link(page.title, page.get_absolute_url(), page.slug) for page in pages if page.group == group]
