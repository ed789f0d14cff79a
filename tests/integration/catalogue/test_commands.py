"""Giving a course to a cohort from the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lessons.catalogue.models import Course, Item, Offering
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


class TestNew:
    def test_writes_a_course_that_can_be_loaded(self, tmp_path):
        said = course("new", str(tmp_path / "queues"), "--title", "Queues in practice")
        assert "chapter.md" in said
        assert "revision 1 is loaded" in course("load", str(tmp_path / "queues"))

    def test_refuses_a_folder_in_use(self, course_folder):
        with pytest.raises(CommandError, match="holds something already"):
            course("new", str(course_folder))


class TestDiff:
    def test_compares_a_folder_with_the_newest_revision(self, course_folder, edit):
        course("load", str(course_folder))
        edit(("The page hung.", "The page hung twice."))
        assert course("diff", str(course_folder)).splitlines() == [
            "changed  section    waiting/tables  (minor)  Tables and boxes",
            "    Progress stands.",
            "    text:",
            "      - The page hung.",
            "      + The page hung twice.",
            "0 removed, 1 changed, 0 added: minor, progress stands.",
        ]

    def test_finds_no_difference_in_what_was_just_loaded(self, course_folder):
        course("load", str(course_folder))
        assert course("diff", str(course_folder)) == "Nothing differs.\n"

    def test_compares_two_revisions_and_keeps_identities_through_a_renaming(self, course_folder, edit):
        course("load", str(course_folder))
        edit(
            ("## One slow call {#one-slow-call}", "## One call {#one-call was=one-slow-call}"),
            ("section: one-slow-call", "section: one-call"),
        )
        course("load", str(course_folder))
        said = course("diff", "minimal@1", "minimal@2")
        assert "changed  section    waiting/one-slow-call  (minor)  One call" in said
        assert "removed " not in said.splitlines()[0]
        assert course("diff", "minimal@2", str(course_folder)) == "Nothing differs.\n"

    def test_compares_two_folders_without_touching_the_database(self, course_folder, tmp_path):
        course("new", str(tmp_path / "queues"))
        assert "removed  chapter    waiting  (major)" in course("diff", str(course_folder), str(tmp_path / "queues"))
        assert not Course.objects.exists()
        assert not Item.objects.exists()

    @pytest.mark.parametrize(
        ("states", "complaint"),
        [
            (["minimal@7"], "no revision minimal@7"),
            (["a@1", "b@1", "c@1"], "Two states can be compared; these are 3"),
        ],
    )
    def test_says_what_cannot_be_compared(self, states, complaint):
        with pytest.raises(CommandError, match=complaint):
            course("diff", *states)

    def test_says_that_nothing_is_loaded_to_compare_with(self, course_folder):
        with pytest.raises(CommandError, match="No revision of 'minimal' is loaded"):
            course("diff", str(course_folder))
