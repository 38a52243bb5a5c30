"""Rate limits that hold across processes, counted in the cache."""

import time

from django.core.cache import cache


def allow(*, name: str, who: str, limit: int, seconds: int) -> bool:
    """Count one more act of `who` in the current window; false once there are more than `limit`.

    Without the cache everything is allowed: a limit may never close the shop.
    """
    window = int(time.time()) // seconds
    key = f"limit:{name}:{who}:{window}"
    if cache.add(key, 1, seconds):
        return limit >= 1
    try:
        return cache.incr(key) <= limit
    except ValueError:  # it ran out between the two calls
        return True
