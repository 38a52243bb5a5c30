"""What the tests of payments share."""

from tests.laboratory import lab

__all__ = ["lab"]
