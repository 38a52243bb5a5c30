"""Many at once: threads that start together, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")
PATIENCE_SECONDS = 30


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Do these acts together, each in a thread, and return their results in order; raise what the first one raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        try:
            start.wait(PATIENCE_SECONDS)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))
