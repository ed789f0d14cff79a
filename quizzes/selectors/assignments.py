"""Assignments as a learner meets them: what is due, late, done or missing, and what posted work came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Max, Q

from lessons.catalogue.models import Enrolment
from quizzes import policy
from quizzes.models import DECIDED, Allowance, Assignment, AssignmentQuestion, GradeEntry, Sitting
from quizzes.selectors.allowances import standing_allowances
from quizzes.selectors.words import percent


class WorkState(StrEnum):
    """Where a learner stands with an assignment."""

    UPCOMING = "upcoming"
    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    MISSING = "missing"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class AssignmentSummary:
    """An assignment with the times that hold for one learner and where they stand.

    `is_late` says of work that is to be done that the due time is past, and of work that is done that an answer came
    after it. `is_cut_short` where the clock ended the work; `mark` is the share of the points that counts,
    once it is posted. Times are shown in `time_zone`.
    """

    id: UUID
    offering: str
    course: str
    title: str
    category: str
    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime
    time_zone: str
    state: WorkState
    is_late: bool
    is_extended: bool
    joined_late: bool
    reason: str
    questions: int
    answered: int
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    is_cut_short: bool
    posted_at: datetime | None
    mark: Decimal | None
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether it can be worked on now."""
        return self.state in {WorkState.DUE, WorkState.RUNNING}

    @property
    def next_at(self) -> datetime:
        """The time that matters next: the end of a running clock, the due time, or once that is past the cut-off."""
        if self.state is WorkState.RUNNING and self.ends_at is not None and self.ends_at < self.cut_off_at:
            return self.ends_at
        return self.cut_off_at if self.is_late else self.due_at

    @property
    def time_left(self) -> str:
        """How long it is until then, in words."""
        return policy.span_in_words(self.next_at - self.now)

    @property
    def is_soon(self) -> bool:
        """Whether less than two days are left."""
        return self.is_open and (self.next_at - self.now).days < 2

    @property
    def percent(self) -> str:
        """The mark as a percentage with at most one decimal."""
        return "" if self.mark is None else percent(self.mark)


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A question of an assignment, what it was worth, and what the learner earned for it; None where nothing counts."""

    key: str
    title: str
    points: Decimal
    fraction: Decimal | None
    is_excused: bool
    by_person: bool
    reason: str

    @property
    def earned(self) -> Decimal | None:
        """The points earned."""
        return None if self.fraction is None else (self.points * self.fraction).quantize(Decimal("0.01"))

    @property
    def percent(self) -> str:
        """The share earned as a percentage."""
        return "" if self.fraction is None else percent(self.fraction)


def assignments_of(enrolments: Sequence[Enrolment], *, now: datetime) -> dict[UUID, tuple[AssignmentSummary, ...]]:
    """Return what each enrolment has been set, by due time; five queries at most, one where nothing is set.

    An enrolment comes with its offering. One that is not saved stands for somebody who has not begun anything.
    """
    offerings = {enrolment.offering_id for enrolment in enrolments}
    assignments: dict[UUID, list[Assignment]] = defaultdict(list)
    set_work = (
        Assignment.objects.filter(offering__in=offerings)
        .select_related("category", "offering__revision")
        .annotate(question_count=Count("questions"))
    )
    for assignment in set_work:
        assignments[assignment.offering_id].append(assignment)
    if not assignments:
        return {enrolment.pk: () for enrolment in enrolments}
    everything = [assignment for several in assignments.values() for assignment in several]
    found = WorkFound(
        everything,
        [enrolment.pk for enrolment in enrolments],
        marked=[assignment for assignment in everything if assignment.posted_at is not None],
    )
    return {
        enrolment.pk: tuple(
            sorted(
                (found.summary(assignment, enrolment, now=now) for assignment in assignments[enrolment.offering_id]),
                key=lambda summary: (summary.due_at, summary.title),
            )
        )
        for enrolment in enrolments
    }


def mark_lines(assignment: Assignment, enrolment: Enrolment) -> tuple[MarkLine, ...]:
    """Return the questions of an assignment with what the learner earned for each, in order; three queries."""
    questions = list(assignment.questions.select_related("item").order_by("position"))
    titles = dict(
        assignment.offering.revision.versions.filter(item__in=[question.item_id for question in questions]).values_list(
            "item_id", "title"
        )
    )
    entries = GradeEntry.objects.filter(enrolment=enrolment.pk, assignment=assignment).current()
    standing = {entry.item_id: entry for entry in entries}
    return tuple(_mark_line(question, titles, standing.get(question.item_id)) for question in questions)


def _mark_line(question: AssignmentQuestion, titles: Mapping[UUID, str], entry: GradeEntry | None) -> MarkLine:
    decided = entry is not None and entry.kind in DECIDED
    return MarkLine(
        key=question.item.key,
        title=titles.get(question.item_id, question.item.key),
        points=question.points,
        fraction=entry.fraction if entry else None,
        is_excused=entry is not None and entry.kind == GradeEntry.Kind.EXCUSED,
        by_person=decided,
        reason=entry.reason if entry else "",
    )


class WorkFound:
    """What there is of several enrolments' work on several assignments, read once for all; marks of `marked` alone."""

    def __init__(
        self, assignments: Sequence[Assignment], enrolments: Sequence[UUID], *, marked: Sequence[Assignment]
    ) -> None:
        self._allowances = standing_allowances(assignments=[row.pk for row in assignments], enrolments=enrolments)
        sittings = Sitting.objects.filter(assignment__in=assignments, enrolment__in=enrolments)
        self._sittings = {
            (row.assignment_id, row.enrolment_id): row
            for row in sittings.annotate(
                last_answer_at=Max("attempts__steps__submitted_at"),
                answered=Count("attempts", filter=Q(attempts__steps__isnull=False), distinct=True),
            )
        }
        self._questions: dict[UUID, list[AssignmentQuestion]] = defaultdict(list)
        self._entries: dict[tuple[UUID, UUID], dict[UUID, GradeEntry]] = defaultdict(dict)
        self._marked = {row.pk for row in marked}
        if marked:
            for question in AssignmentQuestion.objects.filter(assignment__in=marked):
                self._questions[question.assignment_id].append(question)
            entries = GradeEntry.objects.filter(enrolment__in=enrolments, assignment__in=marked).current()
            for entry in entries:
                assert entry.assignment_id is not None
                self._entries[entry.assignment_id, entry.enrolment_id][entry.item_id] = entry

    def summary(self, assignment: Assignment, enrolment: Enrolment, *, now: datetime) -> AssignmentSummary:
        """Return an assignment as one enrolment has it."""
        place = assignment.pk, enrolment.pk
        allowance: Allowance | None = self._allowances.get(place)
        sitting = self._sittings.get(place)
        times = policy.times_of(assignment, enrolment, allowance)
        answered_at: datetime | None = getattr(sitting, "last_answer_at", None)
        state = state_of(times, sitting, has_answered=answered_at is not None, now=now)
        is_open = state in {WorkState.DUE, WorkState.RUNNING}
        return AssignmentSummary(
            id=assignment.pk,
            offering=assignment.offering.slug,
            course=assignment.offering.revision.title,
            title=assignment.title,
            category=assignment.category.title,
            opens_at=times.opens_at,
            due_at=times.due_at,
            cut_off_at=times.cut_off_at,
            time_zone=enrolment.time_zone,
            state=state,
            is_late=now > times.due_at if is_open else answered_at is not None and answered_at > times.due_at,
            is_extended=times.is_extended,
            joined_late=enrolment.created_at > assignment.opens_at and not times.is_extended,
            reason=allowance.reason if allowance else "",
            answered=getattr(sitting, "answered", 0),
            questions=assignment.question_count,  # type: ignore[attr-defined]  # annotated above
            started_at=sitting.started_at if sitting else None,
            ends_at=sitting.ends_at if sitting else None,
            ended_at=sitting.ended_at if sitting else None,
            is_cut_short=sitting is not None and sitting.ending == Sitting.Ending.DEADLINE,
            posted_at=assignment.posted_at,
            mark=self._mark(assignment, enrolment, times, now=now),
            now=now,
        )

    def _mark(
        self, assignment: Assignment, enrolment: Enrolment, times: policy.Times, *, now: datetime
    ) -> Decimal | None:
        if assignment.pk not in self._marked:
            return None
        entries = self._entries[assignment.pk, enrolment.pk]
        marks = [question_mark(question, entries.get(question.item_id)) for question in self._questions[assignment.pk]]
        return share_of(assignment, marks, times, now=now)


def question_mark(question: AssignmentQuestion, entry: GradeEntry | None) -> policy.QuestionMark:
    """Return a question as the ledger's entry that stands makes it count."""
    if entry is None:
        return policy.QuestionMark(question.points)
    return policy.QuestionMark(question.points, entry.fraction, is_excused=entry.kind == GradeEntry.Kind.EXCUSED)


def share_of(
    assignment: Assignment, marks: Sequence[policy.QuestionMark], times: policy.Times, *, now: datetime
) -> Decimal | None:
    """Return the share of an assignment's points that counts for a learner; None where nothing does yet."""
    work = policy.work_of(
        marks,
        assignment_id=assignment.pk,
        weight=assignment.weight,
        is_over=now > times.cut_off_at,
        is_excused=times.is_excused,
    )
    return None if work.share is None else policy.to_share(work.share)


def state_of(times: policy.Times, sitting: Sitting | None, *, has_answered: bool, now: datetime) -> WorkState:
    """Return where a learner stands with an assignment."""
    if times.is_excused:
        return WorkState.EXCUSED
    if sitting is not None:
        if sitting.ended_at is None and now <= sitting.ends_at:
            return WorkState.RUNNING
        if has_answered or sitting.ending == Sitting.Ending.HANDED_IN:
            return WorkState.DONE
        return WorkState.MISSING
    if now < times.opens_at:
        return WorkState.UPCOMING
    return WorkState.DUE if now < times.cut_off_at else WorkState.MISSING
