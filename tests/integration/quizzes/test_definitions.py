"""Which definition stands in an offering: the revision's, or what its staff corrected."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from lessons.catalogue.models import Offering
from quizzes.models import Correction
from quizzes.selectors import definition_for, drawn_again, drawn_for, question_for, question_of
from tests.factories.accounts import PersonFactory
from tests.factories.catalogue import OfferingFactory, RevisionFactory
from tests.factories.quizzes import QuestionFactory, VariantFactory
from tests.unit.kinds import definitions

pytestmark = pytest.mark.django_db

CORRECTED = definitions.numeric(
    answer={"value": "union", "unit": "%", "significant": 3, "tolerance": {"relative": 0.01}}, misconceptions=[]
)


@pytest.fixture
def offering() -> Offering:
    """An offering with nothing corrected."""
    return OfferingFactory()


def correct(
    offering: Offering, version: Any, definition: dict[str, Any], now: datetime.datetime, **changes: Any
) -> Any:
    """Store a correction as if it had been applied."""
    number = Correction.objects.filter(offering=offering, item=version.item).count() + 1
    made = Correction.objects.create(
        offering=offering,
        item=version.item,
        version=version,
        number=number,
        definition=definition,
        reason="The key was wrong.",
        actor=PersonFactory(),
        created_at=now,
        **{"policy": "new", "state": "applying", "applied_at": now} | changes,
    )
    offering.amended_at = made.applied_at
    offering.save()
    return made


class TestDefinitionFor:
    def test_asks_nothing_where_nothing_was_corrected(self, offering: Offering, django_assert_num_queries: Any) -> None:
        version = QuestionFactory(revision=offering.revision)

        with django_assert_num_queries(0):
            assert definition_for(offering, version) == version.payload
            assert question_for(offering, version) is question_of(version)

    def test_is_the_last_correction_and_asked_once(
        self, offering: Offering, now: datetime.datetime, django_assert_num_queries: Any
    ) -> None:
        version = QuestionFactory(revision=offering.revision)
        correct(offering, version, definitions.numeric(right="First."), now)
        correct(offering, version, CORRECTED, now + datetime.timedelta(hours=1))

        with django_assert_num_queries(1):
            assert definition_for(offering, version) == CORRECTED
        with django_assert_num_queries(0):
            assert drawn_for(offering, version, 5).key["value"] != question_of(version).draw(5).key["value"]
            assert drawn_for(offering, version, 5).rendered == question_of(version).draw(5).rendered

    def test_a_draft_changes_nothing(self, offering: Offering, now: datetime.datetime) -> None:
        version = QuestionFactory(revision=offering.revision)
        correct(offering, version, CORRECTED, now, state="drafted", applied_at=None, policy="")
        offering.amended_at = now

        assert definition_for(offering, version) == version.payload

    def test_another_offering_of_the_same_revision_keeps_its_own(
        self, offering: Offering, now: datetime.datetime
    ) -> None:
        version = QuestionFactory(revision=offering.revision)
        elsewhere = OfferingFactory(revision=offering.revision, in_cohort=True, amended_at=now)
        correct(offering, version, CORRECTED, now)

        assert definition_for(elsewhere, version) == version.payload

    def test_outlives_a_revision_in_which_the_question_is_the_same(
        self, offering: Offering, now: datetime.datetime
    ) -> None:
        version = QuestionFactory(revision=offering.revision)
        newer = RevisionFactory(course=offering.course)
        same = QuestionFactory(revision=newer, item=version.item)
        rewritten = QuestionFactory(
            revision=RevisionFactory(course=offering.course),
            item=version.item,
            payload=definitions.numeric(stem="Asked otherwise: {{ calls }} calls?"),
        )
        correct(offering, version, CORRECTED, now)

        assert definition_for(offering, same) == CORRECTED
        assert definition_for(offering, rewritten) == rewritten.payload


class TestDrawnAgain:
    def test_changes_the_key_and_not_what_is_shown(self, now: datetime.datetime) -> None:
        variant = VariantFactory()
        offering = variant.attempt.enrolment.offering
        assert drawn_again(offering, variant).key == variant.key

        correct(offering, variant.version, CORRECTED, now)
        drawn = drawn_again(offering, variant)

        assert drawn.rendered == variant.rendered
        assert drawn.key["value"] != variant.key["value"]

    def test_leaves_a_variant_that_would_show_something_else(self, now: datetime.datetime) -> None:
        variant = VariantFactory()
        variant.rendered = variant.rendered | {"stem_html": "<p>As an older engine wrote it.</p>"}
        offering = variant.attempt.enrolment.offering
        correct(offering, variant.version, CORRECTED, now)

        assert drawn_again(offering, variant).key == variant.key
