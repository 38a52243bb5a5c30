"""A buyer's own orders: tabs with counts, search, pages by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import numbers
from orders.models import Order, OrderEvent, OrderLine
from orders.selectors import stages
from orders.selectors.stages import Stage

PAGE_SIZE = 20
WORD_LIMIT = 100
OVER = (Order.Status.COMPLETED, Order.Status.CANCELLED)
RETURNED = (OrderEvent.Kind.SURPLUS, OrderEvent.Kind.REFUNDED)


class Tab(StrEnum):
    """A part of the list of own orders, as its address calls it."""

    TO_PAY = Stage.TO_PAY.value
    TO_SHIP = Stage.TO_SHIP.value
    TO_RECEIVE = Stage.TO_RECEIVE.value
    TO_REVIEW = Stage.TO_REVIEW.value
    RETURNS = "returns"
    HIDDEN = "hidden"


STAGES = {Tab(each.value): each for each in (Stage.TO_PAY, Stage.TO_SHIP, Stage.TO_RECEIVE, Stage.TO_REVIEW)}
LABELS: dict[Tab, str | Promise] = {
    **{tab: stages.LABELS[stage].tab for tab, stage in STAGES.items()},
    Tab.RETURNS: _("Returns"),
    Tab.HIDDEN: _("Hidden orders"),
}
_HIDDEN = Q(is_hidden=True, status__in=OVER)  # one that was paid late and goes on is shown again


@dataclass(frozen=True)
class Page:
    """Orders, the newest first, and the id after which the next page begins; None on the last one."""

    orders: Sequence[Order]
    next_before: int | None


def counts(*, user: User) -> dict[Tab, int]:
    """Return how many orders of a buyer are in each tab; one query."""
    wanted = {tab.name: Count("pk", filter=_condition(tab)) for tab in Tab}
    found = Order.objects.filter(user=user).aggregate(**wanted)
    return {tab: found[tab.name] for tab in Tab}


def page(
    *, user: User, tab: Tab | None = None, words: str = "", before: int | None = None, size: int = PAGE_SIZE
) -> Page:
    """Return a page of a buyer's orders with lines and merchants; two queries however many there are.

    words: an order number, or part of a title or of a merchant's name. before: the id the page before ended with.
    """
    orders = Order.objects.filter(_condition(tab) if tab else ~_HIDDEN, user=user)
    orders = orders.select_related("merchant").prefetch_related("lines")
    if words:
        orders = orders.filter(_matches(user, words[:WORD_LIMIT]))
    if before:
        orders = orders.filter(pk__lt=before)
    found = list(orders.order_by("-pk")[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def _condition(tab: Tab) -> Q:
    """Return what the orders of a tab have in common; a hidden order is in its own tab alone."""
    if tab == Tab.HIDDEN:
        return _HIDDEN
    if tab == Tab.RETURNS:
        went_back = Exists(OrderEvent.objects.filter(order=OuterRef("pk"), kind__in=RETURNED))
        return (Q(has_open_case=True) | Q(went_back)) & ~_HIDDEN
    return stages.CONDITIONS[STAGES[tab]] & ~_HIDDEN


def _matches(user: User, words: str) -> Q:
    lines = OrderLine.objects.filter(order__user=user, title__icontains=words).values("order")
    condition = Q(pk__in=lines) | Q(merchant__name__icontains=words)
    return condition | Q(number=words) if numbers.is_valid(words) else condition
