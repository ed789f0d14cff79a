"""The world on which every route is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.world import World, built_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Two bootcamps and a learner's work, built once for the module."""
    with django_db_blocker.unblock(), built_world() as world:
        yield world


@pytest.fixture
def _no_requests_counted() -> None:
    """Begin with every request limit unused."""
    cache.clear()
