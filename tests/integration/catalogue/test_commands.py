"""Giving a course to a cohort from the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lessons.catalogue.models import Offering
from tests.factories.accounts import CohortFactory
from tests.factories.catalogue import CourseFactory, RevisionFactory

pytestmark = pytest.mark.django_db


def course(*arguments: str) -> str:
    out = StringIO()
    call_command("course", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def cohort():
    return CohortFactory(organisation__slug="north", slug="spring")


@pytest.fixture
def first_revision():
    return RevisionFactory(course=CourseFactory(slug="queues"), number=1)


class TestOffer:
    def test_gives_the_newest_revision_at_an_address_of_the_cohort(self, cohort, first_revision):
        RevisionFactory(course=first_revision.course, number=2)
        assert "revision 2 at /learn/north-spring/" in course("offer", "queues", "--cohort", "north/spring")
        assert Offering.objects.get(slug="north-spring").cohort == cohort

    def test_changes_nothing_a_second_time(self, cohort, first_revision):
        for _ in range(2):
            course("offer", "queues", "--cohort", "north/spring")
        assert Offering.objects.count() == 1

    @pytest.mark.parametrize(
        ("name", "cohort_named", "complaint"),
        [("stacks", "north/spring", "no course 'stacks'"), ("queues", "north/autumn", "no cohort 'north/autumn'")],
    )
    def test_says_what_there_is_not(self, cohort, first_revision, name, cohort_named, complaint):
        with pytest.raises(CommandError, match=complaint):
            course("offer", name, "--cohort", cohort_named)
        assert not Offering.objects.exists()


class TestAdopt:
    def test_lets_an_offering_read_the_newest_revision(self, cohort, first_revision):
        course("offer", "queues", "--cohort", "north/spring")
        newest = RevisionFactory(course=first_revision.course, number=2)
        course("adopt", "north-spring")
        assert Offering.objects.get(slug="north-spring").revision == newest

    def test_says_that_there_is_no_such_offering(self):
        with pytest.raises(CommandError, match="no offering 'north-spring'"):
            course("adopt", "north-spring")
