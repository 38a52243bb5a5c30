"""Where a category stands in the tree, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Q
from django.utils.translation import get_language

from catalog.models import Category
from catalog.selectors.content import Link, frame_version

CACHE_SECONDS = 60


@dataclass(frozen=True)
class Trail:
    """The way from the top to a category, and what is directly below it or, at the end, beside it."""

    above: list[Link]
    here: Link
    description: str
    family: list[Link]
    family_head: Link

    @property
    def top_slug(self) -> str:
        """The slug of the first category on the way."""
        return (self.above or [self.here])[0].slug


def trail(category: Category) -> Trail:
    """Return a category's place, at most a minute old; one query when it has to be looked up."""
    key = f"trail:{frame_version()}:{get_language()}:{category.pk}"
    found = cache.get(key)
    if isinstance(found, Trail):
        return found
    step = Category.steplen
    way = [category.path[:end] for end in range(step, len(category.path), step)]
    head_path = category.path if category.numchild or not way else way[-1]
    is_family = Q(path__startswith=head_path, depth=len(head_path) // step + 1, is_visible=True)
    rows = list(Category.objects.filter(is_family | Q(path__in=way)).order_by("path"))
    above = [row for row in rows if row.path in way]
    head = category if head_path == category.path else above[-1]
    family = [row for row in rows if row.path not in way]
    made = Trail(
        above=[_link(each) for each in above],
        here=_link(category),
        description=category.description,
        family=[_link(each) for each in family],
        family_head=_link(head),
    )
    cache.set(key, made, CACHE_SECONDS)
    return made


def _link(category: Category) -> Link:
    return Link(category.name, category.get_absolute_url(), category.slug)
