"""Work of orders that can wait."""

from celery import shared_task
from django.utils import timezone

from orders.services import lookups, sales


@shared_task
def count_sold() -> None:
    """Bring the sold figures up to date."""
    while sales.count_sold(at=timezone.now()) == sales.BATCH:
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
