"""One learner's grades: how the total is computed, in numbers, and the ledger's history of each mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from accounts.models import Membership, Person, Role
from accounts.selectors import display_names
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import offering_visible_to
from quizzes.errors import NotFound
from quizzes.models import DECIDED, Allowance, Assignment, GradeEntry
from quizzes.policy import Standing, Total, days_late, late_share, total_of
from quizzes.policy.totals import CategoryScore, Score
from quizzes.selectors.gradebook import Status, percent_text, points_text, statuses_of
from quizzes.selectors.roster import Learner
from quizzes.selectors.staff import staffed_offering
from quizzes.selectors.words import plain
from quizzes.selectors.works import LearnerWork, SetCategory, SetWork, categories_of, weighed, works_of

_BECAME: Final = {
    Standing.COUNTED: "counts",
    Standing.DROPPED: "dropped: among the lowest of its category",
    Standing.EXCUSED: "excused: left out",
    Standing.UNGRADED: "no mark yet: left out",
    Standing.WEIGHTLESS: "weighs nothing: left out",
}
_DID: Final = {
    GradeEntry.Kind.GRADED: "graded",
    GradeEntry.Kind.OVERRIDDEN: "set by hand",
    GradeEntry.Kind.EXCUSED: "excused",
    GradeEntry.Kind.EXTENDED: "marked again after an extension",
    GradeEntry.Kind.REGRADED: "regraded",
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What changed, or might have changed, a mark: who did what, when and why, and what stood before and after."""

    at: datetime
    who: str
    did: str
    question: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of an assignment with the mark that stands."""

    key: str
    title: str
    points: str
    worth: Decimal
    mark: str


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """An assignment on the way to the total: its mark in points and percent, what became of it, and why."""

    assignment_id: UUID
    title: str
    weight: str
    points: str
    mark: str
    became: str
    statuses: tuple[Status, ...]
    lateness: str
    history: tuple[HistoryLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category on the way to the total, with the weighted mean written out."""

    title: str
    weight: str
    drop_lowest: int
    mean: str
    sum: str
    assignments: tuple[AssignmentLine, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A learner's grades and how their total came about; `waiting` counts assignments that are not posted yet."""

    slug: str
    course: str
    cohort: str
    time_zone: str
    person_id: UUID
    name: str
    total: str
    sum: str
    categories: tuple[CategoryLine, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class CellPage:
    """A learner's assignment for staff: what stands, question by question, and the history."""

    slug: str
    time_zone: str
    person_id: UUID
    name: str
    is_own: bool
    assignment: Assignment
    line: AssignmentLine
    questions: tuple[QuestionLine, ...]
    history: tuple[HistoryLine, ...]


def learner_sheet(*, person: Person | None, slug: str, learner_id: UUID, now: datetime) -> Sheet:
    """Return how a learner's total is computed, for staff: all assignments, posted or not; seven queries.

    Raises NotFound as `staffed_offering`, and where nobody of the cohort is meant.
    """
    offering = staffed_offering(person, slug)
    return _sheet(offering, learner_in(offering, learner_id), now=now, only_posted=False, with_history=False)


def own_sheet(*, person: Person | None, slug: str, now: datetime) -> Sheet:
    """Return one's own grades: posted assignments alone, with their history; nine queries.

    Raises NotFound where one is no learner of the offering's cohort, catalogue's where one cannot see it.
    """
    offering = offering_visible_to(person, slug)
    if person is None or offering.cohort is None:
        raise NotFound
    return _sheet(offering, learner_in(offering, person.pk), now=now, only_posted=True, with_history=True)


def cell_page(*, person: Person | None, slug: str, learner_id: UUID, assignment_id: UUID, now: datetime) -> CellPage:
    """Return what a learner's assignment stands at and how it came there, for staff; ten queries at most.

    Raises NotFound as `learner_sheet`, and for an assignment of another offering.
    """
    offering = staffed_offering(person, slug)
    learner = learner_in(offering, learner_id)
    categories = categories_of(offering)
    found = [(category, work) for category in categories for work in category.works]
    category, each = next((pair for pair in found if pair[1].assignment.pk == assignment_id), (None, None))
    if category is None or each is None:
        raise NotFound
    works = works_of(categories, [learner], now=now)[learner.person_id]
    score = _scores(total_of(weighed(categories, works)))[assignment_id]
    history, standing = _history(offering, learner, [each])
    return CellPage(
        slug=offering.slug,
        time_zone=_time_zone(offering),
        person_id=learner.person_id,
        name=learner.name,
        is_own=person is not None and person.pk == learner.person_id,
        assignment=each.assignment,
        line=_assignment_line(each, works[assignment_id], score),
        questions=tuple(
            QuestionLine(
                key=question.key,
                title=question.title,
                points=points_text(question.points),
                worth=question.points,
                mark=standing.get((assignment_id, question.item_id), "no mark"),
            )
            for question in each.questions
        ),
        history=tuple(history.get(assignment_id, ())),
    )


def learner_in(offering: Offering, person_id: UUID) -> Learner:
    """Return a learner of the offering's cohort; two queries. Raises NotFound for anybody else."""
    member = (
        Membership.objects.filter(cohort=offering.cohort_id, role=Role.LEARNER, person=person_id)
        .select_related("person__login")
        .first()
    )
    if member is None:
        raise NotFound
    login = getattr(member.person, "login", None)
    enrolment = Enrolment.objects.filter(offering=offering, person=person_id).first()
    return Learner(
        person_id=person_id,
        name=(login.name if login else "") or member.person.alias,
        email=login.email if login else "",
        enrolment_id=enrolment.pk if enrolment else None,
        joined_at=enrolment.created_at if enrolment else max(member.created_at, offering.created_at),
    )


def _sheet(offering: Offering, learner: Learner, *, now: datetime, only_posted: bool, with_history: bool) -> Sheet:
    categories = categories_of(offering)
    works = works_of(categories, [learner], now=now)[learner.person_id]
    total = total_of(weighed(categories, works, only_posted=only_posted))
    scores = _scores(total)
    shown = [work for category in categories for work in category.works if work.assignment.pk in scores]
    history = _history(offering, learner, shown)[0] if with_history else {}
    lines = tuple(
        _category_line(category, score, works, history)
        for category, score in zip(categories, total.categories, strict=True)
        if score.scores
    )
    parts = [score for score in total.categories if score.is_counted]
    return Sheet(
        slug=offering.slug,
        course=offering.revision.title,
        cohort=offering.cohort.name if offering.cohort else "",
        time_zone=_time_zone(offering),
        person_id=learner.person_id,
        name=learner.name,
        total=percent_text(total.share),
        sum=_mean_in_words([(part.category.weight, part.share) for part in parts], total.share),
        categories=lines,
        waiting=sum(len(category.works) for category in categories) - len(scores),
    )


def _time_zone(offering: Offering) -> str:
    return offering.cohort.time_zone if offering.cohort else "UTC"


def _scores(total: Total) -> dict[UUID, Score]:
    return {score.work.assignment_id: score for part in total.categories for score in part.scores}


def _category_line(
    category: SetCategory,
    score: CategoryScore,
    works: Mapping[UUID, LearnerWork],
    history: Mapping[UUID, list[HistoryLine]],
) -> CategoryLine:
    sets = {work.assignment.pk: work for work in category.works}
    counted = [(each.work.weight, each.share) for each in score.scores if each.standing == Standing.COUNTED]
    return CategoryLine(
        title=category.title,
        weight=plain(category.weight),
        drop_lowest=category.drop_lowest,
        mean=percent_text(score.share),
        sum=_mean_in_words(counted, score.share),
        assignments=tuple(
            _assignment_line(
                sets[each.work.assignment_id],
                works[each.work.assignment_id],
                each,
                history.get(each.work.assignment_id, ()),
            )
            for each in score.scores
        ),
    )


def _assignment_line(
    each: SetWork, work: LearnerWork, score: Score, history: Iterable[HistoryLine] = ()
) -> AssignmentLine:
    sums = work.work
    base = sums.countable if sums.is_over else sums.marked
    points = f"{plain(sums.earned)} of {points_text(base)}" if score.share is not None else "–"
    if sums.excused > 0 and not sums.is_left_out:
        points += f", {points_text(sums.excused)} excused"
    if sums.missing > 0:
        points += f", {points_text(sums.missing)} missing"
    elif sums.ungraded > 0 and sums.marked > 0:
        points += f", {points_text(sums.ungraded)} without a mark yet"
    return AssignmentLine(
        assignment_id=sums.assignment_id,
        title=each.assignment.title,
        weight=plain(sums.weight),
        points=points,
        mark=percent_text(score.share),
        became=_BECAME[score.standing],
        statuses=statuses_of(work),
        lateness=_lateness(each.assignment, work),
        history=tuple(history),
    )


def _lateness(assignment: Assignment, work: LearnerWork) -> str:
    """Return what being late cost the last try, in words; empty where it was in time."""
    if not work.is_late or work.mark is None or work.mark.submitted_at is None:
        return ""
    days = days_late(work.mark.submitted_at, work.times.due_at)
    lost = late_share(work.mark.submitted_at, due_at=work.times.due_at, deduction=assignment.late_deduction)
    begun = f"{days} day{'' if days == 1 else 's'} begun after the due time"
    if not lost:
        return f"{begun}, which costs nothing here"
    deduction = percent_text(Fraction(assignment.late_deduction))
    return f"{begun} at {deduction} a day: the last try lost {percent_text(Fraction(lost))}"


def _mean_in_words(parts: Iterable[tuple[Decimal, Fraction | None]], mean: Fraction | None) -> str:
    """Return a weighted mean written out, such as (40 × 90% + 60 × 75%) ÷ 100 = 81%; empty where there is none."""
    parts = list(parts)
    if mean is None or not parts:
        return ""
    terms = " + ".join(f"{plain(weight)} × {percent_text(share)}" for weight, share in parts)
    weight = sum((weight for weight, _ in parts), Decimal(0))
    return f"({terms}) ÷ {plain(weight)} = {percent_text(mean)}"


def _history(
    offering: Offering, learner: Learner, sets: Iterable[SetWork]
) -> tuple[dict[UUID, list[HistoryLine]], dict[tuple[UUID, UUID], str]]:
    """Return the history of assignments, the latest first, and the marks that stand by assignment and item.

    Three queries: entries, allowances, the names of who made them.
    """
    if learner.enrolment_id is None:
        return {}, {}
    questions = {(work.assignment.pk, question.item_id): question for work in sets for question in work.questions}
    ids = {assignment_id for assignment_id, _ in questions} | {work.assignment.pk for work in sets}
    entries = list(
        GradeEntry.objects.filter(enrolment=learner.enrolment_id, assignment__in=ids)
        .select_related("correction")
        .order_by("pk")
    )
    allowances = list(Allowance.objects.filter(enrolment=learner.enrolment_id, assignment__in=ids).order_by("pk"))
    actors = {entry.actor_id for entry in entries} | {allowance.actor_id for allowance in allowances}
    names = display_names(actor_id for actor_id in actors if actor_id is not None)
    history: dict[UUID, list[HistoryLine]] = {}
    current: dict[tuple[UUID, UUID], GradeEntry] = {}
    for entry in entries:
        assert entry.assignment_id is not None, "entries of assignments were asked for"
        place = (entry.assignment_id, entry.item_id)
        before = current.get(place)
        # As the ledger folds: what a person decided stands above what the engine finds later.
        if before is None or entry.kind in DECIDED or before.kind not in DECIDED:
            current[place] = entry
        question = questions.get(place)
        line = HistoryLine(
            at=entry.at,
            who=names.get(entry.actor_id, "") if entry.actor_id else "the engine",
            did=_DID[GradeEntry.Kind(entry.kind)],
            question=question.title if question else "a question that was taken out",
            before=_mark_text(before),
            after=_mark_text(current[place]),
            reason=entry.reason or (entry.correction.reason if entry.correction else ""),
        )
        history.setdefault(entry.assignment_id, []).append(line)
    for allowance in allowances:
        history.setdefault(allowance.assignment_id, []).append(_allowance_line(allowance, names))
    for lines in history.values():
        lines.sort(key=lambda line: line.at)
        lines.reverse()
    return history, {place: _mark_text(entry) for place, entry in current.items()}


def _allowance_line(allowance: Allowance, names: Mapping[UUID, str]) -> HistoryLine:
    is_extension = allowance.due_at is not None or allowance.cut_off_at is not None
    did = "excused from all of it" if allowance.is_excused else "extended" if is_extension else "times as for everybody"
    return HistoryLine(
        at=allowance.at,
        who=names.get(allowance.actor_id, ""),
        did=did,
        question="",
        before="",
        after="",
        reason=allowance.reason,
    )


def _mark_text(entry: GradeEntry | None) -> str:
    if entry is None:
        return "no mark"
    return "excused" if entry.fraction is None else percent_text(Fraction(entry.fraction))
