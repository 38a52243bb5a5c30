"""A fuse: after a failure, a server that is gone is left alone for a moment instead of being waited for."""

import time


class CircuitBreaker:
    """Remembers a failure for `seconds`; one per process and server, safe between threads."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server failed a moment ago and should not be asked."""
        return time.monotonic() < self._closed_again_at

    def trip(self) -> None:
        """Note a failure."""
        self._closed_again_at = time.monotonic() + self._seconds
