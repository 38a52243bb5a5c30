"""The category tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from catalog.models import Category
from catalog.selectors.content import outdate_frame_on_commit
from catalog.selectors.languages import localized
from core import shared


@transaction.atomic
def add(*, slug: str, names: Mapping[str, str], parent: Category | None = None, **fields: Any) -> Category:
    """Add a category below another one, as its last child, or to the first level.

    names: by language code. fields: further columns of Category.
    """
    values = {"slug": slug, **localized("name", names), **fields}
    made: Category
    if parent is None:
        made = Category.objects.add_root(create_kwargs=values)
    else:
        made = Category.objects.add_child(parent, create_kwargs=values)
    outdate_frame_on_commit()
    shared.outdate_on_commit()
    return made
