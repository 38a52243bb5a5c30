"""Work of orders that can wait."""

from celery import shared_task
from django.utils import timezone

from orders.services import sales


@shared_task
def count_sold() -> None:
    """Bring the sold figures up to date."""
    while sales.count_sold(at=timezone.now()) == sales.BATCH:
        pass
