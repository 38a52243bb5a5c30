"""Work of orders that can wait."""

from celery import shared_task
from django.utils import timezone

from orders.services import editing, lookups, receiving, sales
from orders.services.cases import timers


@shared_task
def count_sold() -> None:
    """Bring the sold figures up to date."""
    while sales.count_sold(at=timezone.now()) == sales.BATCH:
        pass
    while sales.count_added(at=timezone.now()) == sales.BATCH:
        pass


@shared_task
def answer_lookups() -> None:
    """Mail the codes that guests wait for."""
    while lookups.answer(at=timezone.now()) == lookups.BATCH:
        pass


@shared_task
def delete_old_lookups() -> None:
    """Forget who looked for which order."""
    lookups.delete_old(at=timezone.now())


@shared_task
def act_on_deadlines() -> None:
    """Do what silence does: to cases, and to orders whose receipt nobody has confirmed."""
    while timers.act_on_due(at=timezone.now()) == timers.BATCH:
        pass
    while editing.expire_due(at=timezone.now()) == editing.BATCH:
        pass
    receiving.remind(at=timezone.now())
    while receiving.confirm_due(at=timezone.now()) == receiving.BATCH:
        pass
