"""A buyer's own orders: tabs with counts, search, pages by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from core import numbers
from orders.models import Order, OrderLine
from orders.selectors import stages
from orders.selectors.stages import Stage

PAGE_SIZE = 20
TABS = (Stage.TO_PAY, Stage.TO_SHIP, Stage.TO_RECEIVE)
WORD_LIMIT = 100


@dataclass(frozen=True)
class Page:
    """Orders, the newest first, and the id after which the next page begins; None on the last one."""

    orders: Sequence[Order]
    next_before: int | None


def counts(*, user: User) -> dict[str, int]:
    """Return how many orders of a buyer are in each tab; one query."""
    wanted = {stage.name: Count("pk", filter=stages.CONDITIONS[stage]) for stage in TABS}
    found = Order.objects.filter(user=user).aggregate(**wanted)
    return {stage: found[stage.name] for stage in TABS}


def page(
    *, user: User, stage: Stage | None = None, words: str = "", before: int | None = None, size: int = PAGE_SIZE
) -> Page:
    """Return a page of a buyer's orders with lines and merchants; two queries however many there are.

    words: an order number, or part of a title or of a merchant's name. before: the id the page before ended with.
    """
    orders = Order.objects.filter(user=user).select_related("merchant").prefetch_related("lines")
    if stage:
        orders = orders.filter(stages.CONDITIONS[stage])
    if words:
        orders = orders.filter(_matches(user, words[:WORD_LIMIT]))
    if before:
        orders = orders.filter(pk__lt=before)
    found = list(orders.order_by("-pk")[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def _matches(user: User, words: str) -> Q:
    lines = OrderLine.objects.filter(order__user=user, title__icontains=words).values("order")
    condition = Q(pk__in=lines) | Q(merchant__name__icontains=words)
    return condition | Q(number=words) if numbers.is_valid(words) else condition
