"""Drafting a correction of a key: what it takes, what is refused, and who is told."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from quizzes.errors import CorrectionOvertaken, InvalidCorrection, NotFound
from quizzes.models import Correction, Forecast, GradeEntry, Regrade
from quizzes.selectors import question_of
from quizzes.services import corrections
from quizzes.services.corrections import apply_correction, discard_correction, look_again, note_seen
from quizzes.services.regrading import advance_correction
from tests.factories.accounts import MembershipFactory, PersonFactory
from tests.factories.catalogue import OfferingFactory
from tests.factories.quizzes import (
    QuestionFactory,
)
from tests.integration.quizzes.correcting import UNION_IS_RIGHT, School, current, key_in_force, mark
from tests.unit.kinds import definitions

pytestmark = pytest.mark.django_db

FULL, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)


@pytest.fixture
def school(now: datetime.datetime, monkeypatch: pytest.MonkeyPatch) -> School:
    """A cohort with a numeric question; corrections are looked over in fewer draws than usual."""
    monkeypatch.setattr(corrections, "SECOND_LOOK", range(20, 24))
    return School(now)


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


class TestNoteSeen:
    def test_is_for_ones_own(self, school: School, now: datetime.datetime) -> None:
        mine, others = (school.answered("union", "union", "union") for _ in range(2))
        school.apply()
        ids = list(Regrade.objects.values_list("pk", flat=True))

        assert note_seen(regrade_ids=ids, actor=mine.enrolment.person, now=now) == 1

        assert Regrade.objects.get(attempt=mine).seen_at == now
        assert Regrade.objects.get(attempt=others).seen_at is None
