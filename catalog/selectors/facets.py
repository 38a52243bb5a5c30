"""Which filters a listing offers, and how many products each would leave."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import product as every_combination
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from catalog.models import Attribute, AttributeChoice, Brand
from core.rows import Statement

CACHE_SECONDS = 60
GROUP_LIMIT = 9
VALUE_LIMIT = 24
TOTAL = "*"
STOCK, BRAND = "stock", "brand"
_CHOICES = Statement(
    """
    SELECT {attribute}, {choice}
    FROM catalog_attribute attribute
    LEFT JOIN catalog_attributechoice choice ON choice.attribute_id = attribute.id
    WHERE attribute.code = ANY(%s) AND attribute.is_filterable
    ORDER BY attribute.position, attribute.id, choice.position, choice.id
    """,
    attribute=Attribute,
    choice=AttributeChoice,
)


@dataclass(frozen=True)
class Picks:
    """What a shopper has ticked and typed, already checked.

    values: picked choice codes by attribute code; `stock` and `brand` among them.
    options: which of these codes make variants, so that one variant must fit all of them.
    """

    category_id: int | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: frozenset[str] = frozenset()
    price_min: Decimal | None = None
    price_max: Decimal | None = None

    def conditions(self, *, without: str = "") -> list[tuple[str, list[str]]]:
        """Return columns and words, of which each column must have one; `without` leaves a group out."""
        values = {code: chosen for code, chosen in self.values.items() if code != without and chosen}
        is_in_stock = "in" in values.get(STOCK, ())
        options = sorted(code for code in values if code in self.options)
        found: list[tuple[str, list[str]]] = []
        for code, chosen in values.items():
            if code == STOCK:
                found += [("facets", [f"{STOCK}={value}"]) for value in chosen]
            elif code not in self.options or (len(options) == 1 and not is_in_stock):
                found.append(("facets", [f"{code}={value}" for value in chosen]))
        if len(options) > 1 or (options and is_in_stock):
            sign = "+" if is_in_stock else ""
            picked = every_combination(*([f"{code}={value}" for value in values[code]] for code in options))
            found.append(("combinations", [sign + "&".join(pairs) for pairs in picked]))
        return found


@dataclass(frozen=True)
class Value:
    """One box to tick."""

    code: str
    label: str
    count: int
    is_picked: bool
    swatch: str = ""


@dataclass(frozen=True)
class Group:
    """The boxes of one attribute."""

    code: str
    name: str
    values: Sequence[Value]

    @property
    def has_picks(self) -> bool:
        """Whether a box of it is ticked."""
        return any(value.is_picked for value in self.values)


def counts(picks: Picks, *, at: datetime) -> dict[str, int]:
    """Return the number of products for each word such as `colour=ink`, and for `*` the total.

    Within a group the group's own picks do not count: they say what else could be ticked. One query,
    kept for a minute.
    """
    key = _key(picks)
    found = cache.get(key)
    if isinstance(found, dict):
        return found
    query, parameters = _counting(picks, at)
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        result = {word: count for word, count in cursor.fetchall() if count}
    result.setdefault(TOTAL, 0)
    cache.set(key, result, CACHE_SECONDS)
    return result


def groups(picks: Picks, found: Mapping[str, int]) -> list[Group]:
    """Return the filters to show, labelled in the reader's language, the fullest values first."""
    by_code: dict[str, dict[str, int]] = {}
    for word, count in found.items():
        code, sign, value = word.partition("=")
        if sign:
            by_code.setdefault(code, {})[value] = count
    for code, chosen in picks.values.items():
        for value in chosen:
            by_code.setdefault(code, {}).setdefault(value, 0)
    named = _names(by_code)
    result = [_stock_group(picks, by_code.pop(STOCK, {}))]
    for code, (name, labels) in named.items():
        values = [
            Value(value, labels[value][0], count, value in picks.values.get(code, ()), labels[value][1])
            for value, count in by_code[code].items()
            if value in labels
        ]
        values.sort(key=lambda value: (not value.is_picked, -value.count, value.label))
        if len(values) > 1 or any(value.is_picked for value in values):
            result.append(Group(code, name, values[:VALUE_LIMIT]))
    return result[:GROUP_LIMIT]


def _stock_group(picks: Picks, found: Mapping[str, int]) -> Group:
    labels = {"in": pgettext("filter", "In stock"), "sale": _("On sale")}
    return Group(
        STOCK,
        _("Availability"),
        [Value(code, label, found.get(code, 0), code in picks.values.get(STOCK, ())) for code, label in labels.items()],
    )


def _names(by_code: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
    """Return names and the labels and colours of values, by code, in the attributes' order; kept for a minute."""
    codes, slugs = sorted(set(by_code) - {STOCK, BRAND}), sorted(by_code.get(BRAND, ()))
    key = f"facet-names:{get_language()}:{hashlib.sha256(json.dumps([codes, slugs]).encode()).hexdigest()[:20]}"
    found = cache.get(key)
    if isinstance(found, dict):
        return found
    result: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {}
    for attribute, choice in _CHOICES.rows([codes]):
        known = {"yes": (_("Yes"), "")} if attribute.kind == Attribute.Kind.BOOL else {}
        labels = result.setdefault(attribute.code, (attribute.name, known))[1]
        if choice:
            labels[choice.code] = (choice.label, choice.swatch)
    if slugs:
        brands = Brand.objects.filter(slug__in=slugs).order_by("name")
        result[BRAND] = (_("Brand"), {brand.slug: (brand.name, "") for brand in brands})
    cache.set(key, result, CACHE_SECONDS)
    return result


def _counting(picks: Picks, at: datetime) -> tuple[str, list[Any]]:
    """Return the query: each matching row once, its words unnested, each word judged by its own group."""
    active = [code for code, chosen in picks.values.items() if chosen]
    flags: list[str] = []
    parameters: list[Any] = []
    for name, code in [("fits", ""), *((f"fits_{place}", code) for place, code in enumerate(active))]:
        conditions = picks.conditions(without=code)
        clause = " AND ".join(f"{column} && %s::text[]" for column, _ in conditions) or "TRUE"
        flags.append(f"({clause}) AS {name}")
        parameters += [words for _, words in conditions]
    where, more = _base(picks, at)
    choice = " ".join(f"WHEN %s THEN fits_{place}" for place in range(len(active)))
    judged = f"CASE split_part(word, '=', 1) {choice} ELSE fits END" if active else "fits"
    query = f"""
        WITH matching AS MATERIALIZED (
            SELECT facets, {", ".join(flags)} FROM catalog_productcard WHERE {where}
        )
        SELECT '{TOTAL}', count(*) FROM matching WHERE fits
        UNION ALL
        SELECT word, count(*) FROM matching, unnest(facets) word WHERE {judged} GROUP BY word
    """  # noqa: S608  only our own column names are put in
    return query, [*parameters, *more, *active]


def _base(picks: Picks, at: datetime) -> tuple[str, list[Any]]:
    """Return the conditions that no tick changes: published, category, price."""
    clauses = ["is_published", "publish_at <= %s", "(unpublish_at IS NULL OR unpublish_at > %s)"]
    parameters: list[Any] = [at, at]
    if picks.category_id is not None:
        clauses.append("category_ids @> %s::int[]")
        parameters.append([picks.category_id])
    for bound, sign in ((picks.price_min, ">="), (picks.price_max, "<=")):
        if bound is not None:
            clauses.append(f"is_priced AND currency_rank = 0 AND price {sign} %s")
            parameters.append(bound)
    return " AND ".join(clauses), parameters


def _key(picks: Picks) -> str:
    words = [
        picks.category_id,
        sorted((code, sorted(chosen)) for code, chosen in picks.values.items() if chosen),
        str(picks.price_min),
        str(picks.price_max),
    ]
    return f"facets:{hashlib.sha256(json.dumps(words).encode()).hexdigest()}"
