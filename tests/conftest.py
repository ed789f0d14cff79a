"""Fixtures for every test: a clean log context, fixed moments instead of a clock, and a world full of people."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from config import logs

if TYPE_CHECKING:
    from tests.world import World

# Nothing but a benchmark fails for taking long: a busy machine is no fault of the code.
settings.register_profile("without-deadline", parent=settings.default, deadline=None)
settings.load_profile("without-deadline")


@pytest.fixture(autouse=True)
def _clean_log_context() -> Iterator[None]:
    """Leave no request id behind for the next test."""
    logs.clear()
    yield
    logs.clear()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Two bootcamps and a learner's work, built once for the module; see `tests.world`."""
    from tests.world import built_world  # models can't be imported before Django is set up

    with django_db_blocker.unblock(), built_world() as world:
        yield world


@pytest.fixture
def now() -> datetime.datetime:
    """A fixed moment, passed to services as they demand."""
    return datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.UTC)
