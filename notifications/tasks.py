"""Emptying the outbox in the background."""

from celery import shared_task
from django.utils import timezone

from notifications.services import delivery


@shared_task
def deliver_due() -> None:
    """Send messages until none is due; a wake-up after each write, and a sweep by beat."""
    while delivery.deliver_due(at=timezone.now()) == delivery.BATCH:
        pass
