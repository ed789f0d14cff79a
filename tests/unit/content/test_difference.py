"""What differs between two states of a course, and what it does to progress."""

from __future__ import annotations

import dataclasses
from itertools import islice

import pytest

from lessons.content import check_course
from lessons.content.difference import MOST_PARAGRAPHS, MOST_PASSAGES, How, difference, lines_of, stated
from lessons.content.scaffold import CannotBegin, write_course
from lessons.content.watch import changes
from tests.unit.content.conftest import MINIMAL

CHAPTER, QUESTIONS = "01-waiting/chapter.md", "01-waiting/questions.yaml"


@pytest.fixture
def compared(changed):
    """Return the difference that replacing words in the minimal course makes."""
    before = check_course(MINIMAL).course
    known = frozenset(item.key for item in before.items)

    def compare(*edits):
        for file, *replacements in edits:
            report = changed(file, *replacements)
        assert report.course is not None, report.faults
        return difference(stated(before.items, known), stated(report.course.items, known))

    return compare


class TestDifference:
    def test_of_a_course_and_itself_is_nothing(self, compared):
        found = compared((CHAPTER, ("The page hung.", "The page hung.")))
        assert found.changes == ()
        assert list(lines_of(found)) == ["Nothing differs."]

    def test_shows_the_words_that_changed_and_nothing_around_them(self, compared):
        (change,) = compared((CHAPTER, ("The page hung.", "The page hung twice."))).changes
        assert (change.how, change.kind, change.key, change.is_major) == (
            How.CHANGED,
            "section",
            "waiting/tables",
            False,
        )
        assert [(passage.before, passage.after) for passage in change.passages] == [
            ("The page hung.", "The page hung twice.")
        ]

    def test_is_not_fooled_by_the_running_numbers_of_what_was_computed(self, compared):
        added = "{{ all_below(0.99, 20) | percent(1) }} of calls, [twenty]{.given}"
        found = compared((CHAPTER, ("asks for [twenty]{.given}", f"asks for {added}")))
        assert [change.key for change in found.changes] == ["waiting"]

    def test_sees_a_link_that_leads_elsewhere_though_the_words_stay(self, compared):
        (change,) = compared((CHAPTER, ("(#tables)", "(#one-slow-call)"))).changes
        assert change.passages[0].part == "links or marks in"

    def test_knows_a_renamed_section_as_the_same(self, compared):
        found = compared(
            (CHAPTER, ("## One slow call {#one-slow-call}", "## One call {#one-call was=one-slow-call}")),
            (QUESTIONS, ("section: one-slow-call", "section: one-call")),
        )
        assert not found.is_major
        by_key = {change.key: change for change in found.changes}
        assert [(passage.part, passage.after) for passage in by_key["waiting/one-slow-call"].passages] == [
            ("title", "One call"),
            ("anchor", "one-call"),
        ]
        assert by_key["waiting/slow-share"].is_major is False

    def test_is_major_where_a_new_id_says_that_work_does_not_stand(self, compared):
        found = compared(
            (CHAPTER, (":::question slow-share", ":::question share")), (QUESTIONS, ("- id: slow-share", "- id: share"))
        )
        assert [(change.how, change.key, change.is_major) for change in found.changes] == [
            (How.REMOVED, "waiting/slow-share", True),
            (How.ADDED, "waiting/share", False),
        ]
        assert "is still marked when it is sent" in found.of(How.REMOVED)[0].effect
        assert "not done again until it is answered" in found.of(How.ADDED)[0].effect
        assert list(lines_of(found))[-1] == (
            "1 removed, 0 changed, 1 added: major, progress on what was removed counts no more."
        )

    def test_of_a_term_is_minor_whatever_happens_to_it(self, compared):
        found = compared(("glossary.yaml", ("- id: fan-out", "- id: fanning-out")))
        assert [(change.how, change.is_major) for change in found.changes] == [
            (How.REMOVED, False),
            (How.ADDED, False),
        ]

    @pytest.mark.parametrize(
        ("before", "after", "effect"),
        [
            ("title: Share of slow pages", "title: Slow pages", "Progress stands."),
            ("relative: 0.005", "relative: 0.05", "Marks stand as they were given."),
        ],
    )
    def test_tells_the_words_of_a_question_from_how_it_is_marked(self, compared, before, after, effect):
        (change,) = compared((QUESTIONS, (before, after))).changes
        assert change.effect.startswith(effect)

    def test_stays_short_however_much_changed(self, compared):
        many = "".join(f"Paragraph {chr(97 + index // 26)}{chr(97 + index % 26)}.\n\n" for index in range(60))
        (change,) = compared((CHAPTER, ("The page hung.\n", many))).changes
        assert (len(change.passages), change.more) == (MOST_PASSAGES, 60 - MOST_PASSAGES)

    def test_of_texts_too_long_to_compare_says_so(self, compared):
        many = "".join(f"Word {'x' * (index % 50)}.\n\n" for index in range(MOST_PARAGRAPHS + 1))
        (change,) = compared((CHAPTER, ("The page hung.\n", many))).changes
        assert change.passages[0].after.endswith("paragraphs")

    def test_shortens_long_passages_to_where_they_differ(self, compared):
        start = "One sentence after another says the same thing. " * 12
        first = compared((CHAPTER, ("The page hung.", f"{start}It hung.")))
        assert len(first.changes[0].passages[0].after) < 260
        assert first.changes[0].passages[0].after.endswith("…")


class TestStated:
    def test_keeps_identities_by_the_nearest_earlier_key(self):
        course = check_course(MINIMAL).course
        chapter = dataclasses.replace(course.items[0], payload={"blocks": []})
        section = next(item for item in course.items if item.key == "waiting/tables")
        renamed = dataclasses.replace(
            section, key="waiting/new", was=("waiting/gone", "waiting/tables"), payload={"blocks": []}
        )
        assert [item.key for item in stated([chapter, renamed], {"waiting", "waiting/tables"})] == [
            "waiting",
            "waiting/tables",
        ]


class TestScaffold:
    def test_begins_a_course_without_fault(self, tmp_path):
        written = write_course(tmp_path / "queues", title='Queues: "why" they \\ grow')
        report = check_course(tmp_path / "queues")
        assert report.faults == ()
        assert (report.course.slug, report.course.title) == ("queues", 'Queues: "why" they \\ grow')
        assert {item.kind for item in report.course.items} == {"chapter", "section", "simulation", "question", "term"}
        assert len(written) == 4

    @pytest.mark.parametrize(("name", "complaint"), [("Queues 1", "cannot be a course's short name"), ("q", "holds")])
    def test_refuses_a_name_that_cannot_be_and_a_folder_in_use(self, tmp_path, name, complaint):
        (tmp_path / "q").mkdir()
        (tmp_path / "q" / "kept.md").write_text("kept", encoding="utf-8")
        with pytest.raises(CannotBegin, match=complaint):
            write_course(tmp_path / name, title="Queues")
        assert (tmp_path / "q" / "kept.md").read_text(encoding="utf-8") == "kept"


class TestChanges:
    def test_come_at_once_and_after_each_change(self, tmp_path):
        edits = iter(["first", "second"])
        waits = []

        def wait(seconds):
            waits.append(seconds)
            (tmp_path / "file.md").write_text(next(edits), encoding="utf-8")

        assert len(list(islice(changes(tmp_path, wait=wait), 3))) == 3
        assert len(waits) == 2
