"""An applied correction: what each policy makes of marks, resumed wherever it stopped, and checked."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from lessons.catalogue.models import Event, Offering
from quizzes import services
from quizzes.models import Attempt, Correction, Forecast, GradeEntry, Regrade, Step
from quizzes.selectors import attempt_view, differing_grades
from quizzes.services import corrections, regrading
from quizzes.services.corrections import apply_correction
from quizzes.services.regrading import advance_correction, sweep_corrections
from tests.factories.catalogue import OfferingFactory, RevisionFactory
from tests.factories.quizzes import (
    AssignmentFactory,
    GradeCategoryFactory,
    GradeEntryFactory,
    QuestionFactory,
    SittingFactory,
)
from tests.integration.quizzes.correcting import UNION_IS_RIGHT, School, current, mark
from tests.unit.kinds import definitions

pytestmark = pytest.mark.django_db

FULL, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)


@pytest.fixture
def school(now: datetime.datetime, monkeypatch: pytest.MonkeyPatch) -> School:
    """A cohort with a numeric question; corrections are looked over in fewer draws than usual."""
    monkeypatch.setattr(corrections, "SECOND_LOOK", range(20, 24))
    return School(now)


class TestApplyCorrection:
    @pytest.mark.parametrize(
        ("policy", "right", "bound", "neither", "second"),
        [
            ("new", NONE, FULL, NONE, FULL),
            ("best", FULL, FULL, NONE, FULL),
            ("full", FULL, FULL, FULL, FULL),
        ],
    )
    def test_policies(self, school: School, policy: str, right: Any, bound: Any, neither: Any, second: Any) -> None:
        attempts = [
            school.answered(*names) for names in (["share"], ["union"] * 3, ["neither"] * 3, ["union", "share"])
        ]
        assert [mark(attempt) for attempt in attempts] == [1, 0, 0, Decimal("0.75")]

        correction = school.apply(policy=policy)

        assert [mark(attempt) for attempt in attempts] == [right, bound, neither, second]
        assert correction.state == "applied"
        assert Regrade.objects.filter(correction=correction).count() == 4
        assert not Forecast.objects.exists()

    def test_keeps_the_first_score_for_ever(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")
        steps = list(Step.objects.filter(attempt=attempt).order_by("number").values())

        correction = school.apply()

        first, second = GradeEntry.objects.filter(attempt=attempt).order_by("pk")
        assert (first.kind, first.fraction) == ("graded", 0)
        assert (second.kind, second.fraction, second.correction) == ("regraded", 1, correction)
        assert (second.reason, second.actor) == ("The key took the wrong formula.", school.instructor)
        assert list(Step.objects.filter(attempt=attempt).order_by("number").values()) == steps

    def test_enters_nothing_for_a_mark_that_stays(self, school: School) -> None:
        attempt = school.answered("neither", "neither", "neither")

        school.apply()

        assert GradeEntry.objects.filter(attempt=attempt).count() == 1
        regrade = Regrade.objects.get(attempt=attempt)
        assert regrade.before == regrade.after == 0

    def test_what_a_person_decided_stands_above(self, school: School, now: datetime.datetime) -> None:
        attempt = school.answered("union", "union", "union")
        services.override_grade(
            enrolment_id=attempt.enrolment_id,
            item_key=school.key,
            fraction=HALF,
            reason="Half, by agreement.",
            actor=school.instructor,
            now=now,
            idempotency_key="o",
        )
        events = Event.objects.count()

        school.apply()

        assert mark(attempt) == HALF
        assert GradeEntry.objects.filter(kind="regraded").count() == 1
        assert Event.objects.count() == events, "progress must not hear of a mark that does not stand"

    def test_tells_progress_of_a_mark_that_changed(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")

        school.apply()

        last = Event.objects.filter(enrolment=attempt.enrolment, verb="graded").latest("pk")
        assert last.data == {"fraction": "1.0000"}

    def test_new_variants_have_the_new_key(self, school: School) -> None:
        school.apply()

        attempt = school.attempt()
        assert school.answer(attempt, "union").state == Attempt.State.FINISHED
        assert mark(attempt) == FULL
        assert not Regrade.objects.filter(before__lt=1).exists()

    def test_the_api_shows_an_answer_as_the_key_that_stands_judges_it(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")
        person = attempt.enrolment.person
        before = attempt_view(person=person, attempt_id=attempt.pk, now=school.now)

        school.apply()

        after = attempt_view(person=person, attempt_id=attempt.pk, now=school.now)
        assert [step.outcome for step in before.steps] == ["wrong"] * 3
        assert [step.outcome for step in after.steps] == ["correct"] * 3
        assert [step.outcome for step in Step.objects.order_by("number")] == ["wrong"] * 3

    def test_somebody_who_is_answering_keeps_the_variant_and_is_judged_by_the_new_key(self, school: School) -> None:
        attempt = school.attempt()
        before = current(attempt)

        school.apply()
        school.answer(attempt, "union")

        step = Step.objects.get(attempt=attempt)
        assert step.variant_id == before.pk
        assert step.outcome == "correct"
        assert step.variant.rendered == before.rendered
        assert step.variant.key["value"] != before.key["value"]
        assert "Now" in step.feedback["html"]

    def test_tries_judged_before_are_judged_anew_when_the_attempt_is_finished(self, school: School) -> None:
        attempt = school.answered("union")

        school.apply()
        assert mark(attempt) is None
        school.answer(attempt, "share", "share")

        graded, regraded = GradeEntry.objects.filter(attempt=attempt).order_by("pk")
        assert (graded.kind, graded.fraction) == ("graded", 0)
        assert (regraded.kind, regraded.fraction) == ("regraded", 1)
        assert Regrade.objects.get(attempt=attempt).first_fraction == 1

    def test_full_credit_is_for_tries_that_the_old_key_judged(self, school: School) -> None:
        school.apply(policy="full")

        attempt = school.answered("neither", "neither", "neither")

        assert mark(attempt) == 0

    def test_takes_off_what_coming_late_costs(self, school: School, now: datetime.datetime) -> None:
        assignment = AssignmentFactory(
            offering=school.offering,
            category=GradeCategoryFactory(offering=school.offering),
            opens_at=now - datetime.timedelta(days=3),
            due_at=now - datetime.timedelta(hours=1),
            cut_off_at=now + datetime.timedelta(days=3),
            late_deduction=Decimal("0.1"),
        )
        enrolment = school.learner()
        enrolment.created_at = assignment.opens_at
        enrolment.save()
        sitting = SittingFactory(assignment=assignment, enrolment=enrolment, ends_at=assignment.cut_off_at)
        attempt = school.answer(school.attempt(enrolment, sitting), "union", "union", "union")

        school.apply()

        entry = GradeEntry.objects.filter(assignment=assignment).current().get()
        assert (entry.kind, entry.fraction, entry.attempt) == ("regraded", Decimal("0.9"), attempt)

    def test_a_second_correction_starts_from_the_first(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")
        school.apply()
        later = school.now + datetime.timedelta(hours=3)

        again = school.draft(definitions.numeric(right="Back."), now=later)
        assert [(row.before, row.new) for row in again.forecasts.all()] == [(1, 0)]
        apply_correction(correction_id=again.pk, chosen="new", actor=school.instructor, now=later)
        assert not advance_correction(correction_id=again.pk, now=later)

        assert mark(attempt) == 0
        kinds = list(GradeEntry.objects.filter(attempt=attempt).order_by("pk").values_list("kind", "fraction"))
        assert kinds == [("graded", 0), ("regraded", 1), ("regraded", 0)]

    def test_leaves_other_cohorts_and_the_open_course_alone(self, school: School, now: datetime.datetime) -> None:
        others = []
        for offering in (
            OfferingFactory(revision=school.offering.revision, in_cohort=True),
            OfferingFactory(revision=school.offering.revision),
        ):
            other = School(now, offering)
            other.version = school.version
            others.append((other, other.answered("union", "union", "union")))

        school.apply()

        for other, attempt in others:
            assert mark(attempt) == 0
            assert not Regrade.objects.filter(attempt=attempt).exists()
            assert Offering.objects.get(pk=other.offering.pk).amended_at is None
            assert other.answered("share").state == Attempt.State.FINISHED

    def test_leaves_what_was_asked_in_other_words_alone(self, school: School, now: datetime.datetime) -> None:
        attempt = school.answered("union", "union", "union")
        newer = RevisionFactory(course=school.offering.course)
        reworded = definitions.numeric(stem="Of **{{ calls }}** calls, what share of pages is slow?")
        school.version = QuestionFactory(revision=newer, item=school.version.item, payload=reworded)
        Offering.objects.filter(pk=school.offering.pk).update(revision=newer)

        correction = school.apply(school.draft(UNION_IS_RIGHT | {"stem": reworded["stem"]}))

        assert correction.total == 0
        assert mark(attempt) == 0

    def test_an_attempt_given_up_without_a_try_stays(self, school: School, now: datetime.datetime) -> None:
        attempt = school.attempt()
        services.give_up(
            offering=attempt.enrolment.offering.slug,
            item_key=school.key,
            actor=attempt.enrolment.person,
            shown=services.ShownVariant(variant_id=current(attempt).pk),
            now=now,
        )

        school.apply(policy="full")

        assert mark(attempt) == 0
        assert not Regrade.objects.exists()


class TestResuming:
    @pytest.fixture(autouse=True)
    def _small_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(regrading, "BATCH", 3)

    def test_goes_on_where_it_stopped(self, school: School) -> None:
        attempts = [school.answered("union", "union", "union") for _ in range(8)]
        correction = school.apply(until_done=False)

        assert advance_correction(correction_id=correction.pk, now=school.now)
        correction.refresh_from_db()
        assert (correction.done, correction.total, correction.state) == (3, 8, "applying")
        assert Regrade.objects.count() == 3

        while advance_correction(correction_id=correction.pk, now=school.now):
            pass
        assert [mark(attempt) for attempt in attempts] == [1] * 8
        assert Regrade.objects.count() == GradeEntry.objects.filter(kind="regraded").count() == 8
        assert not advance_correction(correction_id=correction.pk, now=school.now)

    def test_a_batch_is_done_whole_or_not_at_all(self, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(5):
            school.answered("union", "union", "union")
        correction = school.apply(until_done=False)
        recorded = []

        def die(entry: GradeEntry) -> None:
            recorded.append(entry)
            if len(recorded) == 5:
                raise SystemError("killed")

        monkeypatch.setattr(regrading, "record_grade", die)
        advance_correction(correction_id=correction.pk, now=school.now)
        with pytest.raises(SystemError):
            advance_correction(correction_id=correction.pk, now=school.now)

        assert Regrade.objects.count() == GradeEntry.objects.filter(kind="regraded").count() == 3
        advance_correction(correction_id=correction.pk, now=school.now)
        assert Regrade.objects.count() == GradeEntry.objects.filter(kind="regraded").count() == 5

    def test_an_attempt_finished_meanwhile_behind_the_cursor_sees_to_itself(self, school: School) -> None:
        for _ in range(4):
            school.answered("union", "union", "union")
        begun = [school.answered("union") for _ in range(6)]
        correction = school.apply(until_done=False)
        advance_correction(correction_id=correction.pk, now=school.now)

        for attempt in begun:
            school.answer(attempt, "neither", "neither")
        while advance_correction(correction_id=correction.pk, now=school.now):
            pass

        assert [mark(attempt) for attempt in begun] == [1] * 6
        assert Regrade.objects.count() == 10

    def test_the_sweep_hands_out_what_went_quiet(self, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
        published: list[str] = []
        monkeypatch.setattr(regrading, "publish", lambda task, pk: published.append(pk))
        for _ in range(4):
            school.answered("union", "union", "union")
        correction = school.apply(until_done=False)
        began = school.now + datetime.timedelta(hours=2)
        advance_correction(correction_id=correction.pk, now=began)

        assert sweep_corrections(now=began + datetime.timedelta(seconds=59)) == 0
        assert sweep_corrections(now=began + datetime.timedelta(seconds=61)) == 1
        assert published == [str(correction.pk)]

        advance_correction(correction_id=correction.pk, now=began)
        assert sweep_corrections(now=began + datetime.timedelta(days=1)) == 0

    @pytest.mark.parametrize("attempts", [1, 3])
    def test_a_batch_takes_as_many_queries_whatever_is_in_it(
        self, school: School, attempts: int, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(attempts):
            school.answered("neither", "neither", "neither")
        correction = school.apply(until_done=False)

        with django_assert_max_num_queries(14):
            advance_correction(correction_id=correction.pk, now=school.now)


class TestVerifyGrades:
    def test_replays_regraded_marks(self, school: School) -> None:
        for names in (["share"], ["union"] * 3, ["neither"] * 3, ["union", "share"], ["union"]):
            school.answered(*names)
        attempt = school.answered("union")
        school.apply(policy="full")
        school.answer(attempt, "neither", "neither")
        school.answered("union")

        assert list(differing_grades()) == []

    def test_replays_one_correction_after_the_other(self, school: School) -> None:
        school.answered("union", "union", "union")
        school.apply(policy="best")
        later = school.now + datetime.timedelta(hours=3)
        again = school.draft(definitions.numeric(right="Back."), now=later)
        apply_correction(correction_id=again.pk, chosen="best", actor=school.instructor, now=later)
        advance_correction(correction_id=again.pk, now=later)

        assert list(differing_grades()) == []

    def test_passes_over_what_is_still_being_regraded(self, school: School) -> None:
        school.answered("union", "union", "union")
        school.apply(until_done=False)

        assert list(differing_grades()) == []

    def test_reports_a_mark_that_was_not_regraded(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")
        correction = school.apply(until_done=False)
        Correction.objects.filter(pk=correction.pk).update(state="applied", finished_at=school.now)

        (difference,) = differing_grades()

        assert difference.attempt_id == attempt.pk
        assert "correction 1 of its question is applied" in difference.message

    def test_reports_a_regraded_mark_that_its_tries_do_not_come_to(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")
        correction = school.apply()
        Regrade.objects.update(after=HALF)
        GradeEntryFactory(
            enrolment=attempt.enrolment,
            item=attempt.item,
            attempt=attempt,
            kind="regraded",
            fraction=HALF,
            correction=correction,
        )

        messages = [difference.message for difference in differing_grades()]

        assert messages == [
            "its mark stands at 0.5000, by correction 1 its tries come to 1.0000",
            "correction 1 made 0.5000 of its mark, its tries come to 1.0000",
        ]
