"""Courses from files into the database."""

from __future__ import annotations

import dataclasses
import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lessons.catalogue.errors import ItemKindChanged, ItemsCollide
from lessons.catalogue.models import Course, Item, ItemKind, ItemVersion, Offering, Revision, Verb
from lessons.catalogue.selectors import chapter_of, outline_of, question_version
from lessons.catalogue.services import load_course, publish_course, record_event
from tests.factories.accounts import OrganisationFactory
from tests.factories.catalogue import EnrolmentFactory

pytestmark = pytest.mark.django_db

RENAMED_SECTION = ("## One slow call {#one-slow-call}", "## One call {#one-call was=one-slow-call}")
MOVED_QUESTION = ("section: one-slow-call", "section: one-call")


def later(now, days=1):
    return now + datetime.timedelta(days=days)


class TestLoadCourse:
    def test_stores_every_item_in_order_with_its_parent(self, loaded, now):
        revision = load_course(source=loaded, organisation=None, now=now)
        stored = [
            (version.item.kind, version.item.key, version.parent.item.key if version.parent else None)
            for version in revision.versions.select_related("item", "parent__item").order_by("position")
        ]
        assert stored == [(item.kind, item.key, item.parent) for item in loaded.items]
        assert (revision.number, revision.title, revision.coming) == (
            1,
            "A course small enough to test with",
            [{"number": 2, "title": "What comes next"}],
        )

    def test_makes_one_revision_of_the_same_content(self, loaded, now):
        first = load_course(source=loaded, organisation=None, now=now)
        again = load_course(source=loaded, organisation=None, now=later(now))
        assert again == first
        assert (Course.objects.count(), Revision.objects.count()) == (1, 1)
        assert ItemVersion.objects.count() == len(loaded.items)
        assert not Item.objects.filter(retired_at__isnull=False).exists()

    def test_numbers_revisions_within_a_course(self, loaded, edit, now):
        load_course(source=loaded, organisation=None, now=now)
        changed = edit(("The page hung.", "The page hung twice."))
        assert load_course(source=changed, organisation=None, now=now).number == 2

    def test_keeps_the_courses_of_two_schools_apart(self, loaded, now):
        open_revision = load_course(source=loaded, organisation=None, now=now)
        school = OrganisationFactory()
        owned_revision = load_course(source=loaded, organisation=school, now=now)
        assert owned_revision.course != open_revision.course
        assert owned_revision.course.organisation == school
        assert Item.objects.filter(key="waiting").count() == 2

    def test_leaves_nothing_when_it_fails_midway(self, loaded, now):
        long_title = dataclasses.replace(loaded.items[-1], title="x" * 300)
        broken = dataclasses.replace(loaded, items=(*loaded.items[:-1], long_title))
        with pytest.raises(Exception, match="too long"):
            load_course(source=broken, organisation=None, now=now)
        assert not Course.objects.exists()
        assert not Item.objects.exists()

    def test_retires_what_is_gone_and_brings_it_back(self, loaded, edit, now):
        load_course(source=loaded, organisation=None, now=now)
        without = edit((":::run tail_latency\nid: correlated\nparameters: {calls: 20}\nrequests: 1000\n:::\n", ""))
        load_course(source=without, organisation=None, now=later(now))
        assert list(Item.objects.filter(retired_at=later(now)).values_list("key", flat=True)) == ["waiting/correlated"]
        load_course(source=loaded, organisation=None, now=later(now, 2))
        assert not Item.objects.filter(retired_at__isnull=False).exists()

    def test_keeps_the_identity_of_a_renamed_section_and_the_events_on_it(self, loaded, edit, now):
        revision = load_course(source=loaded, organisation=None, now=now)
        section = Item.objects.get(key="waiting/one-slow-call")
        enrolment = EnrolmentFactory(offering__revision=revision)
        record_event(enrolment=enrolment, verb=Verb.OPENED, item=section, now=now, idempotency_key="a")
        renamed = load_course(source=edit(RENAMED_SECTION, MOVED_QUESTION), organisation=None, now=now)
        assert renamed.versions.get(item=section).title == "One call"
        assert renamed.versions.get(item=section).payload["anchor"] == "one-call"
        assert section.events.count() == 1
        assert not Item.objects.filter(retired_at__isnull=False).exists()

    def test_keeps_the_identity_of_everything_in_a_renamed_chapter(self, loaded, edit, now):
        load_course(source=loaded, organisation=None, now=now)
        before = set(Item.objects.values_list("pk", "kind"))
        renamed = edit(("id: waiting\n", "id: delays\nwas: waiting\n"))
        revision = load_course(source=renamed, organisation=None, now=now)
        assert set(Item.objects.values_list("pk", "kind")) == before
        assert not Item.objects.filter(retired_at__isnull=False).exists()
        assert chapter_of(revision, "waiting").title == "Waiting"

    def test_names_items_in_blocks_by_their_identity(self, loaded, edit, now):
        old = load_course(source=loaded, organisation=None, now=now)
        renamed = edit(
            (":::question slow-share", ":::question share"), ("- id: slow-share", "- id: share\n  was: slow-share")
        )
        new = load_course(source=renamed, organisation=None, now=now)
        for revision in (old, new):
            section = next(part for part in chapter_of(revision, "waiting").sections if part.title == "One slow call")
            keys = [block["key"] for block in section.payload["blocks"] if block["type"] == "question"]
            assert keys == ["waiting/slow-share"]
            assert question_version(revision, keys[0]).item.kind == ItemKind.QUESTION

    def test_refuses_an_id_that_becomes_something_else(self, loaded, edit, now):
        load_course(source=loaded, organisation=None, now=now)
        other_kind = edit(
            ("id: straggler-instrument", "id: aside-instrument"),
            ("## Tables and boxes {#tables}", "## Tables and boxes {#straggler-instrument}"),
            ("(#tables)", "(#straggler-instrument)"),
        )
        with pytest.raises(ItemKindChanged, match="waiting/straggler-instrument was a simulation and is now a section"):
            load_course(source=other_kind, organisation=None, now=now)
        assert Revision.objects.count() == 1

    def test_refuses_two_items_that_continue_one(self, loaded, now):
        load_course(source=loaded, organisation=None, now=now)
        section = next(item for item in loaded.items if item.key == "waiting/tables")
        copy = dataclasses.replace(section, key="waiting/new", was=("waiting/tables",))
        colliding = dataclasses.replace(loaded, digest="f" * 64, items=(*loaded.items, copy))
        with pytest.raises(ItemsCollide, match="waiting/new and waiting/tables both continue waiting/tables"):
            load_course(source=colliding, organisation=None, now=now)

    @pytest.mark.parametrize("sections", [1, 12])
    def test_takes_as_many_queries_for_a_long_course_as_for_a_short_one(
        self, loaded, now, sections, django_assert_num_queries
    ):
        extra = tuple(
            dataclasses.replace(loaded.items[1], key=f"waiting/extra-{number}", was=()) for number in range(sections)
        )
        longer = dataclasses.replace(loaded, items=(*loaded.items, *extra))
        with django_assert_num_queries(15):
            load_course(source=longer, organisation=None, now=now)


class TestPublishCourse:
    def test_makes_the_open_offering_and_lets_it_follow(self, loaded, edit, now):
        publish_course(source=loaded, organisation=None, now=now)
        newest = publish_course(source=edit(("hung.", "hung twice.")), organisation=None, now=later(now))
        offering = Offering.objects.get()
        assert (offering.slug, offering.cohort, offering.revision) == ("minimal", None, newest)
        assert (offering.created_at, offering.adopted_at) == (now, later(now))

    def test_returns_to_an_earlier_state_without_a_new_revision(self, loaded, edit, now):
        first = publish_course(source=loaded, organisation=None, now=now)
        publish_course(source=edit(("hung.", "hung twice.")), organisation=None, now=now)
        assert publish_course(source=loaded, organisation=None, now=now) == first
        assert Offering.objects.get().revision == first
        assert Revision.objects.count() == 2

    def test_opens_no_school_s_course_to_everybody(self, loaded, now):
        publish_course(source=loaded, organisation=OrganisationFactory(), now=now)
        assert not Offering.objects.exists()


class TestCourseCommand:
    def run(self, *arguments):
        out, err = StringIO(), StringIO()
        call_command("course", *map(str, arguments), stdout=out, stderr=err)
        return out.getvalue()

    def test_checks_without_loading(self, course_folder):
        assert "no fault" in self.run("check", course_folder)
        assert not Course.objects.exists()

    def test_loads_and_lists(self, course_folder):
        assert "revision 1 is loaded" in self.run("load", course_folder)
        assert "minimal (open): A course small enough to test with, revision 1, 8 items" in self.run("list")

    def test_says_so_when_nothing_is_loaded(self):
        assert "No course is loaded yet" in self.run("list")

    def test_passes_over_a_course_that_has_not_changed(self, course_folder, django_assert_num_queries):
        self.run("load", course_folder)
        with django_assert_num_queries(1):
            assert "Nothing has changed" in self.run("load", course_folder)
        assert Revision.objects.count() == 1

    def test_loads_for_a_school(self, course_folder):
        school = OrganisationFactory(slug="northwind")
        self.run("load", course_folder, "--organisation", "northwind")
        assert Course.objects.get().organisation == school
        assert "Nothing has changed" in self.run("load", course_folder, "--organisation", "northwind")
        assert "minimal (northwind)" in self.run("list")

    def test_refuses_an_unknown_school_naming_those_there_are(self, course_folder):
        OrganisationFactory(slug="northwind")
        with pytest.raises(CommandError, match="no organisation 'southwind'; there are: northwind"):
            self.run("load", course_folder, "--organisation", "southwind")

    @pytest.mark.parametrize("subcommand", ["check", "load"])
    def test_ends_with_every_fault_and_loads_nothing(self, course_folder, subcommand):
        chapter = course_folder / "01-waiting" / "chapter.md"
        text = chapter.read_text(encoding="utf-8").replace("[twenty]{.given} calls", "20 calls <br>")
        chapter.write_text(text, encoding="utf-8")
        err = StringIO()
        with pytest.raises(CommandError, match="2 faults") as refusal:
            call_command("course", subcommand, str(course_folder), stdout=StringIO(), stderr=err)
        assert refusal.value.returncode == 1
        assert [line.partition("01-waiting/")[2].split(": ")[0] for line in err.getvalue().splitlines()] == [
            "chapter.md:11",
            "chapter.md:11",
        ]
        assert not Course.objects.exists()

    def test_says_why_a_reused_id_is_refused(self, course_folder, edit):
        self.run("load", course_folder)
        edit(
            ("id: straggler-instrument", "id: other"),
            ("{#tables}", "{#straggler-instrument}"),
            ("(#tables)", "(#straggler-instrument)"),
        )
        with pytest.raises(CommandError, match="Nothing was loaded"):
            self.run("load", course_folder)

    def test_refuses_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(CommandError, match="1 fault"):
            self.run("load", tmp_path / "absent")


class TestOutline:
    def test_lists_chapters_sections_and_what_is_in_them(self, loaded, now, django_assert_num_queries):
        revision = load_course(source=loaded, organisation=None, now=now)
        with django_assert_num_queries(1):
            outline = outline_of(revision)
        (chapter,) = outline.chapters
        assert (chapter.key, chapter.number, chapter.minutes) == ("waiting", 1, 10)
        assert [(section.key, section.anchor) for section in chapter.sections] == [
            ("waiting/one-slow-call", "one-slow-call"),
            ("waiting/tables", "tables"),
        ]
        assert [(item.kind, item.key) for item in chapter.sections[0].items] == [
            (ItemKind.SIMULATION, "waiting/straggler-instrument"),
            (ItemKind.QUESTION, "waiting/slow-share"),
        ]
        assert [(coming.number, coming.title) for coming in outline.coming] == [(2, "What comes next")]
