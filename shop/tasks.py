"""Work that concerns all apps at once."""

from celery import shared_task
from django.utils import timezone

from accounts.services import privacy as accounts
from analytics.services import audits
from shop import privacy
from shop.audit import schedule


@shared_task
def pack_exports() -> None:
    """Pack the data that people have asked for."""
    privacy.pack_waiting(at=timezone.now())


@shared_task
def delete_old_exports() -> None:
    """Delete the packed files that are a week old."""
    accounts.delete_old_exports(at=timezone.now())


@shared_task
def erase_due() -> None:
    """Erase the accounts whose week is over."""
    privacy.erase_due(at=timezone.now())


@shared_task(time_limit=1800)
def run_audits() -> None:
    """Audit the books when the night's hour has come, or an operator has asked for it."""
    schedule.run_due(now=timezone.now)


@shared_task
def delete_old_audits() -> None:
    """Delete the runs of audits that are three months old."""
    audits.delete_old(at=timezone.now())
