"""What can be had in exchange: the other variants of what was bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Variant
from catalog.selectors import options
from orders.models import OrderLine


@dataclass(frozen=True)
class Alternative:
    """Another variant of a product, and what it is called in the active language."""

    variant: Variant
    name: str


def of_lines(lines: Sequence[OrderLine]) -> dict[int, list[Alternative]]:
    """Return the variants that can be chosen instead, by order line id; two queries."""
    products = {line.product_id for line in lines if line.product_id}
    variants = list(Variant.objects.filter(product__in=products, is_active=True).order_by("position", "pk"))
    known = options.labels(each.options for each in variants)
    return {
        line.pk: [
            Alternative(each, options.written(each.options, known))
            for each in variants
            if each.product_id == line.product_id and each.pk != line.variant_id
        ]
        for line in lines
    }
