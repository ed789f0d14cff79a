"""How sections and chapters stand, given the items in them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from lessons.catalogue.models import ItemKind
from lessons.catalogue.selectors import ComingChapter, Outline, OutlineChapter, OutlineItem, OutlineSection
from lessons.reading.models import Progress
from lessons.reading.projections import Standing
from lessons.reading.standing import Mark, chapter_standing, course_standing, percent_of, section_standing

AT = datetime(2026, 11, 2, tzinfo=UTC)
STARTED = Standing(Progress.State.STARTED, None, AT, AT)


def graded(fraction: str) -> Standing:
    """Return the standing of a graded question."""
    return Standing(Progress.State.DONE, Decimal(fraction), AT, AT)


def items(kind: ItemKind, count: int) -> tuple[OutlineItem, ...]:
    """Return so many items of a kind."""
    return tuple(OutlineItem(uuid4(), kind, f"chapter/{kind}-{index}", kind.label) for index in range(count))


def section(*, questions: int = 0, simulations: int = 0) -> OutlineSection:
    """Return a section with so many items, its simulations last."""
    parts = (*items(ItemKind.QUESTION, questions), *items(ItemKind.SIMULATION, simulations))
    return OutlineSection(uuid4(), "chapter/section", "section", "A section", 5, parts)


def chapter(*sections: OutlineSection, number: int = 3, opening: int = 0) -> OutlineChapter:
    """Return a chapter of these sections, with so many questions before the first."""
    return OutlineChapter(uuid4(), "chapter", number, "A chapter", 30, items(ItemKind.QUESTION, opening), sections)


def ids(section: OutlineSection) -> list[UUID]:
    """Return the ids of a section's items."""
    return [item.item_id for item in section.items]


class TestSectionStanding:
    def test_is_open_before_anything_happened(self) -> None:
        assert section_standing(section(questions=2, simulations=1), {}, is_open=False).mark is Mark.OPEN

    def test_is_started_by_its_simulation(self) -> None:
        part = section(questions=1, simulations=1)
        assert section_standing(part, {ids(part)[1]: STARTED}, is_open=True).mark is Mark.STARTED

    def test_is_not_done_while_a_question_is_only_answered(self) -> None:
        part = section(questions=2)
        standing = section_standing(part, {ids(part)[0]: graded("1"), ids(part)[1]: STARTED}, is_open=True)
        assert (standing.mark, standing.graded) == (Mark.STARTED, 1)

    def test_is_done_when_every_question_is_graded_however_well(self) -> None:
        part = section(questions=2, simulations=1)
        standing = section_standing(part, {ids(part)[0]: graded("0"), ids(part)[1]: graded("0.5")}, is_open=True)
        assert (standing.mark, standing.fraction) == (Mark.DONE, Decimal("0.25"))

    def test_without_questions_is_done_when_each_simulation_was_worked_on(self) -> None:
        part = section(simulations=2)
        first, second = ids(part)
        assert section_standing(part, {first: STARTED}, is_open=True).mark is Mark.STARTED
        assert section_standing(part, {first: STARTED, second: STARTED}, is_open=True).mark is Mark.DONE

    @pytest.mark.parametrize(("is_open", "mark"), [(True, Mark.DONE), (False, Mark.OPEN)])
    def test_that_asks_nothing_is_done_once_the_chapter_was_opened(self, is_open: bool, mark: Mark) -> None:
        assert section_standing(section(), {}, is_open=is_open).mark is mark

    def test_grows_in_level_from_nothing_to_done(self) -> None:
        part = section(questions=3)
        seen: dict[UUID, Standing] = {}
        levels = [section_standing(part, seen, is_open=True).level]
        for question in ids(part):
            seen[question] = graded("1")
            levels.append(section_standing(part, seen, is_open=True).level)
        assert levels == [0, 2, 3, 4]


class TestChapterStanding:
    def test_is_coming_while_it_is_not_written(self) -> None:
        outline = Outline("A course", "", (chapter(number=3),), (ComingChapter(4, "Later"), ComingChapter(0, "Before")))
        marks = [(standing.number, standing.mark) for standing in course_standing(outline, {})]
        assert marks == [(0, Mark.COMING), (3, Mark.OPEN), (4, Mark.COMING)]

    def test_is_open_before_anything_happened(self) -> None:
        assert chapter_standing(chapter(section(questions=1)), {}).mark is Mark.OPEN

    def test_is_started_when_opened(self) -> None:
        whole = chapter(section(questions=1))
        assert chapter_standing(whole, {whole.item_id: STARTED}).mark is Mark.STARTED

    def test_is_started_by_an_answer_even_if_never_opened(self) -> None:
        part = section(questions=1)
        assert chapter_standing(chapter(part), {ids(part)[0]: STARTED}).mark is Mark.STARTED

    def test_is_done_when_all_its_sections_are(self) -> None:
        first, second = section(questions=1), section(questions=1)
        whole = chapter(first, second)
        half = chapter_standing(whole, {ids(first)[0]: graded("1")})
        assert (half.mark, half.percent_done, half.next_section.section if half.next_section else None) == (
            Mark.STARTED,
            50,
            second,
        )
        full = chapter_standing(whole, {ids(first)[0]: graded("1"), ids(second)[0]: graded("0.5")})
        assert (full.mark, full.percent_done, full.next_section) == (Mark.DONE, 100, None)
        assert (full.graded, full.questions, full.grade_percent) == (2, 2, 75)

    def test_is_not_done_while_a_question_of_its_opening_is_not(self) -> None:
        part = section(questions=1)
        whole = chapter(part, opening=1)
        first = whole.items[0].item_id
        assert chapter_standing(whole, {ids(part)[0]: graded("1")}).mark is Mark.STARTED
        assert chapter_standing(whole, {ids(part)[0]: graded("1"), first: graded("1")}).mark is Mark.DONE

    def test_averages_questions_and_not_sections(self) -> None:
        short, long = section(questions=1), section(questions=3)
        standings = {ids(short)[0]: graded("0")} | {question: graded("1") for question in ids(long)}
        assert chapter_standing(chapter(short, long), standings).fraction == Decimal("0.75")


class TestPercentOf:
    @pytest.mark.parametrize(("fraction", "percent"), [("0.125", 13), ("0.124", 12), ("1", 100), ("0", 0)])
    def test_rounds_halves_up(self, fraction: str, percent: int) -> None:
        assert percent_of(Decimal(fraction)) == percent

    def test_says_nothing_of_nothing(self) -> None:
        assert percent_of(None) is None
