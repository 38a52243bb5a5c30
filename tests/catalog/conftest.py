"""What the tests of pages share."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW


@pytest.fixture
def clock() -> Iterator[None]:
    """Let it be the moment at which `tests.make` makes things."""
    with time_machine.travel(NOW, tick=False):
        yield
