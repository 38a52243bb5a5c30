"""A Redis cache that is only ever a help: when Redis is gone, nothing is found and nothing is kept."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from core.breaker import CircuitBreaker

logger = logging.getLogger(__name__)
breaker = CircuitBreaker(seconds=2)
Result = TypeVar("Result")


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with failures turned into misses."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient


class ForgivingClient(RedisCacheClient):
    """Answers "not there" when Redis fails, and then leaves it alone for a moment.

    So a frozen server costs one time-out now and then, and not one for each look-up of each page.
    """

    def add(self, key: str, value: object, timeout: float | None) -> bool:
        """Keep a value that is not there yet; true when Redis is gone, as if nobody else had been faster."""
        return _attempt(super().add, key, value, timeout, otherwise=True)

    def get(self, key: str, default: object) -> object:
        """Return a value, or `default`."""
        return _attempt(super().get, key, default, otherwise=default)

    def set(self, key: str, value: object, timeout: float | None) -> None:
        """Keep a value."""
        _attempt(super().set, key, value, timeout, otherwise=None)

    def touch(self, key: str, timeout: float | None) -> bool:
        """Give a value a new life time."""
        return _attempt(super().touch, key, timeout, otherwise=False)

    def delete(self, key: str) -> bool:
        """Forget a value."""
        return _attempt(super().delete, key, otherwise=False)

    def get_many(self, keys: list[str]) -> dict[str, object]:
        """Return the values that are there."""
        return _attempt(super().get_many, keys, otherwise={})

    def has_key(self, key: str) -> bool:
        """Tell whether a value is there."""
        return _attempt(super().has_key, key, otherwise=False)

    def incr(self, key: str, delta: int) -> int:
        """Add to a number; 0 when Redis is gone."""
        return _attempt(super().incr, key, delta, otherwise=0)

    def set_many(self, data: dict[str, object], timeout: float | None) -> None:
        """Keep several values."""
        _attempt(super().set_many, data, timeout, otherwise=None)

    def delete_many(self, keys: list[str]) -> None:
        """Forget several values."""
        _attempt(super().delete_many, keys, otherwise=None)


def _attempt(operation: Callable[..., Result], *words: object, otherwise: Result) -> Result:
    if breaker.is_open:
        return otherwise
    try:
        return operation(*words)
    except RedisError as error:
        breaker.trip()
        logger.warning("cache unavailable", extra={"error": type(error).__name__})
        return otherwise
