"""The style guide's rules about single lines; each is tried on a line that breaks it."""

from __future__ import annotations

import pytest

from tests.house import rules, sources
from tests.house.sources import ROOT

BROKEN = [
    (rules.no_print, "cart/services.py", 'print("x")'),
    (rules.no_absolute_path, "shop/settings.py", 'ROOT = "/home/li/shop"'),
    (rules.no_absolute_path, "cart/views.py", 'open(f"/tmp/x")'),
    (rules.no_model_signals, "cart/receivers.py", "from django.db.models.signals import post_save"),
    (rules.no_model_signals, "cart/receivers.py", "from django.db.models import signals as s, signals"),
    (rules.no_model_signals, "cart/receivers.py", "import django.db.models.signals"),
    (rules.receivers_hear_domain_events, "cart/receivers.py", "@receiver(post_save)\ndef hear(**_): ..."),
    (rules.no_swallowed_errors, "cart/views.py", "try: ...\nexcept Exception: ..."),
    (rules.no_swallowed_errors, "cart/views.py", "try: ...\nexcept: ..."),
    (rules.now_is_asked_at_the_edge, "cart/services.py", "at = timezone.now()"),
    (rules.now_is_asked_at_the_edge, "cart/selectors.py", "def f(): return datetime.now(UTC)"),
    (rules.services_take_keywords, "cart/services.py", "@transaction.atomic\ndef add(cart, units): ..."),
    (rules.services_take_keywords, "cart/services/x.py", "def add(*rows): Cart.objects.bulk_create(rows)"),
    (rules.services_take_keywords, "cart/services.py", "def add(cart, units):\n    cart.save()"),
    (rules.models_have_no_side_effects, "cart/models.py", "class Cart:\n    def save(self): ..."),
    (rules.models_have_no_side_effects, "cart/models.py", "class A:\n    class Meta:\n        ordering = ['pk']"),
    (rules.nothing_is_left_to_do, "cart/models.py", "x = 1  # TODO: later"),
    (rules.logs_say_constant_text, "cart/services.py", 'logger.info(f"order {number} paid")'),
    (rules.money_is_never_a_float, "cart/services.py", "total = float(price)"),
    (rules.money_is_never_a_float, "core/money.py", "rate = 0.13"),
]
KEPT = [
    (rules.no_print, "shop/embedded/processes.py", 'print("x")'),
    (rules.no_absolute_path, "shop/urls.py", 'path("/products/")'),
    (rules.no_model_signals, "cart/receivers.py", "from django.contrib.auth.signals import user_logged_in"),
    (
        rules.receivers_hear_domain_events,
        "cart/receivers.py",
        "from orders.events import order_paid\n@receiver(order_paid)\ndef hear(**_): ...",
    ),
    (rules.no_swallowed_errors, "cart/views.py", "try: ...\nexcept KeyError: ..."),
    (rules.now_is_asked_at_the_edge, "cart/views/cart.py", "at = timezone.now()"),
    (
        rules.services_take_keywords,
        "cart/services.py",
        "@atomic\ndef add(*, a, b): ...\ndef key(a, b): ...",
    ),
    (rules.logs_say_constant_text, "cart/services.py", 'logger.info("order paid", extra={"order": 1})'),
]
ALL = sorted({rule for rule, _, _ in BROKEN}, key=lambda rule: rule.__name__)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.__name__)
def test_the_shop_keeps_the_rule(rule):
    assert rules.broken(rule, ROOT) == []


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN, ids=lambda value: getattr(value, "__name__", None))
def test_a_line_that_breaks_the_rule_is_found(tmp_path, rule, path, text):
    sources.plant(tmp_path, path, text)

    assert {place.partition(":")[0] for place in rules.broken(rule, tmp_path)} == {path}


@pytest.mark.parametrize(("rule", "path", "text"), KEPT, ids=lambda value: getattr(value, "__name__", None))
def test_a_line_that_keeps_it_is_not(tmp_path, rule, path, text):
    sources.plant(tmp_path, path, text)

    assert rules.broken(rule, tmp_path) == []


def test_every_rule_is_tried():
    named = {rule for name, rule in vars(rules).items() if callable(rule) and getattr(rule, "__doc__", None)}
    ours = {rule for rule in named if rule.__module__ == rules.__name__} - {rules.broken}

    assert ours == set(ALL)
