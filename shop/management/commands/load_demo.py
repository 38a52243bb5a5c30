"""`manage.py load_demo`: fill an empty shop with the demonstration shop."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from catalog.models import Product
from shop.demo import catalogue, frame, orders, people


class Command(BaseCommand):
    """Load content, people and a few orders; the same each time, dates counted back from now."""

    help = "Fill an empty shop with the demonstration shop."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything in one transaction; refuse a shop that has products."""
        if Product.objects.exists():
            raise CommandError("this shop has products already")
        logging.disable(logging.INFO)  # the demo's orders are no news
        began = time.monotonic()
        now = timezone.now()
        with transaction.atomic():
            merchants = people.load()
            pictures = catalogue.Pictures(next(iter(merchants.values())))
            frame.load(pictures)
            count = catalogue.load(merchants, pictures, at=now)
            orders.load(at=now)
        logging.disable(logging.NOTSET)
        self.stdout.write(f"-> demo shop with {count} products loaded in {time.monotonic() - began:.1f} s")
