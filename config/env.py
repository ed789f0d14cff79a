"""Settings from the environment: typed, checked at start, and listed so that the documentation can be held to them.

Each reader registers what it reads, with its kind, default and meaning, in `DECLARED`. A variable that is missing
or can't be read stops the start with one sentence that names it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

Value = TypeVar("Value")


@dataclass(frozen=True)
class Variable:
    """A setting that the environment may give."""

    name: str
    kind: str
    default: str | None
    meaning: str


DECLARED: dict[str, Variable] = {}

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def _read(name: str, kind: str, default: Value | None, meaning: str, convert: Callable[[str], Value]) -> Value:
    shown = None if default is None else str(default)
    DECLARED[name] = Variable(name=name, kind=kind, default=shown, meaning=meaning)
    raw = os.environ.get(name, "")
    if raw == "":
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set. It is {meaning}; set it in the environment.")
        return default
    try:
        return convert(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be {kind}; it is {raw[:60]!r}. {error}") from error


def text(name: str, *, meaning: str, default: str | None = None) -> str:
    """Read a string; without a default it must be set."""
    return _read(name, "text", default, meaning, str)


def whole_number(name: str, *, meaning: str, default: int | None = None, minimum: int = 0) -> int:
    """Read a whole number of at least `minimum`."""

    def convert(raw: str) -> int:
        number = int(raw)
        if number < minimum:
            raise ValueError(f"The least is {minimum}.")
        return number

    return _read(name, f"a whole number of at least {minimum}", default, meaning, convert)


def truth(name: str, *, meaning: str, default: bool | None = None) -> bool:
    """Read a yes or no: 1, true, yes, on or 0, false, no, off."""

    def convert(raw: str) -> bool:
        lowered = raw.strip().lower()
        if lowered in _TRUE:
            return True
        if lowered in _FALSE:
            return False
        raise ValueError("Use 1 or 0.")

    return _read(name, "1 or 0", default, meaning, convert)


def names(name: str, *, meaning: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Read a list separated by commas."""

    def convert(raw: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in raw.split(",") if part.strip())

    return _read(name, "a list separated by commas", default, meaning, convert)


def secret(name: str, *, meaning: str, default: str | None = None, shortest: int = 32) -> str:
    """Read a secret; too short a one is refused, and an error never shows it."""
    DECLARED[name] = Variable(
        name=name, kind=f"a secret of at least {shortest} characters", default=None, meaning=meaning
    )
    value = os.environ.get(name, "") or (default or "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. It is {meaning}; set it in the environment.")
    if len(value) < shortest:
        raise ImproperlyConfigured(f"{name} has {len(value)} characters; it needs at least {shortest}.")
    return value


@dataclass(frozen=True)
class DatabaseAddress:
    """Where PostgreSQL listens: a host name, or the folder of its Unix socket."""

    name: str
    user: str
    password: str
    host: str
    port: str
    options: dict[str, str]


def database_address(name: str, *, meaning: str) -> DatabaseAddress:
    """Read `postgresql://user:password@host:port/name`, or `postgresql://user:password@/name?host=/socket/folder`."""

    def convert(raw: str) -> DatabaseAddress:
        parts = urlsplit(raw)
        if parts.scheme not in {"postgres", "postgresql"}:
            raise ValueError("It begins with postgresql://.")
        database = unquote(parts.path.lstrip("/"))
        if not database:
            raise ValueError("It names no database.")
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return DatabaseAddress(
            name=database,
            user=unquote(parts.username or query.pop("user", "")),
            password=unquote(parts.password or ""),
            host=query.pop("host", parts.hostname or ""),
            port=query.pop("port", str(parts.port or "")),
            options=query,
        )

    return _read_address(name, "a PostgreSQL address", meaning, convert)


def redis_address(name: str, *, meaning: str) -> str:
    """Read `redis://…`, `rediss://…` or `unix:///path/to.sock`."""

    def convert(raw: str) -> str:
        if urlsplit(raw).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("It begins with redis://, rediss:// or unix://.")
        return raw

    return _read_address(name, "a Redis address", meaning, convert)


def _read_address(name: str, kind: str, meaning: str, convert: Callable[[str], Value]) -> Value:
    """Read an address whose password must not appear in an error."""
    DECLARED[name] = Variable(name=name, kind=kind, default=None, meaning=meaning)
    raw = os.environ.get(name, "")
    if not raw:
        raise ImproperlyConfigured(f"{name} is not set. It is {meaning}; set it in the environment.")
    try:
        return convert(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} can't be read as {kind}. {error}") from None
