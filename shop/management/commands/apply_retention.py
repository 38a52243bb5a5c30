"""`manage.py apply_retention`: take people out of what is old."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop import privacy


class Command(BaseCommand):
    """Forget whom old orders and mails were for; run it each night."""

    help = "Take people out of orders older than ORDER_PERSON_DAYS and mails older than MAIL_DAYS; the books stay."

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget and report."""
        counts = privacy.forget_old(at=timezone.now())
        self.stdout.write(f"purchases: {counts['purchases']}, mails: {counts['mails']}")
