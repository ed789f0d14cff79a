"""Fixtures of the accounts tests: an empty cache, since request limits are counted there, and browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_requests_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def strict_client() -> Client:
    """A browser that is held to CSRF."""
    return Client(enforce_csrf_checks=True)
