"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.utils import translation

from core import breaker, nudge
from core.cache import breaker as cache_breaker
from payments.providers import paylab

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly when the browser journeys did not run."""
    left_out = [report for report in terminalreporter.stats.get("skipped", []) if "journeys" in report.nodeid]
    if left_out:
        terminalreporter.write_line(f"{len(left_out)} browser journeys were left out: {left_out[0].longrepr[2]}")


@pytest.fixture
def now() -> datetime:
    """A moment for services that are told what time it is."""
    return NOW


@pytest.fixture(autouse=True)
def _clean_slate(settings) -> None:
    """Start with an empty cache, closed fuses, passwords that hash fast, and static files found when asked for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # else every test's client looks through all of them first
    for cache in caches.all(initialized_only=False):
        cache.clear()
    for fuse in (cache_breaker, nudge.breaker, paylab.breaker):
        _close(fuse)


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """Start in the default language: a page visited by a test before leaves its own behind."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


def _close(fuse: breaker.CircuitBreaker) -> None:
    fuse._closed_again_at = 0.0
