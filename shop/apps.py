"""The project as an app: binds tasks to the Celery application and starts listening to events."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Home page, error pages, management commands of the whole shop."""

    name = "shop"
    verbose_name = "Shop"

    def ready(self) -> None:
        """Load the Celery application, so that tasks find it in every process, and what listens to it."""
        from shop import celery, receivers  # noqa: F401, PLC0415  settings are complete only now
