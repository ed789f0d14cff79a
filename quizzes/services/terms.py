"""What an assignment and a category say, and everything that can be wrong with it, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from lessons.catalogue.models import ItemKind, Offering
from quizzes import policy
from quizzes.errors import Fault
from quizzes.kinds.definition import MOST_TRIES
from quizzes.models import Assignment, Attempt
from quizzes.selectors.rules import FEEDBACK

MOST_QUESTIONS: Final = 40
MOST_POINTS: Final = Decimal(1000)
MOST_WEIGHT: Final = Decimal(1000)
MOST_DROPPED: Final = 20
LONGEST_TITLE: Final = 120
LONGEST_INSTRUCTIONS: Final = 2_000
LONGEST_CATEGORY: Final = 80
LONGEST_TIME_LIMIT_MINUTES: Final = 7 * 24 * 60
LONGEST_SPAN: Final = timedelta(days=366)
TWO_PLACES: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question of the course, and what it is worth in an assignment."""

    item_key: str
    points: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class CategoryTerms:
    """What a category says: its share of the total, and how many of its lowest marks are left out."""

    title: str
    weight: Decimal
    drop_lowest: int = 0


@dataclass(frozen=True, slots=True)
class AssignmentTerms:
    """What an assignment says; `category` is one that there is, or a new one."""

    title: str
    category: UUID | CategoryTerms
    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime
    questions: tuple[SetQuestion, ...]
    instructions: str = ""
    time_limit_minutes: int | None = None
    tries: int | None = None
    feedback: str = Assignment.Feedback.AT_ONCE
    late_deduction: Decimal = Decimal(0)
    weight: Decimal = Decimal(1)


def faults_of_terms(terms: AssignmentTerms, assignment: Assignment, offering: Offering) -> Iterator[Fault]:
    """Yield what the terms say that no assignment of the offering can say."""
    title = terms.title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        yield Fault("title", title, f"A title has 1 to {LONGEST_TITLE} characters; this one has {len(title)}.")
    elif offering.assignments.filter(title=title).exclude(pk=assignment.pk).exists():
        yield Fault("title", title, f"There is an assignment “{title}” already. Give this one another title.")
    if len(terms.instructions) > LONGEST_INSTRUCTIONS:
        yield Fault(
            "instructions",
            terms.instructions,
            f"Instructions have at most {LONGEST_INSTRUCTIONS:,} characters; these have {len(terms.instructions):,}.",
        )
    yield from _faults_of_times(terms, offering)
    yield from _faults_of_rules(terms)
    categories = {category.pk: category.title for category in offering.grade_categories.all()}
    if isinstance(terms.category, CategoryTerms):
        yield from faults_of_category(terms.category, list(categories.values()), prefix="new_category")
    elif terms.category not in categories:
        yield Fault("category", terms.category, "There is no such category in this course. Choose one of the list.")


def _faults_of_times(terms: AssignmentTerms, offering: Offering) -> Iterator[Fault]:
    zone = offering.cohort.time_zone if offering.cohort else "UTC"
    opens, due, cut_off = (policy.spoken(at, zone) for at in (terms.opens_at, terms.due_at, terms.cut_off_at))
    if terms.due_at <= terms.opens_at:
        yield Fault("due_at", due, f"It is due {due}, but opens {opens}. Give a due time after the opening.")
    if terms.cut_off_at < terms.due_at:
        yield Fault(
            "cut_off_at",
            cut_off,
            f"Work is cut off {cut_off}, before it is due {due}. Give the due time itself, or a later one up to which "
            "late work is taken.",
        )
    if terms.cut_off_at - terms.opens_at > LONGEST_SPAN:
        yield Fault(
            "cut_off_at",
            cut_off,
            f"From {opens} to {cut_off} is more than {LONGEST_SPAN.days} days. Check the years.",
        )


def _faults_of_rules(terms: AssignmentTerms) -> Iterator[Fault]:
    limit, tries = terms.time_limit_minutes, terms.tries
    if limit is not None and not 1 <= limit <= LONGEST_TIME_LIMIT_MINUTES:
        yield Fault(
            "time_limit_minutes",
            limit,
            f"A time limit is 1 to {LONGEST_TIME_LIMIT_MINUTES:,} minutes; you gave {limit}. Leave it empty for none.",
        )
    if tries is not None and not 1 <= tries <= MOST_TRIES:
        yield Fault(
            "tries",
            tries,
            f"Tries are 1 to {MOST_TRIES}; you gave {tries}. Leave it empty for what each question says.",
        )
    if tries is not None and tries > 1 and terms.feedback == Assignment.Feedback.AFTER_DUE:
        yield Fault(
            "tries",
            tries,
            f"With feedback after the deadline there is one try, since nothing is told before; you gave {tries}. "
            "Leave the tries empty, or choose earlier feedback.",
        )
    if terms.feedback not in Assignment.Feedback.values:
        yield Fault("feedback", terms.feedback, f"“{terms.feedback}” is no time for feedback. Choose one of the list.")
    if not (terms.late_deduction.is_finite() and 0 <= terms.late_deduction <= 1):
        yield Fault(
            "late_deduction",
            terms.late_deduction,
            f"The deduction a day is 0% to 100% of the mark; you gave {_percent(terms.late_deduction)}.",
        )
    if not (terms.weight.is_finite() and 0 <= terms.weight <= MOST_WEIGHT):
        yield Fault("weight", terms.weight, f"A weight is 0 to {MOST_WEIGHT}; you gave {terms.weight}.")


def faults_of_category(terms: CategoryTerms, titles: Sequence[str], *, prefix: str = "category") -> Iterator[Fault]:
    """Yield what a category cannot say, its field names after `prefix`; `titles` are the others' in the offering."""
    title = terms.title.strip()
    if not 0 < len(title) <= LONGEST_CATEGORY:
        yield Fault(
            f"{prefix}_title",
            title,
            f"A category's title has 1 to {LONGEST_CATEGORY} characters; this has {len(title)}.",
        )
    elif title in titles:
        yield Fault(
            f"{prefix}_title", title, f"There is a category “{title}” already. Choose it, or give another title."
        )
    if not (terms.weight.is_finite() and 0 <= terms.weight <= MOST_WEIGHT):
        yield Fault(f"{prefix}_weight", terms.weight, f"A weight is 0 to {MOST_WEIGHT}; you gave {terms.weight}.")
    if not 0 <= terms.drop_lowest <= MOST_DROPPED:
        yield Fault(
            f"{prefix}_drop_lowest",
            terms.drop_lowest,
            f"From 0 to {MOST_DROPPED} of the lowest marks can be dropped; you gave {terms.drop_lowest}.",
        )


def faults_of_questions(
    questions: Sequence[SetQuestion], offering: Offering, *, kept: Sequence[str]
) -> Iterator[Fault]:
    """Yield what is wrong with a list of questions; those `kept` may have left the course since they were set."""
    keys = [question.item_key for question in questions]
    if not keys:
        yield Fault("questions", "", "An assignment needs a question. Tick at least one.")
    if len(keys) > MOST_QUESTIONS:
        yield Fault(
            "questions", len(keys), f"An assignment holds at most {MOST_QUESTIONS} questions; these are {len(keys)}."
        )
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        yield Fault("questions", twice, f"{', '.join(twice)} stands in it twice. Keep it once.")
    known = set(
        offering.revision.versions.filter(item__key__in=keys, item__kind=ItemKind.QUESTION).values_list(
            "item__key", flat=True
        )
    )
    for key in dict.fromkeys(keys):
        if key not in known and key not in kept:
            yield Fault("questions", key, f"The course has no question “{key[:120]}”. Take it off the list.")
    for question in questions:
        points = question.points
        if not (points.is_finite() and TWO_PLACES <= points <= MOST_POINTS):
            yield Fault(
                "questions",
                points,
                f"A question is worth 0.01 to {MOST_POINTS} points; you gave {points} for “{question.item_key}”.",
            )


def faults_of_changes(
    assignment: Assignment, terms: AssignmentTerms, kept: Sequence[str], *, now: datetime
) -> Iterator[Fault]:
    """Yield what the terms would take from learners who have started."""
    sittings = list(assignment.sittings.order_by("started_at").values_list("started_at", "ended_at", "ending"))
    if not sittings:
        return
    zone = assignment.offering.cohort.time_zone if assignment.offering.cohort else "UTC"
    running = sum(ended_at is None for _, ended_at, _ in sittings)
    told = f"{len(sittings)} learner{'s' if len(sittings) > 1 else ''} started under it"
    if terms.tries != assignment.tries:
        stays = assignment.tries or "as each question says"
        yield Fault("tries", terms.tries, f"The tries stay {stays}: {told}. Set a new assignment for other rules.")
    if terms.feedback != assignment.feedback:
        yield Fault(
            "feedback",
            terms.feedback,
            f"Feedback stays “{FEEDBACK[assignment.feedback]}”: {told}. Set a new assignment for other rules.",
        )
    if terms.time_limit_minutes != assignment.time_limit_minutes:
        stays = f"{assignment.time_limit_minutes} minutes" if assignment.time_limit_minutes else "as it is, none"
        yield Fault(
            "time_limit_minutes",
            terms.time_limit_minutes,
            f"The time limit stays {stays}: {told}. Give single learners extra time instead.",
        )
    if terms.opens_at > sittings[0][0]:
        yield Fault(
            "opens_at",
            terms.opens_at,
            f"Somebody started {policy.spoken(sittings[0][0], zone)}. Give an opening time up to then.",
        )
    if running and terms.cut_off_at <= now < assignment.cut_off_at:
        yield Fault(
            "cut_off_at",
            terms.cut_off_at,
            f"{running} learner{'s are' if running > 1 else ' is'} working on it, and this would end their work at "
            f"once. Give a time after now, {policy.spoken(now, zone)}.",
        )
    wanted = [question.item_key for question in terms.questions]
    begun = Attempt.objects.filter(sitting__assignment=assignment)
    answered = set(begun.filter(steps__isnull=False).values_list("item__key", flat=True))
    answered |= set(begun.filter(draft__isnull=False).values_list("item__key", flat=True))
    for key in kept:
        if key in answered and key not in wanted:
            yield Fault(
                "questions",
                key,
                f"“{key}” has been answered, so it may not be removed: its answers would lose their place. "
                "Excuse learners from it in the gradebook instead.",
            )
    ended = sum(ended_at is not None for _, ended_at, _ in sittings)
    if ended and (new := [key for key in wanted if key not in kept]):
        yield Fault(
            "questions",
            new,
            f"“{new[0]}” can't be added: {ended} learner{'s have' if ended > 1 else ' has'} handed in and could not "
            "answer it. Set it in another assignment.",
        )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%" if share.is_finite() else str(share)
