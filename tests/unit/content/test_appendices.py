"""Appendices: pages beside the chapters, and links from one page to another."""

from __future__ import annotations

import pytest

from lessons.content import check_course

NOTES = """---
id: notes
title: Notes
lede: What is often taught and is wrong.
was: remarks
---

Twenty calls are quick together with probability {{ all_below(0.99, 20) | percent(1) }}.

## Shares that are added {#added-shares}

Adding them counts a page twice. See [where it is worked out](page:waiting#tables), or [the chapter](page:waiting).
"""


@pytest.fixture
def folder(folder):
    """The minimal course with an appendix that links to its chapter."""
    (folder / "notes").mkdir()
    (folder / "notes/appendix.md").write_text(NOTES, encoding="utf-8")
    stated = folder / "course.yaml"
    text = stated.read_text(encoding="utf-8")
    stated.write_text(text.replace("outline:\n", "appendices:\n  - notes\noutline:\n"), encoding="utf-8")
    return folder


class TestAppendix:
    def test_becomes_an_item_with_sections_and_no_number(self, folder):
        items = {item.key: item for item in check_course(folder).course.items}
        assert (items["notes"].kind, items["notes"].was, items["notes"].title) == ("appendix", ("remarks",), "Notes")
        assert set(items["notes"].payload) == {"lede_html", "blocks"}
        assert (items["notes/added-shares"].kind, items["notes/added-shares"].parent) == ("section", "notes")

    def test_links_to_other_pages_of_the_course(self, folder):
        (block,) = {item.key: item for item in check_course(folder).course.items}["notes/added-shares"].payload[
            "blocks"
        ]
        assert '<a href="../waiting/#tables"' in block["html"]
        assert '<a href="../waiting/"' in block["html"]

    def test_is_linked_at_the_id_that_it_had_first(self, changed):
        course = changed("01-waiting/chapter.md", ("[the next section](#tables)", "[notes](page:notes)")).course
        section = {item.key: item for item in course.items}["waiting/one-slow-call"]
        assert '<a href="../remarks/"' in section.payload["blocks"][0]["html"]

    def test_is_checked_even_without_course_yaml(self, folder):
        (folder / "course.yaml").unlink()
        (folder / "notes/appendix.md").write_text(NOTES.replace("Twenty", "20"), encoding="utf-8")
        assert ("notes/appendix.md", 8) in {(fault.file, fault.line) for fault in check_course(folder).faults}


class TestFaults:
    FILE = "notes/appendix.md"

    @pytest.mark.parametrize(
        ("before", "after", "line", "message"),
        [
            ("id: notes", "id: notes\nnumber: 3", 3, "number is not known here"),
            (
                "page:waiting#tables",
                "page:waiting#chairs",
                12,
                "page:waiting#chairs leads nowhere: waiting has no such",
            ),
            ("page:waiting#tables", "page:resting", 12, "page:resting leads nowhere; the pages are waiting, notes."),
            ("page:waiting#tables", "page:remarks", 12, "page:remarks leads nowhere"),
            ("## Shares", ":::question slow-share\n:::\n\n## Shares", 10, ":::question belongs to a chapter"),
            ("## Shares", ":::principle\nAsk.\n:::\n\n## Shares", 10, ":::principle belongs to a chapter"),
            ("Adding them", "Adding 7 of them", 12, "'7' has no origin"),
        ],
    )
    def test_is_reported_where_it_stands(self, changed, before, after, line, message):
        faults = changed(self.FILE, (before, after)).faults
        assert any(
            (fault.file, fault.line) == (self.FILE, line) and fault.message.startswith(message) for fault in faults
        ), faults

    def test_cannot_be_a_chapter_as_well(self, changed):
        faults = changed("course.yaml", ("appendices:\n", "appendices:\n  - 01-waiting\n")).faults
        assert any((fault.line, fault.message) == (9, "01-waiting is listed twice.") for fault in faults), faults

    def test_has_no_questions(self, folder):
        (folder / "notes/questions.yaml").write_text("[]", encoding="utf-8")
        (fault,) = check_course(folder).faults
        assert (fault.file, fault.message) == (
            "notes/questions.yaml",
            "Nothing reads this file; an appendix has appendix.md.",
        )

    def test_that_is_listed_and_missing_is_reported(self, changed):
        faults = changed("course.yaml", ("  - notes\n", "  - notes\n  - remarks\n")).faults
        assert [fault.message for fault in faults] == [
            "remarks/appendix.md is missing, and course.yaml lists remarks under appendices."
        ]

    def test_cannot_be_linked_from_the_glossary(self, changed):
        faults = changed("glossary.yaml", ("A call that takes", "A [call](page:notes) that takes")).faults
        assert "page:notes leads nowhere; the pages are none to link from here." in {fault.message for fault in faults}
