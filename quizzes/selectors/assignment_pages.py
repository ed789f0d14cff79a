"""The pages on which a learner finds, starts, does and reads an assignment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.models import Person, Role
from accounts.selectors import member_since, membership_of
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import enrolment_to_begin, offering_and_enrolment
from quizzes.errors import AssignmentNotFound
from quizzes.models import Assignment, Draft, Sitting
from quizzes.selectors.allowances import times_in
from quizzes.selectors.assignments import AssignmentSummary, MarkLine, WorkState, assignments_of, mark_lines
from quizzes.selectors.cards import QuestionCard, anchor_of, sitting_cards
from quizzes.selectors.questions import questions_of
from quizzes.selectors.rules import rules_of
from quizzes.selectors.words import plain


@dataclass(frozen=True, slots=True)
class AssignmentList:
    """An offering's assignments as whoever looks has them; `is_learner` tells a learner from an observer."""

    slug: str
    course: str
    cohort: str
    is_learner: bool
    assignments: tuple[AssignmentSummary, ...]


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    """An assignment before, during and after the work on it; `lines` and what they come to once it is posted."""

    summary: AssignmentSummary
    cohort: str
    instructions: str
    rules: tuple[tuple[str, str], ...]
    is_learner: bool
    lines: tuple[MarkLine, ...]
    weight: str

    @property
    def can_start(self) -> bool:
        """Whether the clock can be started now."""
        return self.is_learner and self.summary.state is WorkState.DUE

    @property
    def counted(self) -> tuple[MarkLine, ...]:
        """The questions that the mark is made of."""
        over = self.summary.now > self.summary.cut_off_at
        return tuple(line for line in self.lines if not line.is_excused and (over or line.fraction is not None))

    @property
    def points(self) -> Decimal:
        """The points of the questions that count."""
        return sum((line.points for line in self.counted), Decimal(0))

    @property
    def earned(self) -> Decimal:
        """The points earned in them."""
        return sum((line.points * line.fraction for line in self.counted if line.fraction is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A sitting: its questions as cards, and the server's clock."""

    summary: AssignmentSummary
    cards: tuple[QuestionCard, ...]
    is_running: bool
    ends_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that handing in now would leave without an answer."""

    title: str
    anchor: str


def assignment_list(*, person: Person | None, slug: str, now: datetime) -> AssignmentList:
    """Return what an offering's learner has been set; eight queries at most.

    Raises AssignmentNotFound for the open offering and catalogue's NotFound for one that they cannot see.
    """
    offering, enrolment = _place_of(person, slug)
    assert offering.cohort is not None
    return AssignmentList(
        slug=offering.slug,
        course=offering.revision.title,
        cohort=offering.cohort.name,
        is_learner=is_learner(person, offering),
        assignments=assignments_of([enrolment], now=now)[enrolment.pk],
    )


def assignment_page(*, person: Person | None, slug: str, assignment_id: UUID, now: datetime) -> AssignmentPage:
    """Return an assignment as whoever looks has it; twelve queries at most. Raises as `assignment_list`."""
    offering, enrolment = _place_of(person, slug)
    assert offering.cohort is not None
    assignment, summary = _found(offering, enrolment, assignment_id, now)
    return AssignmentPage(
        summary=summary,
        cohort=offering.cohort.name,
        instructions=assignment.instructions,
        rules=rules_of(assignment, extra_time_percent=enrolment.extra_time_percent, questions=summary.questions),
        is_learner=is_learner(person, offering),
        lines=mark_lines(assignment, enrolment) if assignment.posted_at is not None else (),
        weight=_weight(assignment),
    )


def work_page(*, person: Person | None, slug: str, assignment_id: UUID, now: datetime) -> WorkPage:
    """Return a learner's own sitting with its questions, held back as the feedback policy says.

    Thirteen queries at most. Raises AssignmentNotFound where they have not started.
    """
    offering, enrolment = _place_of(person, slug)
    assignment, summary = _found(offering, enrolment, assignment_id, now)
    sitting = _sitting(assignment, enrolment)
    keys = list(assignment.questions.order_by("position").values_list("item__key", flat=True))
    cards = sitting_cards(sitting=sitting, item_keys=keys, times=times_in(sitting), now=now)
    return WorkPage(
        summary=summary,
        cards=tuple(cards[key] for key in keys if key in cards),
        is_running=sitting.ended_at is None,
        ends_at=sitting.ends_at,
        now=now,
    )


def unanswered_questions(*, person: Person, slug: str, assignment_id: UUID) -> tuple[Unanswered, ...]:
    """Return the questions of a learner's own sitting that have neither a try nor a draft with something in it."""
    offering, enrolment = _place_of(person, slug)
    assignment = Assignment.objects.filter(offering=offering, pk=assignment_id).first()
    if assignment is None:
        raise AssignmentNotFound
    sitting = _sitting(assignment, enrolment)
    drafts = Draft.objects.filter(attempt__sitting=sitting)
    drafted = {draft.attempt_id for draft in drafts if _says_something(draft)}
    untouched = sitting.attempts.filter(steps__isnull=True).exclude(pk__in=drafted)
    keys = tuple(assignment.questions.order_by("position").values_list("item__key", flat=True))
    waiting = set(untouched.values_list("item__key", flat=True))
    versions = questions_of(offering.revision, keys)
    return tuple(Unanswered(version.title, anchor_of(key)) for key, version in versions.items() if key in waiting)


def require_assignment(*, person: Person, slug: str, assignment_id: UUID) -> None:
    """Raise AssignmentNotFound unless the offering has such an assignment and the person can see it; one query."""
    visible = Assignment.objects.visible_to(person)
    if not visible.filter(offering__slug=slug, offering__cohort__isnull=False, pk=assignment_id).exists():
        raise AssignmentNotFound


def is_learner(person: Person | None, offering: Offering) -> bool:
    """Return whether the person learns in the offering's cohort, and so sits its assignments; one query."""
    if offering.cohort is None:
        return False
    membership = membership_of(person=person, cohort=offering.cohort)
    return membership is not None and membership.role == Role.LEARNER


def _place_of(person: Person | None, slug: str) -> tuple[Offering, Enrolment]:
    """Return a cohort's offering and the person's enrolment, one that is not saved where they have begun nothing."""
    offering, enrolment = offering_and_enrolment(person, slug)
    if offering.cohort_id is None or person is None:
        raise AssignmentNotFound
    if enrolment is None:
        joined_at = member_since(person, offering.cohort_id) or offering.created_at
        enrolment = enrolment_to_begin(
            person_id=person.pk, offering=offering, joined_at=joined_at, time_zone=person.time_zone
        )
    return offering, enrolment


def _found(
    offering: Offering, enrolment: Enrolment, assignment_id: UUID, now: datetime
) -> tuple[Assignment, AssignmentSummary]:
    assignment = (
        Assignment.objects.filter(offering=offering, pk=assignment_id)
        .select_related("category", "offering__revision")
        .first()
    )
    summaries = assignments_of([enrolment], now=now)[enrolment.pk]
    summary = next((summary for summary in summaries if summary.id == assignment_id), None)
    if assignment is None or summary is None:
        raise AssignmentNotFound
    return assignment, summary


def _sitting(assignment: Assignment, enrolment: Enrolment) -> Sitting:
    sittings = Sitting.objects.select_related("assignment", "enrolment__offering__revision")
    sitting = sittings.filter(assignment=assignment, enrolment=enrolment.pk).first()
    if sitting is None:
        raise AssignmentNotFound
    return sitting


def _says_something(draft: Draft) -> bool:
    """Return whether a draft holds anything beside how sure somebody is."""
    return any(value for name, value in draft.answer.items() if name != "confidence")


def _weight(assignment: Assignment) -> str:
    """Return what an assignment counts for, in words."""
    category = assignment.category
    drops = f", of which the lowest {category.drop_lowest} are dropped" if category.drop_lowest else ""
    return (
        f"Weight {plain(assignment.weight)} in “{category.title}”{drops}. "
        f"The category has weight {plain(category.weight)}."
    )
