"""Two of everything at the same moment, each in a connection of its own."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from lessons.catalogue.models import Event
from quizzes import services
from quizzes.errors import StaleDraft, StaleVariant
from quizzes.models import Attempt, Draft, GradeEntry, Step, Variant
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.integration.quizzes.conftest import current, questions_in, right, wrong

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls together and return what each gave or raised."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return call()
        except Exception as error:  # noqa: BLE001 - what was raised is what is looked at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


class TestAtOnce:
    @pytest.fixture
    def attempt(self, now: datetime.datetime) -> Attempt:
        questions = questions_in(OfferingFactory())
        enrolment = EnrolmentFactory(offering=questions.offering)
        return services.open_attempt(enrolment=enrolment, item_key=questions.key, actor=enrolment.person, now=now)

    def _submit(
        self, attempt: Attempt, now: datetime.datetime, *, key: str, answer: dict[str, Any]
    ) -> Callable[[], Step]:
        variant, actor = current(attempt), attempt.enrolment.person
        return lambda: services.submit_step(
            attempt_id=attempt.pk,
            actor=actor,
            variant_id=variant.pk,
            idempotency_key=key,
            answer=answer,
            confidence="sure",
            now=now,
        )

    def test_a_doubled_submit_has_one_effect(self, attempt: Attempt, now: datetime.datetime) -> None:
        submit = self._submit(attempt, now, key="same", answer=right(current(attempt)))

        steps = _at_once(*[submit] * 4)

        assert {step.pk for step in steps} == set(Step.objects.values_list("pk", flat=True))
        assert Step.objects.count() == 1
        assert GradeEntry.objects.count() == 1
        assert Event.objects.count() == 2

    def test_of_two_tabs_one_is_graded_and_the_other_told(self, attempt: Attempt, now: datetime.datetime) -> None:
        variant = current(attempt)

        given = _at_once(
            self._submit(attempt, now, key="left", answer=wrong(variant)),
            self._submit(attempt, now, key="right", answer=wrong(variant)),
        )

        assert sorted(type(one).__name__ for one in given) == [StaleVariant.__name__, Step.__name__]
        assert Variant.objects.count() == 2

    def test_two_first_answers_open_one_attempt(self, now: datetime.datetime) -> None:
        questions = questions_in(OfferingFactory())
        enrolment = EnrolmentFactory(offering=questions.offering)

        attempts = _at_once(
            *[
                lambda: services.open_attempt(
                    enrolment=enrolment, item_key=questions.key, actor=enrolment.person, now=now
                )
            ]
            * 4
        )

        assert len({attempt.pk for attempt in attempts}) == 1
        assert Variant.objects.count() == 1

    def test_of_drafts_at_once_the_last_stays_and_the_others_are_told(
        self, attempt: Attempt, now: datetime.datetime
    ) -> None:
        variant, actor = current(attempt), attempt.enrolment.person

        def keep(sequence: int) -> Callable[[], Draft]:
            return lambda: services.save_draft(
                attempt_id=attempt.pk,
                actor=actor,
                variant_id=variant.pk,
                sequence=sequence,
                answer={"text": str(sequence)},
                now=now,
            )

        for turn in range(5):
            given = _at_once(*(keep(4 * turn + number) for number in (1, 2, 3, 4)))

            assert {type(one) for one in given} <= {Draft, StaleDraft}, given
            assert Draft.objects.get().sequence == 4 * turn + 4
