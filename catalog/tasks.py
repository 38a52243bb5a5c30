"""Work of the catalogue that can wait."""

from celery import shared_task
from django.utils import timezone

from catalog.models import Picture
from catalog.services import cards, low_stock, pictures


@shared_task
def derive_picture(*, picture_id: int) -> None:
    """Make a picture's derivatives."""
    pictures.derive_all(picture=Picture.objects.get(pk=picture_id))


@shared_task
def refresh_due_cards() -> None:
    """Bring listings up to date where a price window opened or closed, or a wake-up was lost."""
    cards.refresh_due(at=timezone.now())


@shared_task
def watch_stock() -> None:
    """Raise and end alerts of low stock that two changes at once have missed."""
    low_stock.watch_recent(at=timezone.now())
