"""Sweeps over payments: each may run not at all, once or five times."""

from celery import shared_task
from django.utils import timezone

from payments.services import attempts, expiry, notices, refunds


@shared_task
def expire_overdue() -> None:
    """Cancel what was not paid in time."""
    expiry.expire_overdue(at=timezone.now())


@shared_task
def query_open() -> None:
    """Ask about payments whose notices may have been lost, and close those of cancelled orders."""
    attempts.close_cancelled(at=timezone.now())
    attempts.ask_open(at=timezone.now())


@shared_task
def execute_refunds() -> None:
    """Give back what was decided and what is due."""
    refunds.request_decided(at=timezone.now())
    refunds.execute_due(at=timezone.now())


@shared_task
def delete_old_refusals() -> None:
    """Keep the inbox from growing without end."""
    notices.delete_old_refusals()
