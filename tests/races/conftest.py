"""What races share: rows that every connection sees, and a gateway."""

from __future__ import annotations

import pytest

from tests.laboratory import lab

__all__ = ["lab"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every race, and let it commit for real."""
    for item in items:
        if "tests/races/" in item.nodeid:
            item.add_marker(pytest.mark.race)
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))
