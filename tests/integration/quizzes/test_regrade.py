"""A correction of a key: what it takes to draft one, what each policy makes of marks, and nothing happens twice."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from lessons.catalogue.models import Event, Offering
from quizzes import services
from quizzes.errors import CorrectionOvertaken, InvalidCorrection, NotFound
from quizzes.models import Attempt, Correction, Forecast, GradeEntry, Regrade, Step
from quizzes.selectors import differing_grades, question_of
from quizzes.services import corrections, regrading
from quizzes.services.corrections import apply_correction, discard_correction, look_again, note_seen
from quizzes.services.regrading import advance_correction, sweep_corrections
from tests.factories.accounts import MembershipFactory, PersonFactory
from tests.factories.catalogue import OfferingFactory, RevisionFactory
from tests.factories.quizzes import (
    AssignmentFactory,
    GradeCategoryFactory,
    GradeEntryFactory,
    QuestionFactory,
    SittingFactory,
)
from tests.integration.quizzes.correcting import UNION_IS_RIGHT, School, current, key_in_force
from tests.unit.kinds import definitions

pytestmark = pytest.mark.django_db

FULL, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)


@pytest.fixture
def school(now: datetime.datetime, monkeypatch: pytest.MonkeyPatch) -> School:
    """A cohort with a numeric question; corrections are looked over in fewer draws than usual."""
    monkeypatch.setattr(corrections, "SECOND_LOOK", range(20, 24))
    return School(now)


def mark(attempt: Attempt) -> Decimal | None:
    """The mark that stands for an attempt's question."""
    entry = GradeEntry.objects.filter(enrolment=attempt.enrolment, item=attempt.item).practice().current().first()
    return None if entry is None else entry.fraction


class TestDraftCorrection:
    def test_forecasts_who_would_change(self, school: School) -> None:
        right, bound, neither = (school.answered(*names) for names in (["share"], ["union"] * 3, ["neither"] * 3))
        school.answered("union")  # still open

        correction = school.draft()

        assert correction.forecast_at is not None
        rows = {row.attempt_id: (row.before, row.new, row.full) for row in correction.forecasts.all()}
        assert rows == {right.pk: (1, 0, 1), bound.pk: (0, 1, 1), neither.pk: (0, 0, 1)}
        assert not Regrade.objects.exists()
        assert mark(bound) == 0

    def test_changes_no_key_before_it_is_applied(self, school: School) -> None:
        attempt = school.attempt()
        before = current(attempt).key["value"]

        school.draft()

        assert key_in_force(attempt)["value"] == before

    def test_is_for_those_who_teach_the_cohort(self, school: School) -> None:
        learner = school.learner().person
        observer = MembershipFactory(cohort=school.offering.cohort, observer=True).person
        sibling = MembershipFactory(instructor=True).person
        for nobody in (learner, observer, sibling, PersonFactory()):
            with pytest.raises(NotFound):
                school.draft(actor=nobody)

    def test_nobody_corrects_in_an_open_offering(self, school: School) -> None:
        openly = OfferingFactory(revision=school.offering.revision)
        with pytest.raises(NotFound):
            school.draft(offering=openly)

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
    def test_states_a_reason(self, school: School, reason: str) -> None:
        with pytest.raises(InvalidCorrection, match="1 to 500 characters"):
            school.draft(reason=reason)

    def test_refuses_what_changes_nothing(self, school: School) -> None:
        with pytest.raises(InvalidCorrection, match="Nothing differs"):
            school.draft(dict(school.version.payload))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"stem": "Asked otherwise for {{ calls }} calls?"}, "stem: this is what learners were shown"),
            ({"variables": {"calls": {"choose": [6, 8]}}}, "variables: this is what"),
            ({"tries": 1}, "tries: this is"),
            ({"penalty": 0.0}, "penalty"),
            ({"kind": "choice"}, "kind"),
            ({"id": "another"}, "id"),
            ({"answer": UNION_IS_RIGHT["answer"] | {"unit": "fraction"}, "misconceptions": []}, "unit: shown was"),
            ({"answer": {"value": "unknown_name", "tolerance": {"relative": 0.01}}}, "unknown_name is not known"),
            ({"answer": {"value": "9**9**9**9", "tolerance": {"relative": 0.01}}}, "too large|larger"),
            ({"answer": {"value": "+".join(["1"] * 200), "tolerance": {"relative": 0.01}}}, "300 characters"),
            ({"answer": {"value": "-" * 40 + "calls", "tolerance": {"relative": 0.01}}}, "nested more than 16 deep"),
            ({"values": {"share": "union", "union": "share"}}, "circle"),
            ({"answer": {"value": "__import__('os')", "tolerance": {"relative": 0.01}}}, "not a function"),
            ({"answer": UNION_IS_RIGHT["answer"]}, "counts as the exact value"),
            ({"misconceptions": [{"id": "a", "value": "1", "feedback": "x"}] * 11}, "at most 10"),
            ({"surprise": 1}, "surprise"),
        ],
    )
    def test_refuses_what_no_course_may_hold_and_what_learners_would_see(
        self, school: School, changes: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(InvalidCorrection, match=message):
            school.draft(definitions.numeric(**changes))
        assert not Correction.objects.exists()

    def test_refuses_a_change_of_a_value_that_the_text_shows(self, now: datetime.datetime) -> None:
        school = School(now)
        school.version = QuestionFactory(
            revision=school.offering.revision,
            payload=definitions.numeric(stem="{{ calls }} calls; the union bound says {{ union }}%. What is exact?"),
        )
        changed = school.version.payload | {"values": {"share": "100 * any_beyond(0.99, calls)", "union": "2 * calls"}}

        with pytest.raises(InvalidCorrection, match="stem: shown was"):
            school.draft(changed)

    def test_is_marked_as_refused_where_a_stored_variant_would_look_otherwise(self, school: School) -> None:
        attempt = school.attempt()
        variant = current(attempt)
        variant.parameters = {"calls": 10} | {"gone": 1}
        variant.save()

        # No definition draws these parameters, so the variant keeps its key; it is no fault of the correction.
        assert school.draft().fault == ""

    def test_the_same_twice_is_one_draft(self, school: School) -> None:
        assert school.draft().pk == school.draft().pk
        assert school.draft(reason="For another reason.").number == 2

    def test_may_widen_a_tolerance_and_say_so_beside_the_field(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")
        wider = definitions.numeric(
            answer={"value": "share", "unit": "%", "significant": 3, "tolerance": {"relative": 0.06}}, misconceptions=[]
        )

        school.apply(school.draft(wider))

        assert mark(attempt) == FULL
        assert "within 6%" in question_of(school.version).draw(1).rendered["precision_note"].replace("1%", "6%")


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
            enrolment=attempt.enrolment,
            item_key=school.key,
            actor=attempt.enrolment.person,
            shown=services.ShownVariant(variant_id=current(attempt).pk),
            now=now,
        )

        school.apply(policy="full")

        assert mark(attempt) == 0
        assert not Regrade.objects.exists()


class TestRefusals:
    def test_applies_only_what_was_forecast(self, school: School) -> None:
        draft = school.draft()
        Correction.objects.update(forecast_at=None)
        with pytest.raises(InvalidCorrection, match="not known yet"):
            school.apply(draft)

    def test_never_applies_what_was_refused(self, school: School) -> None:
        draft = school.draft()
        Correction.objects.update(fault="It would change what somebody was shown.")
        with pytest.raises(InvalidCorrection, match="would change"):
            school.apply(draft)

    @pytest.mark.parametrize("policy", ["", "worst", "NEW"])
    def test_a_policy_is_one_of_three(self, school: School, policy: str) -> None:
        with pytest.raises(InvalidCorrection, match="Choose what becomes of the marks"):
            school.apply(school.draft(), policy)

    def test_of_two_drafts_the_second_must_be_made_anew(self, school: School) -> None:
        first, second = school.draft(), school.draft(reason="I saw it too.")
        school.apply(first)

        with pytest.raises(CorrectionOvertaken, match="applied after this one was drafted"):
            school.apply(second, "full")
        second.refresh_from_db()
        assert second.state == "drafted"

    def test_waits_for_one_that_is_being_applied(self, school: School) -> None:
        school.apply(until_done=False)
        later = school.now + datetime.timedelta(hours=3)
        second = school.draft(definitions.numeric(right="Back."), now=later)

        with pytest.raises(CorrectionOvertaken, match="is being applied"):
            apply_correction(correction_id=second.pk, chosen="new", actor=school.instructor, now=later)

    def test_applying_twice_is_applying_once(self, school: School) -> None:
        school.answered("union", "union", "union")
        correction = school.apply()

        again = school.apply(correction)

        assert again.applied_at == correction.applied_at
        assert GradeEntry.objects.filter(kind="regraded").count() == 1
        with pytest.raises(CorrectionOvertaken, match="by another rule"):
            school.apply(correction, "full")

    def test_is_for_the_staff_of_its_cohort(self, school: School, now: datetime.datetime) -> None:
        draft = school.draft()
        for nobody in (school.learner().person, MembershipFactory(instructor=True).person):
            with pytest.raises(NotFound):
                apply_correction(correction_id=draft.pk, chosen="new", actor=nobody, now=now)
            with pytest.raises(NotFound):
                look_again(correction_id=draft.pk, actor=nobody, now=now)
            with pytest.raises(NotFound):
                discard_correction(correction_id=draft.pk, actor=nobody)

    def test_a_draft_can_be_dropped_and_what_was_applied_cannot(self, school: School) -> None:
        school.answered("share")
        discard_correction(correction_id=school.draft().pk, actor=school.instructor)
        assert not Correction.objects.exists()

        with pytest.raises(CorrectionOvertaken, match="can't be discarded"):
            discard_correction(correction_id=school.apply().pk, actor=school.instructor)

    def test_looks_again_at_answers_given_since(self, school: School) -> None:
        draft = school.draft()
        school.answered("share")

        look_again(correction_id=draft.pk, actor=school.instructor, now=school.now)
        advance_correction(correction_id=draft.pk, now=school.now)

        assert Forecast.objects.count() == 1
        draft.refresh_from_db()
        assert draft.forecast_at is not None


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


class TestNoteSeen:
    def test_is_for_ones_own(self, school: School, now: datetime.datetime) -> None:
        mine, others = (school.answered("union", "union", "union") for _ in range(2))
        school.apply()
        ids = list(Regrade.objects.values_list("pk", flat=True))

        assert note_seen(regrade_ids=ids, actor=mine.enrolment.person, now=now) == 1

        assert Regrade.objects.get(attempt=mine).seen_at == now
        assert Regrade.objects.get(attempt=others).seen_at is None


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
