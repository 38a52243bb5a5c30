"""A service that people sign in with elsewhere, switched on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shop import identities
from tests.accounts import elsewhere
from tests.accounts.elsewhere import Elsewhere


@pytest.fixture
def service(settings, monkeypatch) -> Iterator[Elsewhere]:
    """A running service that the shop offers under two names: Elsewhere, and WeChat."""
    for running in elsewhere.running():
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        settings.SOCIALACCOUNT_PROVIDERS = identities.providers()
        yield running
