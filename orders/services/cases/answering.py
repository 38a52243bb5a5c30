"""The shop answers a case, and the platform decides where the two cannot agree."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from orders.models import CaseEntry, ReturnCase
from orders.selectors import claims
from orders.services.cases import granting, writing
from orders.services.cases.writing import Act

Status, Entry = ReturnCase.Status, CaseEntry.Kind


class ReasonMissingError(Exception):
    """Who declines has to say why."""


class UnitsGoneError(Exception):
    """Units of the case have gone back, have left, or are in another case."""


class OtherVersionError(Exception):
    """The case has changed since the page was shown; `case` is as it is now."""

    def __init__(self, case: ReturnCase) -> None:
        super().__init__(case.number)
        self.case = case


@transaction.atomic
def approve(*, case: ReturnCase, act: Act, version: int | None = None) -> None:
    """Agree to a request.

    version: of the case that was looked at; who agrees agrees to what was shown.
    Raises writing.WrongStageError, OtherVersionError.
    """
    locked = _seen(case, version, Status.REQUESTED)
    writing.note(case=locked, kind=Entry.APPROVED, act=act, amount=locked.amount)
    granting.grant(case=locked, act=act)


@transaction.atomic
def reject(*, case: ReturnCase, act: Act, version: int | None = None) -> None:
    """Decline a request and say why; the buyer may change it once, or ask the platform, for some days.

    Raises writing.WrongStageError, OtherVersionError, ReasonMissingError.
    """
    if not act.text.strip():
        raise ReasonMissingError
    locked = _seen(case, version, Status.REQUESTED)
    due_at = act.at + timedelta(seconds=settings.CASE_ESCALATION_SECONDS)
    writing.move(case=locked, to=Status.REJECTED, due_at=due_at, at=act.at)
    writing.note(case=locked, kind=Entry.REJECTED, act=act)


@transaction.atomic
def escalate(*, case: ReturnCase, act: Act) -> None:
    """Ask the platform to decide what the shop has declined.

    Raises WrongStageError once that time is over, UnitsGoneError when its units went another way meanwhile.
    """
    locked = writing.lock(case, Status.REJECTED)
    if locked.is_final or locked.due_at is None or locked.due_at < act.at:
        raise writing.WrongStageError(locked)
    if not claims.are_free(locked):
        raise UnitsGoneError
    due_at = act.at + timedelta(seconds=settings.CASE_DECISION_SECONDS)
    writing.move(case=locked, to=Status.ESCALATED, due_at=due_at, at=act.at)
    writing.note(case=locked, kind=Entry.ESCALATED, act=act)


@transaction.atomic
def decide(*, case: ReturnCase, is_granted: bool, act: Act) -> None:
    """Decide for good, as the platform: the request is granted, or stays declined.

    Raises writing.WrongStageError, ReasonMissingError.
    """
    if not act.text.strip():
        raise ReasonMissingError
    locked = writing.lock(case, Status.ESCALATED)
    locked.is_final = True
    if is_granted:
        writing.note(case=locked, kind=Entry.APPROVED, act=act, amount=locked.amount)
        granting.grant(case=locked, act=act)
    else:
        writing.move(case=locked, to=Status.REJECTED, due_at=None, at=act.at)
        writing.note(case=locked, kind=Entry.REJECTED, act=act)


def _seen(case: ReturnCase, version: int | None, *stages: ReturnCase.Status) -> ReturnCase:
    locked = writing.lock(case, *stages)
    if version is not None and locked.version != version:
        raise OtherVersionError(locked)
    return locked
