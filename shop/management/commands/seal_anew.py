"""`manage.py seal_anew`: seal the secrets of second steps under the newest SECRET_KEY."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services import two_step


class Command(BaseCommand):
    """Seal every secret anew; SECRET_KEY_FALLBACKS may be emptied afterwards."""

    help = "Seal the secrets of second steps under the newest SECRET_KEY, so that the older keys can go."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal them."""
        self.stdout.write(f"{two_step.seal_anew()} rows are sealed under the newest key")
