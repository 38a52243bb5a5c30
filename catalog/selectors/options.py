"""How options and facts are called in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.db.models import Q

from catalog.models import AttributeChoice

Labels = dict[tuple[str, str], str]


def labels(options: Iterable[Mapping[str, str]]) -> Labels:
    """Return the labels of the choices used in these options by attribute and choice code, in the attributes' order."""
    pairs = {pair for each in options for pair in each.items()}
    if not pairs:
        return {}
    wanted = reduce(or_, (Q(attribute__code=code, code=choice) for code, choice in sorted(pairs)))
    rows = AttributeChoice.objects.filter(wanted).select_related("attribute").order_by("attribute__position", "pk")
    return {(row.attribute.code, row.code): row.label for row in rows}


def written(options: Mapping[str, str], known: Labels) -> str:
    """Return the options as a shopper reads them, such as "Ink · 360 ml"."""
    labelled = {pair: label for pair, label in known.items() if options.get(pair[0]) == pair[1]}
    return " · ".join(
        [*labelled.values(), *(value for code, value in options.items() if (code, value) not in labelled)]
    )
