"""Pages of corrections: what can be corrected, the form, and what a correction makes of whose mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Any, Final
from uuid import UUID

from django.db.models import Avg, Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Floor, Greatest, NullIf

from accounts.models import Person
from accounts.selectors import display_names
from lessons.catalogue.models import ItemVersion, Offering
from lessons.catalogue.selectors import outline_of, question_version
from quizzes.errors import NotFound
from quizzes.kinds.editing import FieldGroup, editable_fields
from quizzes.models import DECIDED, Attempt, Correction, Forecast, GradeEntry, Regrade
from quizzes.selectors.questions import definition_for, drawn_for, question_for
from quizzes.selectors.replay import GRADED, attempts_in_scope
from quizzes.selectors.staff import staffed_offering

LEARNERS_A_PAGE: Final = 50
BARS: Final = 10
"""Bars of the histogram to each side of no change, a tenth of the mark each."""

MEANINGS: Final = {
    Correction.Policy.NEW: ("The new key stands for all", "Marks go up or down to what the corrected key gives."),
    Correction.Policy.BEST: (
        "The better of both",
        "A mark goes up where the corrected key gives more; none goes down.",
    ),
    Correction.Policy.FULL: (
        "Full credit",
        "Every try that the old key judged counts as right. What coming late costs is still taken off.",
    ),
}
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "change": ("-change", "name", "pk"),
    "name": ("name", "pk"),
    "before": ("before", "name", "pk"),
    "after": ("-after", "name", "pk"),
}


@dataclass(frozen=True, slots=True)
class Correctable:
    """A question of an offering, and how often it was answered there."""

    key: str
    title: str
    chapter: str
    answered: int


@dataclass(frozen=True, slots=True)
class Made:
    """A correction, as the list shows it."""

    id: UUID
    title: str
    number: int
    state: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """Corrections that were made in an offering, and the questions that could be corrected."""

    offering: Offering
    made: tuple[Made, ...]
    questions: tuple[Correctable, ...]


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """The form of a question's key: one variant as learners see it, and the fields."""

    offering: Offering
    version: ItemVersion
    definition: Mapping[str, Any]
    groups: tuple[FieldGroup, ...]
    sample: Mapping[str, Any]
    answered: int
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How many marks change by so much: `label` says it, `share` is that of the tallest bar in percent."""

    label: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a policy makes of the marks."""

    policy: str
    title: str
    meaning: str
    up: int
    down: int
    same: int
    mean_change: float
    bars: tuple[Bar, ...]

    @property
    def changed(self) -> int:
        """How many marks change."""
        return self.up + self.down


@dataclass(frozen=True, slots=True)
class LearnerChange:
    """A learner's mark before and after; `decided` says where a mark set by hand stands above it."""

    name: str
    place: str
    before: Decimal
    after: Decimal
    decided: str

    @property
    def change(self) -> float:
        """The change in percentage points."""
        return 100 * float(self.after - self.before)

    @property
    def direction(self) -> str:
        """Whether the mark goes up, goes down or stays."""
        return "up" if self.after > self.before else "down" if self.after < self.before else "same"


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """A correction: where it stands, what each policy would make of marks or what its own made, and a page of learners.

    `stage` is looking, refused, ready, applying or applied.
    """

    offering: Offering
    correction: Correction
    title: str
    by: str
    stage: str
    effects: tuple[Effect, ...]
    chosen: Effect | None
    rows: tuple[LearnerChange, ...]
    sort: str
    page: int
    pages: int
    working: int
    since: int

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """By what the learners can be sorted: key and heading."""
        return (("name", "Learner"), ("before", "Before"), ("after", "After"), ("change", "Change in points"))

    @property
    def is_pending(self) -> bool:
        """Whether a worker is at it."""
        return self.stage in {"looking", "applying"}

    @property
    def percent_done(self) -> int:
        """How far the worker is."""
        return round(100 * self.correction.done / self.correction.total) if self.correction.total else 100


def corrections_page(*, person: Person | None, slug: str) -> CorrectionsPage:
    """Return an offering's corrections, the newest first, and its questions in order; five queries."""
    offering = staffed_offering(person, slug)
    made = list(Correction.objects.filter(offering=offering).select_related("version").order_by("-created_at", "-pk"))
    names = display_names({each.actor_id for each in made})
    counted = Attempt.objects.filter(enrolment__offering=offering, purpose__in=GRADED, state=Attempt.State.FINISHED)
    answered = dict(counted.values_list("item").annotate(answered=Count("pk")))
    return CorrectionsPage(
        offering=offering,
        made=tuple(
            Made(
                each.pk,
                each.version.title,
                each.number,
                _stage(each),
                each.reason,
                names[each.actor_id],
                each.created_at,
            )
            for each in made
        ),
        questions=tuple(
            Correctable(item.key, item.title, chapter.title, answered.get(item.item_id, 0))
            for chapter in outline_of(offering.revision).chapters
            for section in chapter.sections
            for item in section.items
            if item.kind == "question"
        ),
    )


def correction_form(*, person: Person | None, slug: str, item_key: str) -> CorrectionForm:
    """Return the form of a question as it stands in an offering; raises NotFound where it is not the person's."""
    offering = staffed_offering(person, slug)
    version = question_version(offering.revision, item_key)
    definition = definition_for(offering, version)
    scope = attempts_in_scope(offering, version.item, version)
    return CorrectionForm(
        offering=offering,
        version=version,
        definition=definition,
        groups=editable_fields(question_for(offering, version).definition),
        sample=drawn_for(offering, version, 1).rendered,
        answered=scope.filter(state=Attempt.State.FINISHED).count(),
        is_corrected=definition is not version.payload,
    )


def correction_page(
    *, person: Person | None, slug: str, correction_id: UUID, policy: str = "", sort: str = "", page: int = 1
) -> CorrectionPage:
    """Return a correction of an offering that the person is staff of; a fixed number of queries. Raises NotFound."""
    offering = staffed_offering(person, slug)
    corrections = Correction.objects.filter(offering=offering).select_related("item", "version")
    correction = corrections.filter(pk=correction_id).first()
    if correction is None:
        raise NotFound
    is_drafted = correction.state == Correction.State.DRAFTED
    scope = attempts_in_scope(offering, correction.item, correction.version)
    policies = [Correction.Policy(correction.policy)] if correction.policy else list(Correction.Policy)
    effects = tuple(_effect(correction, each) for each in policies)
    chosen = next((effect for effect in effects if effect.policy == policy), effects[0])
    sort = sort if sort in SORTS else "change"
    changes = _changes(correction, Correction.Policy(chosen.policy))
    pages = max(1, ceil((chosen.changed + chosen.same) / LEARNERS_A_PAGE))
    page = min(max(1, page), pages)
    return CorrectionPage(
        offering=offering,
        correction=correction,
        title=correction.version.title,
        by=display_names([correction.actor_id])[correction.actor_id],
        stage=_stage(correction),
        effects=effects,
        chosen=chosen if chosen.changed + chosen.same else None,
        rows=_rows(correction, changes.order_by(*SORTS[sort])[(page - 1) * LEARNERS_A_PAGE : page * LEARNERS_A_PAGE]),
        sort=sort,
        page=page,
        pages=pages,
        working=scope.filter(state=Attempt.State.OPEN).count(),
        since=scope.filter(finished_at__gt=correction.forecast_at).count()
        if is_drafted and correction.forecast_at
        else 0,
    )


def _stage(correction: Correction) -> str:
    if correction.state != Correction.State.DRAFTED:
        return str(correction.state)
    if correction.fault:
        return "refused"
    return "ready" if correction.forecast_at is not None else "looking"


def _changes(correction: Correction, policy: Correction.Policy) -> QuerySet[Any]:
    """Return a row a mark, with `before`, `after`, `size` of the change and the learner's `name`."""
    rows: QuerySet[Any]
    if correction.state == Correction.State.DRAFTED:
        # With itself for a partner, so that each policy is an expression of the same sort.
        of = {Correction.Policy.NEW: ("new", "new"), Correction.Policy.BEST: ("before", "new")}
        rows = Forecast.objects.filter(correction=correction).annotate(
            after=Greatest(*of.get(policy, ("full", "full")))
        )
    else:
        rows = Regrade.objects.filter(correction=correction)
    person = "attempt__enrolment__person"
    difference = F("after") - F("before")
    return rows.annotate(
        difference=difference,
        change=Greatest(difference, Value(Decimal(0)) - difference),
        name=Coalesce(NullIf(f"{person}__login__name", Value("")), f"{person}__alias"),
    )


def _effect(correction: Correction, policy: Correction.Policy) -> Effect:
    """Return what a policy makes of the marks; two queries."""
    changes = _changes(correction, policy)
    sums = changes.aggregate(
        up=Count("pk", filter=Q(difference__gt=0)),
        down=Count("pk", filter=Q(difference__lt=0)),
        same=Count("pk", filter=Q(difference=0)),
        mean=Avg("difference"),
    )
    tenths = Case(
        When(difference=0, then=Value(0)),
        When(difference__gt=0, then=Value(0) - Floor(F("difference") * -BARS)),
        default=Floor(F("difference") * BARS),
        output_field=IntegerField(),
    )
    counted = dict(changes.annotate(tenth=tenths).values_list("tenth").annotate(count=Count("pk")).order_by())
    tallest = max(counted.values(), default=1)
    title, meaning = MEANINGS[policy]
    return Effect(
        policy=policy,
        title=title,
        meaning=meaning,
        up=sums["up"],
        down=sums["down"],
        same=sums["same"],
        mean_change=100 * float(sums["mean"] or 0),
        bars=tuple(
            Bar(_bar_label(int(tenth)), counted[tenth], round(100 * counted[tenth] / tallest))
            for tenth in sorted(counted)
        ),
    )


def _bar_label(tenth: int) -> str:
    """Return in words by how much the marks of a bar change."""
    if tenth == 0:
        return "unchanged"
    low, high = 100 * (abs(tenth) - 1) // BARS, 100 * abs(tenth) // BARS
    return f"{'up' if tenth > 0 else 'down'} by {low} to {high} points"


def _rows(correction: Correction, changes: QuerySet[Any]) -> tuple[LearnerChange, ...]:
    rows = list(changes.select_related("attempt__sitting__assignment"))
    decided = (
        GradeEntry.objects.filter(
            enrolment__in={row.attempt.enrolment_id for row in rows},
            item=correction.item_id,
            kind__in=DECIDED,
        )
        .order_by("pk")
        .values_list("enrolment", "assignment", "kind")
    )
    by_hand: dict[tuple[UUID, UUID | None], str] = {
        (enrolment, assignment): kind for enrolment, assignment, kind in decided
    }
    found = []
    for row in rows:
        sitting = row.attempt.sitting
        assignment = sitting.assignment if sitting is not None else None
        found.append(
            LearnerChange(
                name=row.name,
                place=assignment.title if assignment is not None else "Chapter",
                before=row.before,
                after=row.after,
                decided=by_hand.get((row.attempt.enrolment_id, assignment.pk if assignment is not None else None), ""),
            )
        )
    return tuple(found)
