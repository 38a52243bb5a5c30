"""A buyer asks: opens a case, changes it once, takes it back, says something."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from catalog.models import Variant
from core import numbers, pictures
from core.money import Money
from orders.models import CaseEntry, CasePicture, Order, OrderLine, ReturnCase, ReturnLine
from orders.selectors import claims
from orders.services import lifecycle
from orders.services.cases import writing
from orders.services.cases.writing import Act

Status, Kind, Reason, Entry = ReturnCase.Status, ReturnCase.Kind, ReturnCase.Reason, CaseEntry.Kind
PICTURE_LIMIT = 5
PICTURE_SIDE = 1600


class CannotAskError(Exception):
    """This cannot be asked for; subclasses say why. Nothing is changed."""


class NothingLeftError(CannotAskError):
    """Fewer units are left than asked for: they have left meanwhile, went back, or are in another case."""


class TooLateError(CannotAskError):
    """The time to ask for this with this reason is over, or the product was sold as not returnable."""


class TooMuchMoneyError(CannotAskError):
    """More money is asked for than was paid for these units; `most` could be."""

    def __init__(self, most: Money) -> None:
        super().__init__(str(most.amount))
        self.most = most


class ChangedBeforeError(CannotAskError):
    """The buyer has changed the request before, or it is decided for good."""


@dataclass(frozen=True)
class Wish:
    """What a buyer asks for.

    units: by order line id. amount: None for all that was paid for them; a cancellation is always about all.
    wanted: another variant of the same product, by order line id, for an exchange.
    """

    kind: ReturnCase.Kind
    reason: ReturnCase.Reason
    units: Mapping[int, int]
    amount: Money | None = None
    explanation: str = ""
    pictures: Sequence[IO[bytes]] = ()
    wanted: Mapping[int, Variant] = field(default_factory=dict)


@transaction.atomic
def request(*, order: Order, wish: Wish, at: datetime, actor: User | None) -> ReturnCase:
    """Open a case; the shop has until its `due_at` to answer.

    Raises a CannotAskError, core.pictures.PictureError.
    """
    orders = lifecycle.lock(order.purchase_id)
    locked = next(each for each in orders if each.pk == order.pk)
    amount = _checked(locked, wish, at)
    case = ReturnCase.objects.create(
        number=_next_number(),
        order=locked,
        kind=wish.kind,
        reason=wish.reason,
        explanation=wish.explanation,
        amount=amount.amount,
        opened_by=actor,
        opened_at=at,
        due_at=_answer_by(locked, wish.kind, at),
    )
    _write_lines(case, wish)
    _keep_pictures(case, wish.pictures, at)
    act = Act(CaseEntry.Side.BUYER, at, actor, wish.explanation)
    writing.opened(case=case, act=act)
    writing.note(case=case, kind=Entry.REQUESTED, act=act, amount=amount.amount)
    return case


@transaction.atomic
def change(*, case: ReturnCase, wish: Wish, at: datetime, actor: User | None) -> None:
    """Ask for something else, once, while the shop has not agreed; it gets its time to answer anew.

    Raises ChangedBeforeError, writing.WrongStageError, a CannotAskError, core.pictures.PictureError.
    """
    locked = writing.lock(case, Status.REQUESTED, Status.REJECTED)
    if locked.is_changed or locked.is_final:
        raise ChangedBeforeError
    locked.lines.all().delete()  # so that its own units count as free
    amount = _checked(locked.order, wish, at)
    locked.kind, locked.reason, locked.explanation = wish.kind, wish.reason, wish.explanation
    locked.amount, locked.is_changed = amount.amount, True
    _write_lines(locked, wish)
    _keep_pictures(locked, wish.pictures, at)
    writing.move(case=locked, to=Status.REQUESTED, due_at=_answer_by(locked.order, wish.kind, at), at=at)
    act = Act(CaseEntry.Side.BUYER, at, actor, wish.explanation)
    writing.note(case=locked, kind=Entry.CHANGED, act=act, amount=amount.amount)


@transaction.atomic
def withdraw(*, case: ReturnCase, at: datetime, actor: User | None) -> None:
    """Take a request back, while nothing has been sent or given back; raise WrongStageError later."""
    locked = writing.lock(case, Status.REQUESTED, Status.ESCALATED, Status.AWAITING_GOODS)
    writing.move(case=locked, to=Status.WITHDRAWN, due_at=None, at=at)
    writing.note(case=locked, kind=Entry.WITHDRAWN, act=Act(CaseEntry.Side.BUYER, at, actor))


@transaction.atomic
def say(*, case: ReturnCase, act: Act) -> None:
    """Add a message to the thread of a case, whatever its stage."""
    writing.note(case=writing.lock(case, *Status), kind=Entry.MESSAGE, act=act)


def kind_before_leaving(order: Order) -> bool:
    """Tell whether nothing of an order has left, so that it can only be cancelled."""
    return order.fulfilment_status == Order.FulfilmentStatus.NONE


def _checked(order: Order, wish: Wish, at: datetime) -> Money:
    """Return the amount asked for; raise when units, time or money do not allow it."""
    is_unsent = wish.kind == Kind.CANCELLATION
    lines = list(order.lines.order_by("position"))
    free = {claim.line.pk: claim for claim in claims.of_order(order, lines) if claim.is_unsent == is_unsent}
    units = {line_id: quantity for line_id, quantity in wish.units.items() if quantity}
    if not units or any(line_id not in free or not 0 < units[line_id] <= free[line_id].quantity for line_id in units):
        raise NothingLeftError
    if not is_unsent and not all(claims.is_in_time(order, free[pk].line, wish.reason, at=at) for pk in units):
        raise TooLateError
    most = claims.most(order, free.values(), units, has_delivery=_has_delivery(order, lines, wish))
    if wish.kind == Kind.EXCHANGE:
        return Money.zero(order.currency)
    amount = wish.amount
    if amount is None or wish.kind == Kind.CANCELLATION:  # nothing is kept, so nothing stays paid
        return most
    if amount > most or amount.amount < 0 or amount != amount.rounded():
        raise TooMuchMoneyError(most)
    return amount


def _has_delivery(order: Order, lines: Sequence[OrderLine], wish: Wish) -> bool:
    """Tell whether delivery goes back too: when nothing is kept, and nothing was sent or the shop is to blame."""
    is_all = all(line.repaid_quantity + wish.units.get(line.pk, 0) >= line.quantity for line in lines)
    if wish.kind == Kind.CANCELLATION:
        return is_all and kind_before_leaving(order)
    return is_all and wish.reason in claims.SHOPS_FAULT


def _answer_by(order: Order, kind: ReturnCase.Kind, at: datetime) -> datetime:
    if kind != Kind.CANCELLATION:
        return at + timedelta(seconds=settings.CASE_ANSWER_SECONDS)
    is_packed = order.picked_at is not None
    seconds = settings.CANCELLATION_ANSWER_SECONDS if is_packed else settings.CANCELLATION_WAIT_SECONDS
    return at + timedelta(seconds=seconds)


def _write_lines(case: ReturnCase, wish: Wish) -> None:
    ReturnLine.objects.bulk_create(
        ReturnLine(case=case, line_id=line_id, quantity=quantity, wanted=wish.wanted.get(line_id))
        for line_id, quantity in sorted(wish.units.items())
        if quantity
    )


def _keep_pictures(case: ReturnCase, files: Sequence[IO[bytes]], at: datetime) -> None:
    """Encode photographs anew, so that nothing but what they show is kept; as many as there is room for."""
    for file in files[: PICTURE_LIMIT - case.pictures.count()]:
        image = pictures.decode(
            file,
            byte_limit=settings.PICTURE_BYTE_LIMIT,
            pixel_limit=settings.PICTURE_PIXEL_LIMIT,
            side=PICTURE_SIDE,
        )
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=80, method=4)
        CasePicture.objects.create(case=case, content=buffer.getvalue(), created_at=at)


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_case_number')")
        return numbers.conceal(int(cursor.fetchone()[0]), key=settings.ORDER_NUMBER_KEY)
