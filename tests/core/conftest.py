"""What the tests of core share."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """Start in the default language: a page visited by a test before leaves its own behind."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
