"""Cleaning up."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts import services
from accounts.services import viewings


@shared_task
def delete_old_sessions() -> None:
    """Delete the sessions that have run out; every guest's order makes one."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task
def delete_never_activated() -> None:
    """Delete the accounts that were never activated."""
    while services.delete_never_activated(at=timezone.now()):
        pass


@shared_task
def end_viewings() -> None:
    """Note the end of every look as a customer whose time is up."""
    viewings.end_overdue(at=timezone.now())
