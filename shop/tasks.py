"""Work that concerns all apps at once."""

from celery import shared_task
from django.utils import timezone

from accounts.services import privacy as accounts
from shop import privacy


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
