"""To look at the shop as a customer, for a reason that is kept.

Its beginning and its end are audit entries, and it is nothing else: what has a beginning without an end is open.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from accounts.selectors import viewings
from accounts.selectors.viewings import Obstacle

logger = logging.getLogger(__name__)


class NotACustomerError(Exception):
    """Nobody looks at the shop as this user."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


@transaction.atomic
def begin(*, customer: User, operator: User, reason: str, at: datetime) -> AuditEntry:
    """Note that an operator begins to look as a customer.

    Raises NotACustomerError for the operator's own account, for who works here, and for a locked or erased account.
    """
    locked = User.objects.select_for_update().get(pk=customer.pk)
    obstacle = viewings.obstacle(customer=locked, operator=operator)
    if obstacle is not None:
        raise NotACustomerError(obstacle)
    entry = AuditEntry.objects.create(
        act=AuditEntry.Act.VIEW_BEGAN, user=locked, actor=operator.get_username(), reason=reason, happened_at=at
    )
    logger.info("view as customer began", extra={"entry": entry.pk, "operator": operator.pk, "user": locked.pk})
    return entry


@transaction.atomic
def end(*, beginning_id: int, at: datetime) -> None:
    """Note the end of what began with this entry, at the latest when its time was up; called twice: no change."""
    beginning = AuditEntry.objects.get(pk=beginning_id, act=AuditEntry.Act.VIEW_BEGAN)
    values = {
        "act": AuditEntry.Act.VIEW_ENDED,
        "user_id": beginning.user_id,
        "actor": beginning.actor,
        "reason": beginning.reason,
        "happened_at": min(at, beginning.happened_at + viewings.LENGTH),
    }
    _, is_new = AuditEntry.objects.get_or_create(beginning=beginning, defaults=values)
    if is_new:
        logger.info("view as customer ended", extra={"entry": beginning.pk, "user": beginning.user_id})


def end_overdue(*, at: datetime) -> None:
    """Note the end of those that nobody has ended, such as by a browser that was closed."""
    for beginning_id in viewings.overdue(at=at).order_by("pk").values_list("pk", flat=True):
        end(beginning_id=beginning_id, at=at)
