"""Cleaning up."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task
def delete_old_sessions() -> None:
    """Delete the sessions that have run out; every guest's order makes one."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
