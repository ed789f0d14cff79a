"""Checkouts to start, kill and start again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.checkouts import Checkout


@pytest.fixture(scope="module")
def checkouts() -> Iterator[Callable[[], Checkout]]:
    """Make checkouts; whatever still runs in them at the end is killed, and their folders go."""
    made: list[Checkout] = []

    def make() -> Checkout:
        made.append(Checkout.make())
        return made[-1]

    yield make
    for checkout in made:
        checkout.remove()


@pytest.fixture
def checkout(checkouts: Callable[[], Checkout]) -> Checkout:
    """A fresh checkout in which nothing has run."""
    return checkouts()
