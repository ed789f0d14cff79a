"""Fixtures of the reviews' tests."""

from __future__ import annotations

import datetime

import pytest

from tests.integration.review.learner import Chapter, Learner


@pytest.fixture
def learner(db: None, now: datetime.datetime) -> Learner:
    """Somebody in a course without chapters yet."""
    return Learner(now)


@pytest.fixture
def chapter(learner: Learner) -> Chapter:
    """A chapter of two sections, two questions and a third, with two terms."""
    return learner.chapter(1, ("concepts", "estimation"), ("design",))
