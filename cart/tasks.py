"""Cleaning up."""

from celery import shared_task
from django.utils import timezone

from cart import services


@shared_task
def delete_idle() -> None:
    """Delete carts that nobody has touched for long, in batches."""
    while services.delete_idle(at=timezone.now()) == services.DELETE_BATCH:
        pass
