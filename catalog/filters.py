"""The filter form of a listing: checks what stands in the address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import TextInput
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.models import Attribute, Product, ProductCard
from catalog.selectors.facets import BRAND, STOCK, Picks

RESERVED = ("sort", "page", "after", "price_min", "price_max", "q")
VALUES_EACH = 30
VALUES_OF_THREE_OPTIONS = 10  # each: what is searched for is every combination of them
_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")


class PriceFilter(django_filters.NumberFilter):  # type: ignore[misc]  # the library has no types
    """A bound of the price, typed as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            field_name="price",
            min_value=0,
            max_digits=12,
            decimal_places=2,
            widget=TextInput(attrs={"inputmode": "decimal"}),
            error_messages={"invalid": _("Enter an amount, like 120 or 99.50")},
            **options,
        )


class ListingFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Price bounds as fields, and boxes for every filterable attribute the address names."""

    price_min = PriceFilter(lookup_expr="gte")
    price_max = PriceFilter(lookup_expr="lte")

    class Meta:
        model = ProductCard
        fields: Sequence[str] = ()

    def picks(self, category_id: int | None) -> Picks:
        """Return what was picked; words that name no filter are left out, and so are bounds with an error."""
        named = [name for name in self.data if _CODE.fullmatch(name) and name not in RESERVED]
        attributes = dict(
            Attribute.objects.filter(code__in=named, is_filterable=True).values_list("code", "is_variant_making")
        )
        options = [name for name in named if attributes.get(name)][: Product.OPTION_LIMIT]
        facts = [name for name in named if name in (STOCK, BRAND) or attributes.get(name) is False]
        limit = VALUES_OF_THREE_OPTIONS if len(options) == Product.OPTION_LIMIT else VALUES_EACH
        self.form.full_clean()
        cleaned = getattr(self.form, "cleaned_data", {})
        return Picks(
            category_id=category_id,
            values={code: _values(self.data, code, VALUES_EACH) for code in facts}
            | {code: _values(self.data, code, limit) for code in options},
            options=frozenset(options),
            price_min=cleaned.get("price_min"),
            price_max=cleaned.get("price_max"),
        )


def listing_filter(data: QueryDict, queryset: QuerySet[ProductCard] | None = None) -> ListingFilter:
    """Return the form for an address's query."""
    return ListingFilter(data, queryset=queryset if queryset is not None else ProductCard.objects.none())


def _values(data: QueryDict, code: str, limit: int) -> tuple[str, ...]:
    values = dict.fromkeys(value for value in data.getlist(code) if value and "\x00" not in value)
    allowed = ("in", "sale") if code == STOCK else None
    return tuple(value for value in values if allowed is None or value in allowed)[:limit]
