"""The cache: Redis, and when Redis can't be reached a cache that holds nothing.

A cache is derived and disposable: its loss makes pages slower, never wrong and never unavailable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)
Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


def _or(
    fallback: Returned, /, call: Callable[Arguments, Returned], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Returned:
    try:
        return call(*args, **kwargs)
    except (RedisError, OSError) as error:
        logger.warning("cache unreachable", error=type(error).__name__)
        return fallback


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache whose failures are misses."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or the default when it is absent or the server can't be reached."""
        return _or(default, super().get, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = 3600, version: int | None = None) -> None:
        """Store the value if the server can be reached."""
        return _or(None, super().set, key, value, timeout, version)

    def add(self, key: Any, value: Any, timeout: Any = 3600, version: int | None = None) -> bool:
        """Store the value if it is absent; a server that can't be reached counts as stored."""
        return _or(True, super().add, key, value, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Delete the value if the server can be reached."""
        return _or(False, super().delete, key, version)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        """Return the values found, none when the server can't be reached."""
        return _or({}, super().get_many, keys, version)

    def set_many(self, data: dict[Any, Any], timeout: Any = 3600, version: int | None = None) -> Any:
        """Store the values; return the keys not stored."""
        return _or(list(data), super().set_many, data, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a counter; one that can't be reached counts as new."""
        return _or(delta, super().incr, key, delta, version)
