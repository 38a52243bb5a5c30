"""The products of a listing page."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, F, OrderBy
from django.db.models.expressions import RawSQL

from catalog.models import ProductCard
from catalog.models.cards import ProductCardQuerySet
from catalog.selectors.facets import Picks

PAGE_SIZE = 24
PAGE_LIMIT = 50
CURSOR_LENGTH_LIMIT = 300


class Sort(StrEnum):
    """The orders of a listing; in each, what is sold out comes last."""

    RELEVANCE = "relevance"
    BEST_SELLING = "best-selling"
    NEWEST = "newest"
    PRICE_UP = "price-up"
    PRICE_DOWN = "price-down"


_COLUMNS = {
    Sort.RELEVANCE: ("is_available", "sold", "product_id"),
    Sort.BEST_SELLING: ("is_available", "sold", "product_id"),
    Sort.NEWEST: ("is_available", "publish_at", "product_id"),
    Sort.PRICE_UP: ("is_available", "currency_rank", "-price", "product_id"),
    Sort.PRICE_DOWN: ("is_available", "currency_rank", "price", "product_id"),
}
_FORMS = {
    "boolean": re.compile(r"True|False"),
    "bigint": re.compile(r"-?[0-9]{1,18}"),
    "numeric": re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?"),
    "timestamptz": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\+00:00"),
}


class BadCursorError(ValueError):
    """The text after `after=` is none of ours."""


@dataclass(frozen=True)
class Slice:
    """Some cards of a listing, and where the next ones begin."""

    cards: Sequence[ProductCard]
    next_cursor: str


def cards(picks: Picks, *, sort: Sort, at: datetime, page: int = 1, after: str = "", size: int = PAGE_SIZE) -> Slice:
    """Return one page of cards: after a cursor, or by its number where there is none.

    Raises BadCursorError.
    """
    queryset = matching(picks, at).order_by(*[_downwards(name) for name in _COLUMNS[sort]])
    if after:
        queryset = queryset.filter(_beyond(after, sort))
    start = 0 if after else (page - 1) * size
    rows = list(queryset[start : start + size + 1])
    next_cursor = _cursor(rows[size - 1], sort) if len(rows) > size else ""
    return Slice(rows[:size], next_cursor)


def matching(picks: Picks, at: datetime) -> ProductCardQuerySet:
    """Return the cards that fit all picks, in no order."""
    queryset = ProductCard.objects.visible_at(at)
    if picks.category_id is not None:
        queryset = queryset.in_category(picks.category_id)
    for column, words in picks.conditions():
        queryset = queryset.filter(**{f"{column}__overlap": words})
    if picks.price_min is not None:
        queryset = queryset.filter(is_priced=True, currency_rank=0, price__gte=picks.price_min)
    if picks.price_max is not None:
        queryset = queryset.filter(is_priced=True, currency_rank=0, price__lte=picks.price_max)
    return queryset


def _downwards(name: str) -> OrderBy:
    return OrderBy(-F(name[1:]) if name.startswith("-") else F(name), descending=True)


def _cursor(card: ProductCard, sort: Sort) -> str:
    """Return the place of a card in an order, as text for an address."""
    values = [str(_value(card, name)) for name in _COLUMNS[sort]]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _value(card: ProductCard, name: str) -> Any:
    return -getattr(card, name[1:]) if name.startswith("-") else getattr(card, name)


def _beyond(cursor: str, sort: Sort) -> RawSQL:
    """Return the condition for rows after a cursor; a row comparison, so that the index finds the place."""
    if len(cursor) > CURSOR_LENGTH_LIMIT:
        raise BadCursorError(cursor[:CURSOR_LENGTH_LIMIT])
    columns = _COLUMNS[sort]
    types = {"is_available": "boolean", "publish_at": "timestamptz", "price": "numeric", "-price": "numeric"}
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        checked = [_checked(value, types.get(name, "bigint")) for name, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursorError(cursor) from error
    left = ", ".join(name if not name.startswith("-") else f"({name})" for name in columns)
    right = ", ".join(f"%s::{types.get(name, 'bigint')}" for name in columns)
    return RawSQL(f"({left}) < ({right})", checked, output_field=BooleanField())  # noqa: S611  our own column names


def _checked(value: object, kind: str) -> str:
    """Return a cursor's value as text the database can read; raise ValueError for anything else."""
    text = str(value)
    if not _FORMS[kind].fullmatch(text):
        raise ValueError(text)
    if kind == "timestamptz":
        datetime.fromisoformat(text)  # raises ValueError for a 31 June
    return text
