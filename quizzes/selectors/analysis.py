"""The page of an offering's item analysis, and the same as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accounts.models import Person
from lessons.catalogue.models import Offering
from lessons.catalogue.selectors import outline_of
from quizzes.files.text import guarded
from quizzes.models import AnalysisOrder, ItemAnalysis
from quizzes.policy.item_findings import FEWEST_ANSWERS, FEWEST_PAIRS
from quizzes.selectors.first_tries import first_tries
from quizzes.selectors.staff import staffed_offering

SORTS: Final = ("course", "facility", "discrimination", "findings")
COLUMNS: Final = (
    *("question", "title", "chapter", "first tries", "facility", "facility low", "facility high"),
    *("discrimination", "discrimination low", "discrimination high", "learners with other answers"),
    *("median seconds", "lower quartile seconds", "upper quartile seconds", "variants differ p", "findings"),
)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question and its figures, None where nobody has answered it."""

    key: str
    title: str
    chapter: str
    answers: int
    figures: Mapping[str, Any] | None

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What there is to look at, the urgent first."""
        found = list(self.figures["findings"]) if self.figures is not None else []
        return sorted(found, key=lambda finding: not finding["is_urgent"])

    def figure(self, name: str) -> float | None:
        """Return one of its estimates, None where there is too little evidence."""
        estimate = self.figures[name] if self.figures is not None else None
        return None if estimate is None else float(estimate["value"])


@dataclass(frozen=True, slots=True)
class AnalysisPage:
    """An offering's questions with their figures; `state` is none, computing, failed, stale or current."""

    offering: Offering
    state: str
    computed_at: datetime | None
    answers: int
    answers_now: int
    failure: str
    sort: str
    rows: tuple[QuestionRow, ...]

    @property
    def answered(self) -> tuple[QuestionRow, ...]:
        """The questions that there are figures of."""
        return tuple(row for row in self.rows if row.figures is not None)

    @property
    def unanswered(self) -> tuple[QuestionRow, ...]:
        """Those that nobody has answered."""
        return tuple(row for row in self.rows if row.figures is None)

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        """In what order the questions can stand: key and words."""
        names = ("As in the course", "Hardest first", "Least discriminating first", "To look at first")
        return tuple(zip(SORTS, names, strict=True))

    @property
    def flagged(self) -> int:
        """How many questions have something to look at."""
        return sum(bool(row.findings) for row in self.rows)

    @property
    def fewest(self) -> tuple[int, int]:
        """First tries, and learners with other answers, under which nothing is said."""
        return FEWEST_ANSWERS, FEWEST_PAIRS

    @property
    def newer(self) -> int:
        """How many first tries came since."""
        return max(0, self.answers_now - self.answers)


def analysis_page(*, person: Person | None, slug: str, sort: str = "") -> AnalysisPage:
    """Return an offering's item analysis for its staff; five queries at most. Raises NotFound.

    Questions stand in the course's order, or the hardest, the least discriminating or those with findings first; those
    without evidence come last.
    """
    offering = staffed_offering(person, slug)
    order = AnalysisOrder.objects.filter(offering=offering).first()
    found = {each.item_id: each for each in ItemAnalysis.objects.filter(offering=offering)}
    rows = [
        QuestionRow(
            key=item.key,
            title=item.title,
            chapter=chapter.title,
            answers=found[item.item_id].answers if item.item_id in found else 0,
            figures=found[item.item_id].result if item.item_id in found else None,
        )
        for chapter in outline_of(offering.revision).chapters
        for section in chapter.sections
        for item in section.items
        if item.kind == "question"
    ]
    sort = sort if sort in SORTS else "course"
    answers_now = first_tries(offering)
    return AnalysisPage(
        offering=offering,
        state=_state(order, answers_now),
        computed_at=order.computed_at if order is not None else None,
        answers=order.answers if order is not None else 0,
        answers_now=answers_now,
        failure=order.failure if order is not None else "",
        sort=sort,
        rows=tuple(_sorted(rows, sort)),
    )


def analysis_table(page: AnalysisPage) -> Iterator[tuple[object, ...]]:
    """Yield the page's figures as the rows of a spreadsheet, the headings first."""
    yield COLUMNS
    for row in page.rows:
        figures = row.figures or {}
        facility, discrimination = figures.get("facility") or {}, figures.get("discrimination") or {}
        times = figures.get("times") or {}
        yield (
            *(guarded(text) for text in (row.key, row.title, row.chapter)),
            row.answers,
            *(facility.get(name, "") for name in ("value", "low", "high")),
            *(discrimination.get(name, "") for name in ("value", "low", "high", "count")),
            *(times.get(name, "") for name in ("median", "lower", "upper")),
            "" if figures.get("variants_differ") is None else figures["variants_differ"],
            " ".join(finding["name"] for finding in row.findings),
        )


def _state(order: AnalysisOrder | None, answers_now: int) -> str:
    if order is None:
        return "none"
    if order.state == AnalysisOrder.State.ASKED:
        return "computing"
    if order.state == AnalysisOrder.State.FAILED:
        return "failed"
    return "stale" if answers_now > order.answers else "current"


def _sorted(rows: list[QuestionRow], sort: str) -> list[QuestionRow]:
    if sort == "course":
        return rows
    if sort == "findings":
        return sorted(rows, key=lambda row: (not any(each["is_urgent"] for each in row.findings), -len(row.findings)))

    def figure(row: QuestionRow) -> tuple[bool, float]:
        value = row.figure(sort)
        return value is None, 0.0 if value is None else value

    return sorted(rows, key=figure)
