"""Workers, learners and instructors at the same moment, each in a connection of its own, over some hundred attempts."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from quizzes.errors import CorrectionOvertaken
from quizzes.models import Attempt, Correction, GradeEntry, Regrade
from quizzes.selectors import differing_grades
from quizzes.services import corrections, regrading
from quizzes.services.corrections import apply_correction
from quizzes.services.regrading import advance_correction
from tests.factories.answers import answers, drawn_variants, people
from tests.integration.quizzes.correcting import School

pytestmark = pytest.mark.django_db(transaction=True)

LEARNERS = 250


@pytest.fixture
def school(now: datetime.datetime, monkeypatch: pytest.MonkeyPatch) -> School:
    """A cohort of 250 who have answered."""
    monkeypatch.setattr(corrections, "SECOND_LOOK", range(20, 24))
    monkeypatch.setattr(regrading, "BATCH", 20)
    monkeypatch.setattr(corrections, "publish_on_commit", lambda *_: None)
    school = School(now)
    people(school.offering, LEARNERS)
    drawn_variants(school.version)
    answers(school.offering, school.version)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE drawn")
    return school


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls together and return what each gave or raised."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=30)
            return call()
        except Exception as error:  # noqa: BLE001 - what was raised is what is looked at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def forecast(school: School, **changes: Any) -> Correction:
    """Draft a correction and forecast it."""
    draft = school.draft(**changes)
    work(draft, school)
    return draft


def work(correction: Correction, school: School) -> None:
    """Do what a worker does."""
    while advance_correction(correction_id=correction.pk, now=school.now):
        pass


class TestAtOnce:
    def test_two_workers_have_one_effect(self, school: School) -> None:
        draft = forecast(school)
        assert draft.forecasts.count() == LEARNERS
        correction = school.apply(draft, until_done=False)

        assert at_once(*[lambda: work(correction, school)] * 2) == [None, None]

        assert Regrade.objects.count() == GradeEntry.objects.filter(kind="regraded").count() == LEARNERS
        correction.refresh_from_db()
        assert (correction.state, correction.done) == ("applied", LEARNERS)
        assert list(differing_grades()) == []

    def test_a_worker_that_dies_is_taken_over(self, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
        correction = school.apply(forecast(school), until_done=False)
        recorded: list[GradeEntry] = []

        def die(entry: GradeEntry) -> None:
            recorded.append(entry)
            if len(recorded) == 110:
                raise ConnectionError("the worker was killed")

        with monkeypatch.context() as patched:
            patched.setattr(regrading, "record_grade", die)
            (died,) = at_once(lambda: work(correction, school))
        assert isinstance(died, ConnectionError)
        assert Regrade.objects.count() == GradeEntry.objects.filter(kind="regraded").count() == 100

        work(correction, school)
        assert Regrade.objects.count() == GradeEntry.objects.filter(kind="regraded").count() == LEARNERS

    def test_learners_who_answer_meanwhile_are_judged_by_one_key_or_regraded(self, school: School) -> None:
        begun = [school.answered("union", "neither") for _ in range(6)]
        draft = forecast(school)

        def apply_and_work() -> None:
            work(school.apply(draft, until_done=False), school)

        given = at_once(apply_and_work, *(lambda each=each: school.answer(each, "neither") for each in begun))

        assert not [each for each in given if isinstance(each, Exception)]
        marks = GradeEntry.objects.filter(attempt__in=begun).order_by("attempt", "-pk").distinct("attempt")
        assert [entry.fraction for entry in marks] == [1] * 6
        assert Regrade.objects.filter(attempt__in=begun).count() == 6
        assert Attempt.objects.filter(pk__in=[each.pk for each in begun], state="finished").count() == 6
        assert list(differing_grades()) == []

    def test_of_two_instructors_one_applies(self, school: School) -> None:
        drafts = [forecast(school), forecast(school, reason="I saw it too.")]

        given = at_once(
            *(
                lambda draft=draft: apply_correction(
                    correction_id=draft.pk, chosen="new", actor=school.instructor, now=school.now
                )
                for draft in drafts
            )
        )

        assert sorted(type(each).__name__ for each in given) == [Correction.__name__, CorrectionOvertaken.__name__]
        assert Correction.objects.filter(state="applying").count() == 1

    def test_two_clicks_apply_once(self, school: School) -> None:
        draft = forecast(school)

        given = at_once(
            *[lambda: apply_correction(correction_id=draft.pk, chosen="best", actor=school.instructor, now=school.now)]
            * 3
        )

        assert {each.applied_at for each in given} == {Correction.objects.get().applied_at}
