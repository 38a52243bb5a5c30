"""Tags and filters of every page: icons, prices, dates, addresses with other parameters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime, format_interval
from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import is_valid_path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core import money as amounts
from core.money import Money

register = template.Library()
LOCALES = {"en": "en_GB", "zh-hans": "zh_Hans_CN"}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, style: str = "") -> SafeString:
    """Return an icon of the sprite; it says nothing to a screen reader."""
    classes = f"icon {style}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, _sprite(), name)


@register.simple_tag(name="static")
@lru_cache(maxsize=256)
def static_address(path: str) -> str:
    """Return the address of a file of ours; Django's own tag works it out anew each time."""
    return static(path)


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], value: object) -> SafeString:
    """Return the options of a select, the chosen one marked; one step for all, since a select may have dozens."""
    chosen = str(value)
    marked = ((code, mark_safe(" selected") if code == chosen else "", name) for code, name in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


@register.simple_tag
def swatch(colour: str, style: str = "") -> SafeString:
    """Return a round dot of a colour, without inline style."""
    classes = f"swatch {style}".strip()
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7.5" fill="{}"/></svg>',
        classes,
        colour,
    )


@register.simple_tag
def price(now: Money, before: Money | None = None, style: str = "", is_from: bool = False) -> SafeString:  # noqa: FBT001,FBT002  a template tag
    """Return a price: small symbol and decimals, the struck one behind it, words for screen readers."""
    language = get_language() or "en"
    parts = amounts.written(now, language)
    shown = format_html(
        '<span class="cur">{}</span>{}<span class="dec">{}</span>', parts.symbol, parts.whole, parts.decimals
    )
    if is_from:
        shown = _lowest(shown)
    if before is None:
        return format_html('<span class="price {}"><ins>{}</ins></span>', style, shown)
    return format_html(
        '<span class="price sale {}"><span class="vh">{} </span><ins>{}</ins>'
        '<del><span class="vh">{} </span>{}</del></span>',
        style,
        _("Sale price"),
        shown,
        _("Regular price"),
        amounts.written(before, language),
    )


def _lowest(price: SafeString) -> SafeString:
    """Return a price with the word for "from" before or behind it, as the language has it."""
    words = pgettext("the lowest of several prices", "from %(price)s").split("%(price)s")
    before, behind = (format_html('<span class="from">{}</span>', word) if word else "" for word in words)
    return format_html("{}{}{}", before, price, behind)


@register.filter
def money(value: Money) -> str:
    """Return an amount in one piece: CN¥268.00 in English, ¥268.00 in Chinese."""
    return str(amounts.written(value, get_language() or "en"))


@register.filter
def as_money(amount: str, currency: str) -> Money:
    """Return an amount and a currency, as mails carry them, as money."""
    return Money(Decimal(amount), currency)


@register.filter
def unit_of(currency: str) -> str:
    """Return what stands for a currency in a field's label: CN¥ in English, 元 in Chinese."""
    return amounts.unit_name(currency, get_language() or "en")


@register.simple_tag
def day_range(first: date | str, last: date | str) -> str:
    """Return two days as one reads them: 22–24 November."""
    start, end = _as_date(first), _as_date(last)
    locale = LOCALES.get(get_language() or "en", "en_GB")
    if locale != "en_GB":
        return str(format_interval(start, end, "MMMMd", locale=locale))
    last_day = format_date(end, "d MMMM", locale=locale)
    if start == end:
        return last_day
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last_day}"
    return f"{format_date(start, 'd MMMM', locale=locale)} – {last_day}"


@register.filter
def day(value: date | str) -> str:
    """Return a day, as mails carry it too: 3 December 2026."""
    language = get_language() or "en"
    pattern = "y年M月d日" if language.startswith("zh") else "d MMMM y"
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(on, pattern, locale=LOCALES.get(language, "en_GB")))


@register.filter
def moment(value: datetime | str) -> str:
    """Return a moment, as mails carry it too, in the active time zone: 21 November 2026, 14:05."""
    language = get_language() or "en"
    pattern = "y年M月d日 HH:mm" if language.startswith("zh") else "d MMMM y, HH:mm"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str(format_datetime(timezone.localtime(at), pattern, locale=LOCALES.get(language, "en_GB")))


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """Return this page's query string with parameters changed, or dropped where None, sorted."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    ordered = sorted((name, value) for name, values in query.lists() for value in values)
    query.clear()
    for name, value in ordered:
        query.appendlist(name, value)
    return f"?{query.urlencode()}" if query else request.path


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("icons.svg")


def _as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


@register.filter
def undo_of(tags: str) -> dict[str, str] | None:
    """Return what a message offers to put back: quantity and SKU out of `undo:2:SKU`."""
    _before, sign, rest = tags.partition("undo:")
    quantity, _colon, sku = rest.partition(":")
    if not sign or not sku:
        return None
    return {"quantity": quantity, "sku": sku}


@register.filter
def in_language(path: str) -> str:
    """Return an address of this site, as editors write it, in the language of the page."""
    language = get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE or not path.startswith("/"):
        return path
    translated = f"/{language}{path}"
    return translated if is_valid_path(urlsplit(translated).path) else path  # pictures have no language
