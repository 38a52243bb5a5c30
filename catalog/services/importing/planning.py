"""Look through a file first: which attributes, categories, types and brands its products need."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from catalog.models import Attribute, AttributeChoice, Brand, Category, ProductType, TypeAttribute
from catalog.selectors.languages import in_all_languages, localized, pick
from catalog.services import categories, facts
from catalog.services.importing.reading import Problem, Row

CHOICE_LIMIT = 40
CHOICE_USES = 5
CHOICE_LENGTH = 80
OTHER = ("Other",)
Kind = Attribute.Kind


@dataclass
class Uses:
    """How an attribute is used in a file."""

    count: int = 0
    kinds: set[type] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)

    def add(self, value: Any, product_type: str) -> None:
        """Count one more value; values are collected only as long as they could be choices."""
        self.count += 1
        self.kinds.add(float if isinstance(value, int | float) and not isinstance(value, bool) else type(value))
        self.types.add(product_type)
        if isinstance(value, str) and len(self.values) <= CHOICE_LIMIT:
            self.values.add(value if len(value) <= CHOICE_LENGTH else value[: CHOICE_LENGTH + 1])

    def kind(self) -> Attribute.Kind:
        """Return the narrowest kind that holds every value seen."""
        if self.kinds == {bool}:
            return Kind.BOOL
        if self.kinds == {float}:
            return Kind.DECIMAL
        is_choice = len(self.values) <= CHOICE_LIMIT and self.count >= CHOICE_USES * len(self.values)
        if self.kinds == {str} and is_choice and all(len(value) <= CHOICE_LENGTH for value in self.values):
            return Kind.CHOICE
        return Kind.TEXT


@dataclass
class Survey:
    """What a first reading of the file found."""

    row_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    attributes: dict[str, Uses] = field(default_factory=lambda: defaultdict(Uses))
    categories: dict[tuple[str, ...], str] = field(default_factory=dict)
    brands: Counter[str] = field(default_factory=Counter)


@dataclass
class Plan:
    """Everything rows refer to, ready in the database: ids by the names that files use."""

    categories: dict[tuple[str, ...], int]
    types: dict[str, int]
    brands: dict[str, int]
    codes: dict[str, str]
    definitions: dict[str, facts.Definition]


def survey(rows: Iterable[Row | Problem]) -> Survey:
    """Read all rows once and note what they need."""
    found = Survey()
    for row in rows:
        found.row_count += 1
        if isinstance(row, Problem):
            found.problems.append(row)
            continue
        path = row.category or OTHER
        found.categories.setdefault(path, row.language)
        if row.brand:
            found.brands[row.brand] += 1
        for name, value in row.attributes.items():
            found.attributes[name].add(value, path[0])
    return found


@transaction.atomic
def prepare(found: Survey) -> Plan:
    """Create the categories, types, brands and attributes that are not there yet; called twice: no change."""
    categories = _categories(found.categories)
    types = _types({path[0] for path in found.categories})
    codes, definitions = _attributes(found.attributes, types)
    return Plan(categories, types, _brands(found.brands), codes, definitions)


def attribute_code(name: str) -> str:
    """Return an attribute's code for a name in a file."""
    code = re.sub(r"[^a-z0-9]+", "_", slugify(name).replace("-", "_")).strip("_")[:70]
    return code if code and code[0].isalpha() else f"a_{code}".rstrip("_")


def _categories(paths: Mapping[tuple[str, ...], str]) -> dict[tuple[str, ...], int]:
    """Return category ids by path; missing ones are made below their parents."""
    known: dict[tuple[str, ...], Category] = {}
    by_path = {category.path: category for category in Category.objects.all()}
    for tree_path, category in by_path.items():
        step = Category.steplen
        above = [by_path[tree_path[:end]] for end in range(step, len(tree_path) + 1, step)]
        way = tuple(pick(in_all_languages(each, "name"), "en") for each in above)
        known.setdefault(way, category)
    slugs = set(Category.objects.values_list("slug", flat=True))
    for path, language in sorted(paths.items()):
        for depth in range(1, len(path) + 1):
            way = path[:depth]
            if way not in known:
                parent = Category.objects.get(pk=known[way[:-1]].pk) if depth > 1 else None
                known[way] = categories.add(slug=_free_slug(way, slugs), names={language: way[-1]}, parent=parent)
    return {path: known[path].pk for path in paths}


def _free_slug(way: tuple[str, ...], taken: set[str]) -> str:
    base = slugify(way[-1])[:100] or f"category-{len(taken) + 1}"
    longer = slugify(" ".join(way))[:100] or base
    for slug in (base, longer, *(f"{longer}-{number}" for number in range(2, 10_000))):
        if slug not in taken:
            taken.add(slug)
            return slug
    raise ValueError(way)


def _types(names: Iterable[str]) -> dict[str, int]:
    """Return product type ids by the name of the top category."""
    existing = ProductType.objects.filter(code__startswith="imported")
    known = {product_type.name: product_type.pk for product_type in existing}
    for place, name in enumerate(sorted(set(names) - set(known))):
        code = f"imported-{slugify(name)[:60]}".rstrip("-")
        if ProductType.objects.filter(code=code).exists():
            code = f"{code}-{ProductType.objects.count() + place}"
        known[name] = ProductType.objects.create(code=code, **localized("name", {"en": name, "zh-hans": name})).pk
    return known


def _brands(counted: Counter[str]) -> dict[str, int]:
    known = dict(Brand.objects.filter(name__in=counted).values_list("name", "pk"))
    taken = set(Brand.objects.values_list("slug", flat=True))
    missing = []
    for name in sorted(set(counted) - set(known)):
        base = slugify(name)[:100] or f"brand-{len(taken) + 1}"
        slug = base if base not in taken else f"{base}-{len(taken) + 1}"
        taken.add(slug)
        missing.append(Brand(name=name, slug=slug))
    known |= {brand.name: brand.pk for brand in Brand.objects.bulk_create(missing)}
    return known


def _attributes(
    used: Mapping[str, Uses], types: Mapping[str, int]
) -> tuple[dict[str, str], dict[str, facts.Definition]]:
    """Return codes by name, and definitions by code; attributes made by hand are left alone."""
    known = {attribute.code: attribute for attribute in Attribute.objects.all()}
    codes: dict[str, str] = {}
    merged: dict[str, Uses] = {}
    for place, (name, uses) in enumerate(sorted(used.items(), key=lambda pair: (-pair[1].count, pair[0]))):
        code = attribute_code(name)
        if code in known and not known[code].is_imported:
            code = f"imported_{code}"
        codes[name] = code
        if code not in known:
            known[code] = _new_attribute(code, name, uses.kind(), position=1000 + place)
        elif _must_widen(known[code], uses):
            known[code].kind = Kind.TEXT
            known[code].save(update_fields=["kind"])
        merged[code] = _merge(merged.get(code), uses)
    _link_types(known, merged, types)
    return codes, facts.definitions(Attribute.objects.filter(code__in=merged).prefetch_related("choices"))


def _new_attribute(code: str, name: str, kind: Attribute.Kind, *, position: int) -> Attribute:
    title = name[:1].upper() + name[1:]
    return Attribute.objects.create(
        code=code,
        kind=kind,
        position=position,
        is_filterable=kind == Kind.CHOICE,
        is_imported=True,
        **localized("name", {"en": title[:120]}),
    )


def _must_widen(attribute: Attribute, uses: Uses) -> bool:
    """Whether a number or flag of an earlier file meets text in this one; what is stored stays readable as text."""
    fitting: dict[str, type] = {Kind.BOOL: bool, Kind.DECIMAL: float}
    return attribute.kind in fitting and uses.kinds != {fitting[attribute.kind]}


def _merge(one: Uses | None, other: Uses) -> Uses:
    """Return the uses of two names with one code together."""
    if one is None:
        return other
    return Uses(one.count + other.count, one.kinds | other.kinds, one.values | other.values, one.types | other.types)


@transaction.atomic
def add_choices(*, plan: Plan, wanted: Mapping[str, Mapping[str, str]]) -> None:
    """Give attributes the choices they lack.

    wanted: labels by choice code, by attribute code.
    """
    attributes = {row.code: row for row in Attribute.objects.filter(code__in=wanted)}
    AttributeChoice.objects.bulk_create(
        [
            AttributeChoice(attribute=attributes[code], code=choice, **localized("label", {"en": label[:120]}))
            for code, labels in wanted.items()
            for choice, label in sorted(labels.items())
        ],
        ignore_conflicts=True,
    )
    for code, labels in wanted.items():
        definition = plan.definitions[code]
        plan.definitions[code] = replace(definition, choices=definition.choices | labels.keys())


def choice_code(value: str) -> str:
    """Return a choice's code for a value in a file; values that differ only in case or signs share one."""
    return slugify(value, allow_unicode=True)[:80] or "other"


def _link_types(known: Mapping[str, Attribute], used: Mapping[str, Uses], types: Mapping[str, int]) -> None:
    links = [
        TypeAttribute(product_type_id=types[name], attribute=known[code], position=known[code].position)
        for code, uses in used.items()
        for name in sorted(uses.types)
    ]
    TypeAttribute.objects.bulk_create(links, ignore_conflicts=True)
