"""What was sure and wrong comes back: once after a day, once after seven, on fresh variants and without a mark."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from datetime import timedelta

import pytest

from lessons.catalogue.models import Enrolment
from quizzes import services
from quizzes.errors import NotFound
from quizzes.models import Attempt, Comeback, GradeEntry, Step
from tests.factories.accounts import PersonFactory
from tests.integration.quizzes.conftest import Questions, current, right, wrong

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Submit = Callable[..., Step]
Open = Callable[..., Attempt]


@pytest.fixture
def missed(open_attempt: Open, submit: Submit) -> Comeback:
    """A question that the learner was sure of and got wrong."""
    submit(open_attempt(), wrong, confidence="sure")
    return Comeback.objects.get()


class TestBringBack:
    def test_is_due_a_day_after_a_sure_and_wrong_answer(self, missed: Comeback, now: datetime.datetime) -> None:
        assert (missed.stage, missed.due_at) == (1, now + DAY)

    @pytest.mark.parametrize(("answer", "confidence"), [(wrong, "fairly"), (wrong, "guess"), (right, "sure")])
    def test_leaves_what_was_right_or_not_sure(
        self, open_attempt: Open, submit: Submit, answer: Callable[..., object], confidence: str
    ) -> None:
        submit(open_attempt(), answer, confidence=confidence)

        assert not Comeback.objects.exists()

    def test_comes_once_however_often_it_was_wrong(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        submit(attempt, wrong, confidence="sure")
        submit(attempt, wrong, confidence="sure")

        assert Comeback.objects.count() == 1


class TestStartReview:
    def test_opens_one_fresh_attempt_of_one_try(self, missed: Comeback, now: datetime.datetime) -> None:
        actor = missed.enrolment.person
        first = services.start_review(
            offering=missed.enrolment.offering, comeback_id=missed.pk, actor=actor, now=now + DAY
        )
        again = services.start_review(
            offering=missed.enrolment.offering, comeback_id=missed.pk, actor=actor, now=now + 2 * DAY
        )

        assert first.attempt is not None
        assert first.attempt == again.attempt
        assert (first.attempt.purpose, first.attempt.tries_allowed, first.attempt.number) == ("review", 1, 2)

    def test_refuses_before_it_is_due_and_to_others(self, missed: Comeback, now: datetime.datetime) -> None:
        with pytest.raises(NotFound):
            services.start_review(
                offering=missed.enrolment.offering,
                comeback_id=missed.pk,
                actor=missed.enrolment.person,
                now=now + DAY - timedelta(seconds=1),
            )
        with pytest.raises(NotFound):
            services.start_review(
                offering=missed.enrolment.offering, comeback_id=missed.pk, actor=PersonFactory(), now=now + DAY
            )

    def test_answered_it_comes_a_second_time_and_not_a_third(
        self, missed: Comeback, submit: Submit, now: datetime.datetime
    ) -> None:
        actor, at = missed.enrolment.person, now + DAY
        for stage, days in ((1, 7), (2, None)):
            comeback = Comeback.objects.get(stage=stage)
            attempt = services.start_review(
                offering=missed.enrolment.offering, comeback_id=comeback.pk, actor=actor, now=at
            ).attempt
            assert attempt is not None
            submit(attempt, right, now=at)
            comeback.refresh_from_db()
            assert comeback.done_at == at
            if days is not None:
                at = now + days * DAY
                assert Comeback.objects.get(stage=2).due_at == at

        assert Comeback.objects.count() == 2

    def test_changes_no_mark(self, missed: Comeback, submit: Submit, now: datetime.datetime) -> None:
        attempt = services.start_review(
            offering=missed.enrolment.offering, comeback_id=missed.pk, actor=missed.enrolment.person, now=now + DAY
        ).attempt
        assert attempt is not None

        submit(attempt, right, now=now + DAY)

        assert not GradeEntry.objects.exists()
        practised = Attempt.objects.get(purpose=Attempt.Purpose.PRACTICE)
        assert practised.state == Attempt.State.OPEN


class TestGiveUp:
    def test_ends_the_attempt_with_the_best_try_so_far(
        self,
        enrolment: Enrolment,
        questions: Questions,
        open_attempt: Open,
        submit: Submit,
        now: datetime.datetime,
    ) -> None:
        attempt = open_attempt()
        submit(attempt, wrong)
        shown = services.ShownVariant(variant_id=current(attempt).pk)

        for _ in range(2):
            ended = services.give_up(
                offering=questions.offering.slug, item_key=questions.key, actor=enrolment.person, shown=shown, now=now
            )

        assert (ended.attempt.state, ended.attempt.ending) == ("finished", "given_up")
        assert GradeEntry.objects.get().fraction == 0
