"""What a grade file that was uploaded would change, and what of it can't be taken: worked out, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final
from uuid import UUID

from accounts.models import Person
from lessons.catalogue.models import Offering
from quizzes.errors import InvalidGrade, NotFound
from quizzes.files import (
    EXCUSED,
    POINTS_POSSIBLE,
    Column,
    Columns,
    Record,
    Sheet,
    mark_text,
    plain,
    read_columns,
    read_mark,
    read_sheet,
    read_state,
    signature,
)
from quizzes.models import GradeFile
from quizzes.policy import to_share
from quizzes.selectors.grade_exports import columns_of, file_id, mark_texts, points_of
from quizzes.selectors.roster import Learner, Listing, learners_listed
from quizzes.selectors.staff import staffed_offering
from quizzes.selectors.works import SetCategory, categories_of, works_of

KEPT: Final = timedelta(days=1)
"""How long a file that was not applied can be looked at."""


@dataclass(frozen=True, slots=True)
class Change:
    """A mark that the file gives and that is another one here; `share` is None where it excuses.

    In a conflict the mark has changed here since the file was exported, and in the file as well.
    """

    line: int
    learner: Learner
    column: Column
    points: Decimal
    here: str
    given: str
    share: Decimal | None
    is_conflict: bool

    @property
    def choice(self) -> str:
        """What names it in the form where one chooses."""
        return f"{self.line}-{self.column.number}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A row or a cell that can't be taken: where it is, what it says, and what to do."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do now; `unknown` names columns that are left out, `blanks` counts marks that it leaves."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    unknown: tuple[str, ...]
    rows: int
    unchanged: int
    blanks: int
    has_state: bool

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """The changes that one has to choose about."""
        return tuple(change for change in self.changes if change.is_conflict)

    @property
    def settled(self) -> tuple[Change, ...]:
        """The changes without a conflict."""
        return tuple(change for change in self.changes if not change.is_conflict)

    @property
    def digest(self) -> str:
        """A name for exactly these changes: another one where marks have changed meanwhile."""
        said = (
            f"{change.line} {change.learner.person_id} {change.column.number} {change.here} {change.given} "
            f"{change.is_conflict}"
            for change in self.changes
        )
        return sha256("\n".join(said).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class FileReport:
    """A file with what it would do; no plan once it is applied."""

    offering: Offering
    file: GradeFile
    plan: Plan | None


def grade_file(*, person: Person | None, slug: str, file_id: UUID, now: datetime) -> tuple[Offering, GradeFile]:
    """Return a file that was uploaded for an offering that the person is staff of; two queries.

    Raises NotFound as `staffed_offering`, and for a file that was not applied within a day.
    """
    offering = staffed_offering(person, slug)
    found = GradeFile.objects.filter(offering=offering, pk=file_id).first()
    if found is None or (found.applied_at is None and found.uploaded_at < now - KEPT):
        raise NotFound
    return offering, found


def file_report(*, person: Person | None, slug: str, file_id: UUID, now: datetime) -> FileReport:
    """Return what a file would do as things stand now; eight queries, whatever its size. Raises as `grade_file`."""
    offering, found = grade_file(person=person, slug=slug, file_id=file_id, now=now)
    plan = None if found.applied_at else plan_of(offering, bytes(found.content), actor=person, now=now)
    return FileReport(offering, found, plan)


def plan_of(offering: Offering, content: bytes, *, actor: Person | None, now: datetime) -> Plan:
    """Return what a file's content would change; six queries, whatever its size.

    Raises InvalidGradeFile where the file as a whole can't be read.
    """
    sheet = read_sheet(content)
    categories = categories_of(offering)
    known = [*columns_of(categories, by_question=False), *columns_of(categories, by_question=True)]
    columns = read_columns(sheet, known)
    learners, _ = learners_listed(offering, Listing(), now=now, limit=None)
    return _Reading(sheet, columns, categories, learners, actor=actor, now=now).plan()


class _Reading:
    """One file held against the marks of the moment."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Columns,
        categories: Sequence[SetCategory],
        learners: Sequence[Learner],
        *,
        actor: Person | None,
        now: datetime,
    ) -> None:
        self._sheet, self._columns, self._actor = sheet, columns, actor
        self._points = points_of(categories)
        self._by_id = {file_id(learner.person_id): learner for learner in learners}
        self._by_address = {learner.email.lower(): learner for learner in learners if learner.email}
        self._problems: list[Problem] = []
        self._marks = self._writable(columns.marks)
        self._rows = self._rows_of_learners()
        present = [learner for learner, _ in self._rows]
        self._works = works_of(categories, present, now=now)
        by_question = any(column.item_key for column in self._marks.values())
        self._texts = mark_texts(categories, present, self._works, by_question=by_question)

    def plan(self) -> Plan:
        """Return what the file would change."""
        changes: list[Change] = []
        unchanged = blanks = 0
        for learner, record in self._rows:
            state = read_state(self._cell(record, self._columns.state))
            for place, column in self._marks.items():
                change = self._change(learner, record, column, self._cell(record, place), state)
                if isinstance(change, Change):
                    changes.append(change)
                elif change == "blank":
                    blanks += 1
                elif change == "same":
                    unchanged += 1
        return Plan(
            changes=tuple(changes),
            problems=tuple(sorted(self._problems, key=lambda problem: problem.line)),
            unknown=self._columns.unknown,
            rows=len(self._rows),
            unchanged=unchanged,
            blanks=blanks,
            has_state=self._columns.state is not None,
        )

    def _change(
        self, learner: Learner, record: Record, column: Column, cell: str, state: frozenset[str] | None
    ) -> Change | str:
        """Return the change that a cell asks for, else "same", "blank", or "refused" with a problem noted."""
        here = self._texts[learner.person_id][column.assignment_id, column.item_key]
        points = self._points[column.assignment_id, column.item_key]
        try:
            share = read_mark(plain(cell), points=points, decimal_comma=self._sheet.decimal_comma)
        except InvalidGrade as refusal:
            return self._refuse(record, column.title, str(refusal))
        if share is None:
            return "blank" if here else "same"
        given = EXCUSED if share == EXCUSED else mark_text(Decimal(share), points)
        is_untouched = state is not None and signature(column.number, given) in state
        if given == here or is_untouched:
            return "same"
        if self._actor is not None and learner.person_id == self._actor.pk:
            return self._refuse(record, column.title, "These are your own marks, so somebody else has to import them.")
        if self._works[learner.person_id][column.assignment_id].times.is_excused:
            return self._refuse(
                record,
                column.title,
                f"“{cell.strip()[:20]}” is given for somebody who is excused from the assignment. Withdraw the excuse "
                "on the assignment's page first.",
            )
        has_changed_here = state is not None and signature(column.number, here) not in state
        number = None if share == EXCUSED else to_share(Decimal(share))
        return Change(record.line, learner, column, points, here, given, number, is_conflict=has_changed_here)

    def _writable(self, marks: Mapping[int, Column]) -> dict[int, Column]:
        """Return the columns that can change marks, those of assignments left out whose questions are there too."""
        parted = {column.assignment_id for column in marks.values() if column.item_key}
        found = {
            place: column for place, column in marks.items() if column.item_key or column.assignment_id not in parted
        }
        possible = next((record for record in self._sheet.rows if _is_points_row(record)), None)
        for place, column in list(found.items()):
            points = self._points[column.assignment_id, column.item_key]
            if points <= 0:
                self._problems.append(Problem(1, column.title, "It has no questions here, so it can have no marks."))
                del found[place]
            elif possible is not None and not self._agrees(self._cell(possible, place), points):
                self._refuse(
                    possible,
                    column.title,
                    f"It is out of “{self._cell(possible, place).strip()[:20]}” in the file and out of "
                    f"{points.normalize():f} here, so its marks would mean something else. Export it again.",
                )
                del found[place]
        return found

    def _agrees(self, cell: str, points: Decimal) -> bool:
        try:
            return cell.strip() == "" or Decimal(cell.strip().replace(",", ".")) == points
        except ArithmeticError:
            return False

    def _rows_of_learners(self) -> list[tuple[Learner, Record]]:
        """Return the rows whose learner is found, each learner once."""
        width = len(self._sheet.header.cells)
        rows: dict[UUID, list[tuple[Learner, Record]]] = defaultdict(list)
        for record in self._sheet.rows:
            if _is_points_row(record):
                continue
            if any(cell.strip() for cell in record.cells[width:]):
                self._refuse(
                    record,
                    "",
                    f"The row has {len(record.cells)} cells, the header {width}. Look for a lost quotation mark.",
                )
                continue
            learner = self._learner(record)
            if learner is not None:
                rows[learner.person_id].append((learner, record))
        for several in (each for each in rows.values() if len(each) > 1):
            lines = " and ".join(f"{record.line:,}" for _, record in several)
            for learner, record in several:
                self._refuse(record, "", f"{learner.name} is on lines {lines}. Keep one of them; none was taken.")
        return [each[0] for each in rows.values() if len(each) == 1]

    def _learner(self, record: Record) -> Learner | None:
        """Return whom a row is about: by the id, else by the address, never by name."""
        given = plain(self._cell(record, self._columns.id).strip())
        address = plain(self._cell(record, self._columns.address).strip())
        by_id, by_address = self._by_id.get(given.lower()), self._by_address.get(address.lower())
        if by_id is not None and by_address is not None and by_id != by_address:
            self._refuse(
                record,
                "",
                f"The ID is that of {by_id.name}, the e-mail that of {by_address.name}. Correct one of the two.",
            )
            return None
        if by_id is None and by_address is None:
            shown = " and ".join(f"“{text[:60]}”" for text in (given, address) if text) or "neither ID nor e-mail"
            self._refuse(
                record, "", f"{shown}: no learner of this cohort. Export the gradebook to have every learner's ID."
            )
        return by_id or by_address

    def _refuse(self, record: Record, column: str, message: str) -> str:
        self._problems.append(Problem(record.line, column, message))
        return "refused"

    @staticmethod
    def _cell(record: Record, place: int | None) -> str:
        return record.cells[place] if place is not None and place < len(record.cells) else ""


def _is_points_row(record: Record) -> bool:
    return record.cells[0].strip() == POINTS_POSSIBLE


def without(plan: Plan, *, conflicts_but: frozenset[str]) -> tuple[Change, ...]:
    """Return the changes to be made: all without a conflict, and of the others those that were chosen."""
    return tuple(
        replace(change, is_conflict=False)
        for change in plan.changes
        if not change.is_conflict or change.choice in conflicts_but
    )
