"""The shop's name, banner and pages."""

from __future__ import annotations

from catalog.models import Banner, ContentPage, Storefront
from catalog.selectors.languages import localized
from catalog.services import content
from shop.demo.catalogue import Pictures
from shop.demo.content import read

TEXTS = ("name", "home_title", "meta_description", "announcement", "footer_about", "service_hours", "legal")
GROUPS = {
    "delivery": ContentPage.Group.HELP,
    "returns-policy": ContentPage.Group.HELP,
    "faq": ContentPage.Group.HELP,
    "contact": ContentPage.Group.HELP,
    "about": ContentPage.Group.COMPANY,
    "terms": ContentPage.Group.COMPANY,
    "privacy": ContentPage.Group.COMPANY,
    "accessibility": ContentPage.Group.COMPANY,
}


def load(pictures: Pictures) -> None:
    """Create storefront, banner and pages."""
    row = read("storefront")
    fields = {name: text for field in TEXTS for name, text in localized(field, row[field]).items()}
    Storefront.objects.update_or_create(pk=1, defaults={**fields, "phone": row["phone"]["en"]})
    hero = row["hero"]
    texts = ("alt", "eyebrow", "heading", "text", "button")
    Banner.objects.create(
        **{name: text for field in texts for name, text in localized(field, hero[field]).items()},
        link=hero["link"],
        picture=pictures.get(hero["picture"]),
        picture_phone=pictures.get(hero["picture_phone"]),
    )
    by_slug = {page["slug"]: page for page in read("pages")}
    for position, (slug, group) in enumerate(GROUPS.items()):
        page = by_slug[slug]
        content.save_page(
            page=ContentPage(
                slug=slug,
                group=group,
                position=position,
                **localized("title", page["title"]),
                **localized("body", page["body"]),
            )
        )
