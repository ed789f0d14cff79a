"""Item analysis: first tries counted in the database against the same counted by hand, and how it is ordered."""

from __future__ import annotations

import csv
import datetime
import io
import statistics
from typing import Any

import pytest
from django.test import Client

from lessons.catalogue.models import Offering
from quizzes.errors import NotFound
from quizzes.files.text import guarded
from quizzes.models import AnalysisOrder, Attempt, ItemAnalysis, Step, Variant
from quizzes.selectors.analysis import analysis_page, analysis_table
from quizzes.selectors.first_tries import count_first_tries, first_tries
from quizzes.services import analysis
from quizzes.services.analysis import analyse_questions, order_analysis, sweep_analyses
from tests.factories.accounts import MembershipFactory
from tests.factories.catalogue import OfferingFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.correcting import School

pytestmark = pytest.mark.django_db

GIVEN = [  # learner by question: share (right), union (a misconception) or neither
    ["share", "share", "share", "share", "union"],
    ["share", "share", "share", "union", "union"],
    ["share", "union", "share", "share", "neither"],
    ["union", "share", "union", "union", "share"],
    ["union", "union", "neither", "union", "share"],
    ["neither", "union", "union", "union", "share"],
]


@pytest.fixture
def school(now: datetime.datetime) -> School:
    """A cohort."""
    return School(now)


@pytest.fixture
def answered(school: School) -> list[Any]:
    """Six learners' first tries at five questions; the last question's key is the wrong way round."""
    versions = [school.version, *(QuestionFactory(revision=school.offering.revision) for _ in range(4))]
    for row in GIVEN:
        enrolment = school.learner()
        for version, name in zip(versions, row, strict=True):
            school.version = version
            attempt = school.attempt(enrolment)
            Variant.objects.filter(attempt=attempt).update(created_at=school.now - datetime.timedelta(seconds=30))
            school.answer(attempt, name, *(["share"] if name != "share" else []))
    school.version = versions[0]
    return versions


class TestCountFirstTries:
    def test_is_what_counting_by_hand_gives(self, school: School, answered: list[Any]) -> None:
        counted = count_first_tries(school.offering)

        right = [[float(name == "share") for name in row] for row in GIVEN]
        means = [statistics.fmean(column) for column in zip(*right, strict=True)]
        above = [[value - mean for value, mean in zip(row, means, strict=True)] for row in right]
        for place, version in enumerate(answered):
            found = counted[version.item_id]
            rest = [(sum(row) - row[place]) / 4 for row in above]
            column = [row[place] for row in right]
            assert (found.answers, found.earned, found.pairs) == (6, sum(column), 6)
            assert found.correlation == pytest.approx(statistics.correlation(column, rest))
            names = [row[place] for row in GIVEN]
            expected = {"": names.count("share"), "union-bound": names.count("union"), "other": names.count("neither")}
            assert {name: count for name, count, _ in found.choices} == {n: c for n, c in expected.items() if c}
            assert sum(count for _, count, _ in found.variants) == 6
            assert found.confidences == [("sure", 6, sum(column))]
            assert found.times is not None
            assert (found.times.median, found.times.count) == (30.0, 6)
            assert found.expected == ("union-bound",)
        assert counted[answered[4].item_id].correlation < 0 < counted[answered[0].item_id].correlation

    def test_counts_first_tries_alone(self, school: School, answered: list[Any]) -> None:
        assert Step.objects.count() > 30
        assert first_tries(school.offering) == 30
        assert sum(each.answers for each in count_first_tries(school.offering).values()) == 30

    def test_leaves_reviews_and_other_offerings_out(self, school: School, answered: list[Any]) -> None:
        Attempt.objects.filter(item=answered[0].item).update(purpose="review")
        other = School(school.now, OfferingFactory(revision=school.offering.revision, in_cohort=True))
        other.version = answered[1]
        other.answered("share")

        counted = count_first_tries(school.offering)

        assert answered[0].item_id not in counted
        assert counted[answered[1].item_id].answers == 6
        assert first_tries(school.offering) == 24

    def test_takes_a_corrected_key_into_account(
        self, school: School, answered: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        school.version = answered[4]
        school.apply()

        found = count_first_tries(Offering.objects.get(pk=school.offering.pk))[answered[4].item_id]

        assert found.earned == 2
        assert {name: count for name, count, _ in found.choices} == {"": 2, "other": 4}
        assert found.expected == ("exact-share",)

    def test_an_offering_without_answers_has_nothing(self, school: School) -> None:
        assert count_first_tries(school.offering) == {}
        assert first_tries(school.offering) == 0

    def test_takes_as_many_queries_whatever_it_counts(
        self, school: School, answered: list[Any], django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(9):
            count_first_tries(school.offering)


class TestOrdering:
    @pytest.fixture
    def published(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What was handed to the queue."""
        sent: list[str] = []
        monkeypatch.setattr(analysis, "publish_on_commit", lambda task, pk: sent.append(pk))
        monkeypatch.setattr(analysis, "publish", lambda task, pk: sent.append(pk))
        return sent

    def test_from_the_order_to_the_figures(self, school: School, answered: list[Any], published: list[str]) -> None:
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)
        assert published == [str(school.offering.pk)]

        assert analyse_questions(offering_id=school.offering.pk, now=school.now)
        assert not analyse_questions(offering_id=school.offering.pk, now=school.now), "a repeat finds nothing to do"

        order = AnalysisOrder.objects.get()
        assert (order.state, order.answers, order.computed_at) == ("computed", 30, school.now)
        assert ItemAnalysis.objects.count() == 5
        assert ItemAnalysis.objects.get(item=answered[0].item).answers == 6

    def test_is_for_the_staff_of_the_cohort(self, school: School) -> None:
        for nobody in (school.learner().person, MembershipFactory(instructor=True).person):
            with pytest.raises(NotFound):
                order_analysis(offering=school.offering, actor=nobody, now=school.now)

    def test_keeps_why_it_failed_and_what_there_was(
        self, school: School, answered: list[Any], published: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)
        analyse_questions(offering_id=school.offering.pk, now=school.now)
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)

        def fail(offering: Any) -> Any:
            raise ValueError("no space left on device")

        monkeypatch.setattr(analysis, "count_first_tries", fail)
        assert not analyse_questions(offering_id=school.offering.pk, now=school.now)

        order = AnalysisOrder.objects.get()
        assert order.state == "failed"
        assert order.failure == "The figures could not be computed: no space left on device"
        assert ItemAnalysis.objects.count() == 5

    def test_gives_up_after_workers_died_on_it(self, school: School, published: list[str]) -> None:
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)
        AnalysisOrder.objects.update(starts=3)

        assert not analyse_questions(offering_id=school.offering.pk, now=school.now)

        assert AnalysisOrder.objects.get().failure.startswith("A worker began 3 times")

    def test_the_sweep_hands_out_what_went_quiet(self, school: School, published: list[str]) -> None:
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)
        published.clear()

        assert sweep_analyses(now=school.now + datetime.timedelta(minutes=4)) == 0
        assert sweep_analyses(now=school.now + datetime.timedelta(minutes=6)) == 1
        assert published == [str(school.offering.pk)]

    def test_is_computed_anew_once_answers_grew(
        self, school: School, answered: list[Any], published: list[str]
    ) -> None:
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)
        analyse_questions(offering_id=school.offering.pk, now=school.now)
        later = school.now + datetime.timedelta(hours=2)
        assert sweep_analyses(now=later) == 0

        AnalysisOrder.objects.update(answers=9, touched_at=school.now)
        assert sweep_analyses(now=later) == 1
        order = AnalysisOrder.objects.get()
        assert (order.state, order.asked_by) == ("asked", None)


class TestPage:
    def test_states(self, school: School, answered: list[Any]) -> None:
        def state() -> str:
            return analysis_page(person=school.instructor, slug=school.offering.slug).state

        assert state() == "none"
        order_analysis(offering=school.offering, actor=school.instructor, now=school.now)
        assert state() == "computing"
        analyse_questions(offering_id=school.offering.pk, now=school.now)
        assert state() == "current"
        school.answered("share")
        assert state() == "stale"
        AnalysisOrder.objects.update(state="failed", failure="The disk is full.")
        assert state() == "failed"

    def test_is_there_for_staff_alone(self, school: School) -> None:
        for nobody in (None, school.learner().person, MembershipFactory(instructor=True).person):
            with pytest.raises(NotFound):
                analysis_page(person=nobody, slug=school.offering.slug)

    def test_text_that_is_a_formula_is_text(self) -> None:
        assert guarded("=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0"
        assert guarded("Ordinary") == "Ordinary"

    @pytest.mark.parametrize("sort", ["course", "facility", "discrimination", "findings", "nonsense"])
    def test_table_has_a_row_a_question(self, school: School, sort: str) -> None:
        page = analysis_page(person=school.instructor, slug=school.offering.slug, sort=sort)
        text = io.StringIO()
        csv.writer(text).writerows(analysis_table(page))

        assert len(text.getvalue().splitlines()) == 1 + len(page.rows)

    def test_of_nobody_known_is_not_there(self, school: School) -> None:
        assert Client().get(f"/learn/{school.offering.slug}/analysis/").status_code == 404
