"""App configuration."""

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    """Campaigns, offers, coupons; one pure evaluator."""

    name = "promotions"
