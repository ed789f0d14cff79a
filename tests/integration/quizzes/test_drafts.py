"""Drafts: kept as they are typed, newest first, never lost to an old tab."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from quizzes import services
from quizzes.errors import NotFound, StaleDraft, StaleVariant
from quizzes.models import Attempt, Draft
from tests.factories.accounts import PersonFactory
from tests.integration.quizzes.conftest import Questions, current, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(now: datetime.datetime) -> Callable[..., Draft]:
    def saved(attempt: Attempt, sequence: int, answer: dict[str, Any], **changes: Any) -> Draft:
        given: dict[str, Any] = {
            "attempt_id": attempt.pk,
            "actor": attempt.enrolment.person,
            "variant_id": current(attempt).pk,
            "sequence": sequence,
            "answer": answer,
            "now": now,
        }
        return services.save_draft(**given | changes)

    return saved


class TestSaveDraft:
    def test_keeps_the_newest(self, open_attempt: Any, save: Any) -> None:
        attempt = open_attempt()

        save(attempt, 1, {"text": "4"})
        save(attempt, 2, {"text": "4,"}, confidence="sure")

        draft = Draft.objects.get()
        assert draft.answer == {"text": "4,", "confidence": "sure"}
        assert draft.sequence == 2

    @pytest.mark.parametrize("sequence", [0, 1, 2])
    def test_refuses_what_is_not_newer(self, sequence: int, open_attempt: Any, save: Any) -> None:
        attempt = open_attempt()
        save(attempt, 2, {"text": "new"})

        with pytest.raises(StaleDraft, match="Another tab saved a newer draft"):
            save(attempt, sequence, {"text": "old"})

        assert Draft.objects.get().answer == {"text": "new"}

    def test_refuses_a_variant_that_is_no_longer_current(self, open_attempt: Any, save: Any, submit: Any) -> None:
        attempt = open_attempt()
        first = current(attempt)
        submit(attempt, wrong)

        with pytest.raises(StaleVariant):
            save(attempt, 9, {"text": "4"}, variant_id=first.pk)

    def test_refuses_somebody_elses_attempt(self, open_attempt: Any, save: Any) -> None:
        with pytest.raises(NotFound):
            save(open_attempt(), 1, {"text": "4"}, actor=PersonFactory())

    def test_bounds_what_is_kept(self, open_attempt: Any, save: Any, questions: Questions) -> None:
        save(open_attempt(), 1, {"text": "9" * 100_000})
        save(open_attempt(questions.choice), 1, {"choice": "x" * 100_000}, confidence="x" * 100_000)

        assert sorted(len(str(draft.answer)) for draft in Draft.objects.all()) == [2, 92]
