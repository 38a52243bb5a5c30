"""Rate limits that hold across processes, counted in the cache."""

import time
from contextlib import suppress

from django.core.cache import cache


def allow(*, name: str, who: str, limit: int, seconds: int) -> bool:
    """Count one more act of `who` in the current window; false once there are more than `limit`.

    Without the cache everything is allowed: a limit may never close the shop.
    """
    key = _key(name, who, seconds)
    if cache.add(key, 1, seconds):
        return limit >= 1
    try:
        return cache.incr(key) <= limit
    except ValueError:  # it ran out between the two calls
        return True


def forget(*, name: str, who: str, seconds: int) -> None:
    """Begin to count anew what `who` does in the current window."""
    cache.delete(_key(name, who, seconds))


def give_back(*, name: str, who: str, seconds: int) -> None:
    """Take back one act that was counted in the current window; nothing when that window is over."""
    with suppress(ValueError):  # there is no such number
        cache.incr(_key(name, who, seconds), -1)


def seconds_left(seconds: int) -> int:
    """Return how long the current window of so many seconds still lasts, at least one second."""
    return seconds - int(time.time()) % seconds


def _key(name: str, who: str, seconds: int) -> str:
    return f"limit:{name}:{who}:{int(time.time()) // seconds}"
