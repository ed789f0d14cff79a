"""Questions as a page shows them: what to answer, how the last try went, and, once finished, the worked solution.

A card holds no key: of a variant that is still to be answered it has only what is rendered for the learner.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q

from lessons.catalogue.models import Enrolment, ItemVersion, Offering, Revision
from quizzes import policy
from quizzes.kinds import KINDS, LONGEST_ANSWER, AnswerField, credit_of
from quizzes.models import Attempt, Draft, GradeEntry, Sitting, Variant
from quizzes.policy import Times
from quizzes.selectors import words
from quizzes.selectors.answers import (
    OptionCard,
    PartCard,
    judged_options,
    judged_parts,
    options_of,
    options_with,
    parts_of,
    parts_with,
)
from quizzes.selectors.attempt_works import AttemptWork, practice_works, works_where
from quizzes.selectors.grades import CurrentGrade, grade_from, practice_grades
from quizzes.selectors.questions import (
    MOST_VARIANTS_KEPT,
    drawn_for,
    drawn_of,
    items_asked,
    question_of,
    questions_of,
)
from quizzes.selectors.regrades import RegradeNotice, judge_anew, regrades_on_cards
from quizzes.selectors.withholding import RECORDED, Telling, telling

TRY_FRAGMENTS: Final[Mapping[AnswerField, str]] = {
    AnswerField.TEXT: "text",
    AnswerField.CHOICE: "options",
    AnswerField.CHOICES: "options",
    AnswerField.PARTS: "parts",
}
"""What shows a try, by what its answer holds."""


@dataclass(frozen=True, slots=True)
class FormCard:
    """A variant to be answered, with what is already typed or ticked.

    `variant` says in the form which variant it showed; `sequence` is the number that the next draft carries.
    """

    variant: str
    sequence: int
    kind: str
    stem_html: str
    options: tuple[OptionCard, ...]
    parts: tuple[PartCard, ...]
    ends: tuple[str, ...]
    unit: str
    precision_note: str
    text: str
    confidence: str
    saved_at: datetime | None

    @property
    def idempotency_key(self) -> str:
        """A fresh key each time that it is shown: what is sent from one showing counts once."""
        return uuid.uuid4().hex

    @property
    def template(self) -> str:
        """The fragment in which a question of this kind is answered."""
        return f"quizzes/kinds/{self.kind}.html"


@dataclass(frozen=True, slots=True)
class TryCard:
    """A try that was submitted: what was asked, what was answered, and what the answer shows."""

    number: int
    kind: str
    stem_html: str
    options: tuple[OptionCard, ...]
    parts: tuple[PartCard, ...]
    text: str
    outcome: str
    verdict: str
    feedback_html: str

    @property
    def template(self) -> str:
        """The fragment that shows an answer of this kind."""
        return f"quizzes/tries/{TRY_FRAGMENTS[KINDS[self.kind].field]}.html"

    @property
    def ordered_parts(self) -> tuple[PartCard, ...]:
        """The parts as they were shown, or in the order in which the answer put them."""
        return tuple(sorted(self.parts, key=lambda part: part.value)) if self.kind == "ordering" else self.parts


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """A question for somebody: a form while it can be answered, the last try once there is one."""

    key: str
    anchor: str
    title: str
    kind: str
    offering: str
    kind_line: str
    rules: str
    time_zone: str
    form: FormCard | None
    last_try: TryCard | None
    hint_html: str
    answer_text: str
    solution_html: str
    mark: str
    sitting_id: uuid.UUID | None = None
    error: str = ""
    notice: str = ""
    regrade: RegradeNotice | None = None

    @property
    def is_new(self) -> bool:
        """Whether nothing has been submitted yet: then the rules are stated."""
        return self.last_try is None

    @property
    def is_finished(self) -> bool:
        """Whether no try is left, or none is needed."""
        return self.form is None

    @property
    def confidences(self) -> tuple[tuple[str, str], ...]:
        """How sure one can say to be: value and words."""
        return words.CONFIDENCES

    @property
    def has_unsent_work(self) -> bool:
        """Whether a fresh variant is begun, so that its form must not be folded away."""
        form = self.form
        return bool(self.error or self.notice or (form is not None and form.saved_at is not None))


def questions_on_page(
    *,
    enrolment: Enrolment | None,
    revision: Revision,
    item_keys: Iterable[str],
    offering: Offering | None = None,
    variant_id: uuid.UUID | None = None,
) -> dict[str, QuestionCard]:
    """Return a card for each of the questions by key; two queries for an enrolment, however many there are.

    A third where something was corrected in its offering.

    Without an enrolment, or before an attempt, a card shows a preview that is stored on the first answer. `offering` is
    where the answers go: the enrolment's, unless given; without either, the course's open one, which takes a query, as
    the first look at a revision's questions does. A question that the revision has no more is shown to whoever began it
    before, and left out for anybody else.

    Shown is the practice at a question, or with `variant_id` the attempt that the variant is of, where it is theirs.
    """
    keys = tuple(item_keys)
    versions = questions_of(revision, keys)
    items = {key: version.item_id for key, version in versions.items()}
    works: dict[uuid.UUID, AttemptWork] = {}
    grades: dict[uuid.UUID, CurrentGrade] = {}
    regrades: dict[uuid.UUID, RegradeNotice] = {}
    if enrolment is not None:
        if offering is not None and offering.pk == enrolment.offering_id:
            enrolment.offering = offering
        if len(versions) < len(keys):
            items = items_asked(enrolment.offering, keys)
        item_ids = list(items.values())
        if variant_id is not None:
            works = works_where(enrolment, item_ids, Q(attempt__variants=variant_id))
        if not works:
            works = practice_works(enrolment, item_ids)
        grades = practice_grades(enrolment.pk, item_ids)
        regrades = regrades_on_cards(enrolment, item_ids)
    slug = _slug(enrolment, revision, offering)
    time_zone = enrolment.time_zone if enrolment is not None else "UTC"
    cards = {}
    for key, item_id in items.items():
        work, grade = works.get(item_id), grades.get(item_id)
        if work is not None and work.attempt.purpose != Attempt.Purpose.PRACTICE:
            grade = None
        if work is None and key in versions:
            cards[key] = _preview(versions[key], enrolment=enrolment, offering=slug, time_zone=time_zone, grade=grade)
        elif work is not None:
            card = _card(work, key, offering=slug, time_zone=time_zone, grade=grade)
            cards[key] = replace(card, regrade=regrades.get(work.attempt.pk))
    return cards


def practice_card(*, attempt: Attempt, variants: list[Variant], draft: Draft | None) -> QuestionCard:
    """Return the card of an attempt that is in hand, as `questions_on_page` would read it; one query.

    A second where something was corrected in its offering. The attempt comes with its item and its enrolment, which
    comes with the offering; the variants by number, each with its step.
    """
    enrolment, item_id = attempt.enrolment, attempt.item_id
    judge_anew(enrolment.offering, variants)
    card = _card(
        AttemptWork(attempt, variants, draft),
        attempt.item.key,
        offering=enrolment.offering.slug,
        time_zone=enrolment.time_zone,
        grade=practice_grades(enrolment.pk, [item_id]).get(item_id),
    )
    return replace(card, regrade=regrades_on_cards(enrolment, [item_id]).get(attempt.pk))


def attempt_cards(
    *, enrolment: Enrolment, offering: Offering, attempts: Mapping[str, uuid.UUID]
) -> dict[str, QuestionCard]:
    """Return the card of each of an enrolment's attempts by its question's key, without a mark; one query.

    A second where something was corrected in the offering, whose revision comes loaded; what that revision does not
    have any more is left out.
    """
    enrolment.offering = offering
    versions = questions_of(offering.revision, tuple(attempts))
    item_ids = [version.item_id for version in versions.values()]
    works = works_where(enrolment, item_ids, Q(attempt__in=list(attempts.values())))
    return {
        key: _card(works[version.item_id], key, offering=offering.slug, time_zone=enrolment.time_zone, grade=None)
        for key, version in versions.items()
        if version.item_id in works
    }


def sitting_cards(
    *, sitting: Sitting, item_keys: Iterable[str], times: Times, now: datetime
) -> dict[str, QuestionCard]:
    """Return a card for each question of a sitting by key, held back as its assignment says; two queries.

    A third where a question was taken out of the course since: the sitting keeps it as it was begun.
    `sitting` comes with its assignment, and its enrolment with the offering and its revision. A mark is shown once the
    assignment's grades are posted.
    """
    enrolment, assignment = sitting.enrolment, sitting.assignment
    items = items_asked(enrolment.offering, tuple(item_keys))
    item_ids = list(items.values())
    works = works_where(enrolment, item_ids, Q(attempt__sitting=sitting))
    regrades = regrades_on_cards(enrolment, item_ids)
    entries = GradeEntry.objects.none()
    if assignment.posted_at is not None:
        entries = GradeEntry.objects.filter(enrolment=enrolment, assignment=assignment).current()
    grades = {entry.item_id: grade_from(entry) for entry in entries}
    cards = {}
    for key, item_id in items.items():
        work = works.get(item_id)
        if work is not None:
            card = _card(
                work,
                key,
                offering=enrolment.offering.slug,
                time_zone=enrolment.time_zone,
                grade=grades.get(item_id),
            )
            told = telling(assignment, times, is_finished=card.is_finished, now=now)
            cards[key] = replace(_held_back(card, told), regrade=regrades.get(work.attempt.pk))
    return cards


def _held_back(card: QuestionCard, told: Telling) -> QuestionCard:
    """Return a card without what may not be told yet."""
    last = card.last_try
    if last is None or told.explanation:
        return card
    bare = tuple(replace(option, verdict="", is_missed=False, why_html="") for option in last.options)
    parts = tuple(replace(part, outcome="", feedback_html="", answer_text="", why_html="") for part in last.parts)
    last = replace(last, options=bare, parts=parts, feedback_html="")
    if not told.outcome:
        last = replace(last, outcome=RECORDED, verdict=words.recorded(told.told_at, card.time_zone))
    return replace(card, last_try=last, hint_html="", answer_text="", solution_html="")


def card_with(card: QuestionCard, *, answer: Mapping[str, Any], confidence: str, error: str) -> QuestionCard:
    """Return a card that says why an answer was refused and still holds what was typed, ticked and said."""
    typed = answer.get("text", "")[:LONGEST_ANSWER]
    form = card.form and replace(
        card.form,
        options=options_with(card.form.options, answer),
        parts=parts_with(card.form.parts, answer),
        text=typed,
        confidence=confidence,
    )
    return replace(card, form=form, error=error)


def card_after_another(card: QuestionCard, *, answer: Mapping[str, Any], notice: str) -> QuestionCard:
    """Return the current card to somebody whose form showed an earlier variant, quoting what was typed there."""
    typed = [answer["text"]]
    if card.form and not any(part.choices for part in card.form.parts):
        typed += [answer["parts"].get(part.letter, "") for part in card.form.parts]
    quoted = ", ".join(f"“{text[:LONGEST_ANSWER]}”" for text in typed if text)
    return replace(card, notice=f"{notice} You had typed {quoted}." if quoted else notice)


def _slug(enrolment: Enrolment | None, revision: Revision, offering: Offering | None) -> str:
    if offering is None:
        if enrolment is not None:
            offering = enrolment.offering
        else:
            offering = Offering.objects.filter(course=revision.course_id, cohort=None).first()
    return offering.slug if offering is not None else ""


def _preview(
    version: ItemVersion, *, enrolment: Enrolment | None, offering: str, time_zone: str, grade: CurrentGrade | None
) -> QuestionCard:
    """Return the card of a question that nobody has touched; nothing of it is stored."""
    if enrolment is None:
        card = _untouched(version, policy.VISITOR_SEED, None, None, offering, time_zone)
    else:
        seed, where = policy.first_seed(enrolment.pk, version.item_id), enrolment.offering
        card = _untouched(version, seed, where, where.amended_at, offering, time_zone)
    return replace(card, mark=words.mark_text(grade, best=Decimal(0))) if grade else card


@lru_cache(maxsize=MOST_VARIANTS_KEPT)
def _untouched(
    version: ItemVersion,
    seed: int,
    drawn_in: Offering | None,
    _amended_at: datetime | None,
    offering: str,
    time_zone: str,
) -> QuestionCard:
    """Return the card of a variant before the first try, kept; `_amended_at` changes with whatever changes the variant.

    It is drawn as it stands in the enrolment's offering, for a visitor as the revision has it.
    """
    definition = question_of(version).definition
    rendered = (drawn_of(version, seed) if drawn_in is None else drawn_for(drawn_in, version, seed)).rendered
    return QuestionCard(
        key=version.item.key,
        anchor=anchor_of(version.item.key),
        title=version.title,
        kind=definition.kind,
        offering=offering,
        kind_line=words.kind_line(dimension=definition.dimension, tries=definition.tries, used=0, is_finished=False),
        rules=words.rules(
            credit=credit_of(definition.kind, rendered),
            tries=definition.tries,
            penalty=Decimal(str(definition.penalty)),
        ),
        time_zone=time_zone,
        form=_form(rendered, variant=f"{'visitor' if drawn_in is None else 'own'}:{version.pk}", draft=None),
        last_try=None,
        hint_html="",
        answer_text="",
        solution_html="",
        mark="",
    )


def _card(
    work: AttemptWork, item_key: str, *, offering: str, time_zone: str, grade: CurrentGrade | None
) -> QuestionCard:
    attempt, variants = work.attempt, work.variants
    tried = [variant for variant in variants if hasattr(variant, "step")]
    last, current = (tried[-1] if tried else None), variants[-1]
    is_finished = attempt.state == Attempt.State.FINISHED
    key = current.key if is_finished else {}
    tries = attempt.tries_allowed
    best = max((variant.step.fraction for variant in tried), default=Decimal(0))
    return QuestionCard(
        key=item_key,
        anchor=anchor_of(item_key),
        title=current.rendered["title"],
        kind=current.rendered["kind"],
        offering=offering,
        kind_line=words.kind_line(
            dimension=current.rendered["dimension"], tries=tries, used=len(tried), is_finished=is_finished
        ),
        rules=words.rules(
            credit=credit_of(current.rendered["kind"], current.rendered), tries=tries, penalty=attempt.penalty
        ),
        time_zone=time_zone,
        form=None if is_finished else _form(current.rendered, variant=str(current.pk), draft=work.draft),
        last_try=_try(last, tries=tries, is_finished=is_finished) if last is not None else None,
        hint_html=last.key["hint_html"] if last is not None and not is_finished else "",
        answer_text=key.get("answer_text", ""),
        solution_html=key.get("solution_html", ""),
        mark=words.mark_text(grade, best=best) if grade else "",
        sitting_id=attempt.sitting_id,
    )


def _form(rendered: Mapping[str, Any], *, variant: str, draft: Draft | None) -> FormCard:
    answer = draft.answer if draft is not None else {}
    return FormCard(
        variant=variant,
        sequence=draft.sequence + 1 if draft is not None else 1,
        kind=rendered["kind"],
        stem_html=rendered["stem_html"],
        options=options_of(rendered, answer),
        parts=parts_of(rendered, answer),
        ends=tuple(rendered.get("ends", ())),
        unit=rendered["unit"],
        precision_note=rendered["precision_note"],
        text=answer.get("text", ""),
        confidence=answer.get("confidence", ""),
        saved_at=draft.saved_at if draft is not None else None,
    )


def _try(variant: Variant, *, tries: int, is_finished: bool) -> TryCard:
    """Return a try as it was judged."""
    step, kind = variant.step, variant.rendered["kind"]
    judged = variant.rendered, variant.key, step.answer, step.feedback
    return TryCard(
        number=step.number,
        kind=kind,
        stem_html=variant.rendered["stem_html"],
        options=judged_options(*judged, is_finished=is_finished),
        parts=judged_parts(*judged, is_finished=is_finished),
        text=step.answer.get("text", ""),
        outcome=step.outcome,
        verdict=words.verdict(step, tries=tries),
        # A choice's feedback stands at the option that was picked.
        feedback_html="" if KINDS[kind].field is AnswerField.CHOICE else step.feedback["html"],
    )


def anchor_of(key: str) -> str:
    """Return the id of a question's element on a page."""
    return "question-" + key.replace("/", "-")
