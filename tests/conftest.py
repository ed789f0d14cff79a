"""Fixtures for every test: a clean log context, and fixed moments instead of a clock."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from config import logs


@pytest.fixture(autouse=True)
def _clean_log_context() -> Iterator[None]:
    """Leave no request id behind for the next test."""
    logs.clear()
    yield
    logs.clear()


@pytest.fixture
def now() -> datetime.datetime:
    """A fixed moment, passed to services as they demand."""
    return datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.UTC)
