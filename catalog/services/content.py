"""Pages of text, banners, and the shop's name."""

from __future__ import annotations

import nh3
from django.conf import settings
from django.db import transaction
from modeltranslation.utils import build_localized_fieldname

from catalog.models import ContentPage
from catalog.selectors.content import outdate_frame_on_commit
from core import shared

TAGS = {
    "a", "b", "blockquote", "br", "details", "em", "h2", "h3", "hr", "i", "li", "ol", "p", "small", "strong",
    "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "th": {"scope", "colspan"}, "td": {"colspan"}}


@transaction.atomic
def save_page(*, page: ContentPage) -> None:
    """Save a page; HTML that could run or style anything is taken out of its text in every language."""
    for code, _ in settings.LANGUAGES:
        name = build_localized_fieldname("body", code)
        setattr(page, name, clean_html(getattr(page, name) or ""))
    page.save()
    outdate_frame_on_commit()
    shared.outdate_on_commit()


def clean_html(html: str) -> str:
    """Return the HTML with simple text tags only; links to other sites carry rel=noopener."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"})
