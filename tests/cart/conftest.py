"""What the cart's tests share."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Let it be the moment at which `tests.make` makes things."""
    with time_machine.travel(NOW, tick=False):
        yield
