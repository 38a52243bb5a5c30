"""Cleaning up."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts import services


@shared_task
def delete_old_sessions() -> None:
    """Delete the sessions that have run out; every guest's order makes one."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task
def delete_never_activated() -> None:
    """Delete the accounts that were never activated."""
    while services.delete_never_activated(at=timezone.now()):
        pass
