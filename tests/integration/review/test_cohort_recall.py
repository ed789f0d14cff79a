"""What a cohort's daily reviews tell its staff: never of fewer than five learners."""

from __future__ import annotations

import datetime
from uuid import UUID

import pytest

from lessons.catalogue.models import Enrolment
from lessons.review.models import Review
from lessons.review.selectors import cohort_recall, syllabus_of
from tests.factories.catalogue import EnrolmentFactory
from tests.integration.review.learner import Chapter, Learner

pytestmark = pytest.mark.django_db

Now = datetime.datetime


class TestCohortRecall:
    @pytest.fixture
    def classmates(self, learner: Learner, chapter: Chapter, now: Now) -> list[Enrolment]:
        """Six learners who met the first term twice; the first of them met the second term twice too, and forgot both.

        Of the others two forgot the first term.
        """
        others = [EnrolmentFactory(offering=learner.offering) for _ in range(5)]
        for place, enrolment in enumerate([learner.enrolment, *others]):
            for term in chapter.terms[: 1 if place else 2]:
                recalled = (True, place >= 3)
                for number, is_recalled in enumerate(recalled, start=1):
                    Review.objects.create(
                        enrolment=enrolment,
                        item=term.item,
                        number=number,
                        rating=3 if is_recalled else 1,
                        is_recalled=is_recalled,
                        predicted=None if number == 1 else 0.9,
                        day=now.date(),
                        at=now,
                    )
        return [learner.enrolment, *others]

    def people(self, enrolments: list[Enrolment]) -> list[UUID]:
        return [enrolment.person_id for enrolment in enrolments]

    def test_names_what_five_learners_met_again(self, learner: Learner, chapter: Chapter, classmates) -> None:
        found = cohort_recall(learner.offering, learners=self.people(classmates))
        assert found.learners == 6
        assert found.table is not None
        assert found.table.total is not None
        # Seven second meetings, four of which forgot: three learners' of the first term, one's of the second.
        assert (found.table.total.recalled.held, found.table.reviews) == (3, 7)
        (row,) = found.most_forgotten
        assert (row.subject.title, row.learners) == ("Term 1.0", 6)
        # Wilson's 95% interval of 3 of 6.
        assert (row.forgotten.held, row.forgotten.total) == (3, 6)
        assert (row.forgotten.low, row.forgotten.high) == pytest.approx((0.1876, 0.8124), abs=1e-4)

    def test_tells_nothing_of_four(self, learner: Learner, classmates) -> None:
        found = cohort_recall(learner.offering, learners=self.people(classmates)[:4])
        assert (found.learners, found.table, found.most_forgotten) == (4, None, ())

    def test_leaves_out_a_range_that_fewer_than_five_met(self, learner: Learner, chapter: Chapter, classmates) -> None:
        review = Review.objects.get(enrolment=classmates[0], item=chapter.terms[1].item, number=2)
        Review.objects.create(
            enrolment=review.enrolment,
            item=review.item,
            number=3,
            rating=1,
            is_recalled=False,
            predicted=0.3,
            day=review.day,
            at=review.at,
        )
        table = cohort_recall(learner.offering, learners=self.people(classmates)).table
        assert table is not None
        assert [(row.name, row.recalled.total) for row in table.rows] == [("90% to 95%", 7)]

    def test_counts_no_other_offerings_reviews_and_no_others_people(
        self, learner: Learner, classmates, django_assert_num_queries
    ) -> None:
        elsewhere = EnrolmentFactory().offering
        assert cohort_recall(elsewhere, learners=self.people(classmates)).learners == 0
        syllabus_of(learner.offering.revision)
        with django_assert_num_queries(3):
            assert cohort_recall(learner.offering, learners=self.people(classmates)[1:]).learners == 5
