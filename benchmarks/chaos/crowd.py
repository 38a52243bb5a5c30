"""So many shoppers at once, one after the other in each lane, until all have been there or time is up."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from benchmarks.chaos.shopper import Shopper, Visit


class Crowd:
    """Threads that each send one shopper after the other into the shop."""

    def __init__(self, *, shoppers: int, clients: int, make: Callable[[int], Shopper]) -> None:
        self.visits: list[Visit] = []
        self._shoppers = shoppers
        self._make = make
        self._next = itertools.count(1)
        self._stopping = threading.Event()
        self._errors: list[BaseException] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(clients)]

    def start(self) -> None:
        """Let them in."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let nobody else in, and wait for those inside."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    @property
    def is_over(self) -> bool:
        """Whether everybody has left."""
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        try:
            while not self._stopping.is_set() and (index := next(self._next)) <= self._shoppers:
                self.visits.append(self._make(index).shop())
        except BaseException as error:  # noqa: BLE001  an error of ours, shown when the others are through
            self._errors.append(error)
            self._stopping.set()
