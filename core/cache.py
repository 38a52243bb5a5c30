"""A Redis cache that is only ever a help: when Redis is gone, nothing is found and nothing is kept."""

import logging
from collections.abc import Callable
from functools import cached_property
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

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the one client for all look-ups; Django makes one for each, which costs more than most look-ups."""
        return self._one_client

    @cached_property
    def _one_client(self) -> Any:
        return super().get_client(write=True)

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        """Keep a value that is not there yet; true when Redis is gone, as if nobody else had been faster."""
        return _attempt(super().add, key, value, timeout, otherwise=True)

    def get(self, key: Any, default: Any) -> Any:
        """Return a value, or `default`."""
        return _attempt(super().get, key, default, otherwise=default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        """Keep a value."""
        _attempt(super().set, key, value, timeout, otherwise=None)

    def touch(self, key: Any, timeout: Any) -> bool:
        """Give a value a new life time."""
        return _attempt(super().touch, key, timeout, otherwise=False)

    def delete(self, key: Any) -> bool:
        """Forget a value."""
        return _attempt(super().delete, key, otherwise=False)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        """Return the values that are there."""
        return _attempt(super().get_many, keys, otherwise={})

    def has_key(self, key: Any) -> bool:
        """Tell whether a value is there."""
        return _attempt(super().has_key, key, otherwise=False)

    def incr(self, key: Any, delta: int) -> int:
        """Add to a number; 0 when Redis is gone."""
        return _attempt(super().incr, key, delta, otherwise=0)

    def set_many(self, data: Any, timeout: Any) -> None:
        """Keep several values."""
        _attempt(super().set_many, data, timeout, otherwise=None)

    def delete_many(self, keys: Any) -> None:
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
