"""What an instructor decides about a question's key: to draft a correction, to apply it or to drop it.

A draft is forecast and an applied correction regrades, a batch at a time: see `regrading`. Locks are taken in one
order: the offering, the correction, then attempts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import Person
from lessons.catalogue.models import ItemVersion, Offering
from lessons.catalogue.queue import publish_on_commit
from lessons.catalogue.selectors import question_version
from quizzes import policy
from quizzes.errors import CorrectionOvertaken, InvalidCorrection, InvalidQuestion, NotFound
from quizzes.kinds import Question, parse_question, verify_question
from quizzes.models import Correction, Regrade
from quizzes.selectors.questions import as_json, definition_for, question_for
from quizzes.selectors.replay import attempts_in_scope
from quizzes.services.grades import LONGEST_REASON
from quizzes.services.regrading import ADVANCE_TASK, advance_correction

FIXED: Final = ("id", "kind", "dimension", "title", "section", "recalls", "tries", "penalty", "variables", "stem")
"""What a correction may not touch: who the question is, what is drawn and asked, and the rules stated beforehand."""

FIRST_LOOK: Final = range(20)
SECOND_LOOK: Final = range(20, 200)
"""Seeds over which a corrected question is held to what every question of a course is held to; a fault among the first
ends it, so that a hostile definition costs little."""

MOST_FORECAST_AT_ONCE: Final = 60
"""Attempts that are forecast while the page waits, a few milliseconds each; more go to a worker."""

MOST_FAULTS_TOLD: Final = 5


@transaction.atomic
def draft_correction(
    *,
    offering: Offering,
    item_key: str,
    definition: Mapping[str, Any],
    reason: str,
    actor: Person,
    now: datetime,
) -> Correction:
    """Keep a corrected definition, checked, to be forecast; drafting the same again returns the draft that there is.

    Raises InvalidCorrection where the reason is missing, nothing differs, the definition is faulty in any of 200 draws,
    or learners would see something else; NotFound where the actor does not teach the cohort or there is no such
    question.
    """
    if not policy.may_teach(actor, offering):
        raise NotFound
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise InvalidCorrection(
            [("reason", f"Say in 1 to {LONGEST_REASON} characters what was wrong; those whose mark changes read it.")]
        )
    version = question_version(offering.revision, item_key)
    _check(definition, offering=offering, version=version)
    # One draft at a time in an offering, so that their numbers are distinct.
    Offering.objects.select_for_update(no_key=True).get(pk=offering.pk)
    mine = Correction.objects.filter(
        offering=offering, item=version.item, state=Correction.State.DRAFTED, actor=actor, fault=""
    )
    same = mine.filter(version=version, definition=definition, reason=reason.strip()).first()
    if same is not None and not _was_overtaken(same):
        return same
    earlier = Correction.objects.filter(offering=offering, item=version.item)
    correction = Correction.objects.create(
        offering=offering,
        item=version.item,
        version=version,
        number=1 + (earlier.aggregate(last=Max("number"))["last"] or 0),
        definition=definition,
        reason=reason.strip(),
        actor=actor,
        created_at=now,
        touched_at=now,
        total=attempts_in_scope(offering, version.item, version).count(),
    )
    if correction.total <= MOST_FORECAST_AT_ONCE:
        while advance_correction(correction_id=correction.pk, now=now):
            pass
        correction.refresh_from_db()
    else:
        publish_on_commit(ADVANCE_TASK, str(correction.pk))
    return correction


@transaction.atomic
def look_again(*, correction_id: UUID, actor: Person, now: datetime) -> Correction:
    """Forecast a draft anew, with the answers given since; raises NotFound, CorrectionOvertaken."""
    correction = _locked(correction_id, actor)
    if correction.state == Correction.State.DRAFTED:
        _require_current(correction)
        correction.forecasts.all().delete()
        scope = attempts_in_scope(correction.offering, correction.item, correction.version)
        _start(correction, total=scope.count(), now=now)
        correction.fault, correction.forecast_at = "", None
        correction.save()
    return correction


@transaction.atomic
def apply_correction(*, correction_id: UUID, chosen: str, actor: Person, now: datetime) -> Correction:
    """Let a correction stand from now on, by the chosen policy, and have marks regraded; once, however often asked.

    Raises InvalidCorrection where the policy is none or the forecast is not complete, CorrectionOvertaken where the
    question was corrected otherwise since it was drafted, or is being regraded; NotFound where the actor does not
    teach the cohort.
    """
    if chosen not in Correction.Policy.values:
        raise InvalidCorrection([("policy", "Choose what becomes of the marks: new key, better of both, or full.")])
    correction = _locked(correction_id, actor)
    if correction.state != Correction.State.DRAFTED:
        if correction.policy != chosen:
            raise CorrectionOvertaken(
                f"This correction was applied already, by another rule ({correction.get_policy_display()}). "
                "Draft another one to change what it did."
            )
        return correction
    if correction.fault or correction.forecast_at is None:
        raise InvalidCorrection([("", correction.fault or "Who would change is not known yet. Wait until it is.")])
    _require_current(correction)
    offering = correction.offering
    # Later than every correction before it, so that no process keeps what it read of the offering earlier.
    applied_at = max(now, offering.amended_at + timedelta(microseconds=1)) if offering.amended_at else now
    offering.amended_at = applied_at
    offering.save(update_fields=["amended_at"])
    correction.state, correction.policy = Correction.State.APPLYING, chosen
    correction.applied_at, correction.actor = applied_at, actor
    scope = attempts_in_scope(offering, correction.item, correction.version)
    _start(correction, total=scope.count(), now=now)
    correction.save()
    return correction


@transaction.atomic
def discard_correction(*, correction_id: UUID, actor: Person) -> None:
    """Drop a draft; one that was applied stands. Raises NotFound, CorrectionOvertaken."""
    correction = _locked(correction_id, actor)
    if correction.state != Correction.State.DRAFTED:
        raise CorrectionOvertaken("This correction was applied, so it can't be discarded. Draft another one instead.")
    correction.delete()


@transaction.atomic
def note_seen(*, regrade_ids: Iterable[int], actor: Person, now: datetime) -> int:
    """Note that a learner knows of their regraded marks, and return of how many; those of others are left."""
    mine = Regrade.objects.filter(pk__in=list(regrade_ids), attempt__enrolment__person=actor, seen_at=None)
    return mine.update(seen_at=now)


def _start(correction: Correction, *, total: int, now: datetime) -> None:
    """Have a worker go through the attempts from the first."""
    correction.cursor, correction.done, correction.kept, correction.total = None, 0, 0, total
    correction.touched_at = now
    publish_on_commit(ADVANCE_TASK, str(correction.pk))


def _locked(correction_id: UUID, actor: Person) -> Correction:
    """Return a correction of a cohort that the actor teaches, held with its offering until the transaction ends."""
    where = Correction.objects.filter(pk=correction_id).values("offering")
    offering = Offering.objects.select_for_update(no_key=True).filter(pk__in=where).first()
    if offering is None or not policy.may_teach(actor, offering):
        raise NotFound
    locked = Correction.objects.select_for_update(no_key=True, of=("self",)).select_related("item", "version")
    correction = locked.filter(pk=correction_id).first()
    if correction is None:
        raise NotFound
    correction.offering = offering
    return correction


def _was_overtaken(correction: Correction) -> bool:
    others = Correction.objects.filter(offering=correction.offering_id, item=correction.item_id)
    return others.filter(applied_at__gte=correction.created_at).exists()


def _require_current(correction: Correction) -> None:
    """Refuse a draft that was made from something else than what stands by now."""
    others = Correction.objects.filter(offering=correction.offering_id, item=correction.item_id)
    if others.filter(state=Correction.State.APPLYING).exists():
        raise CorrectionOvertaken(
            "Another correction of this question is being applied. Wait until its marks are done, then draft yours."
        )
    if _was_overtaken(correction):
        raise CorrectionOvertaken(
            "Another correction of this question was applied after this one was drafted, so its figures no longer "
            "hold. Start again from the question as it stands now; your text is kept in this draft."
        )
    version = question_version(correction.offering.revision, correction.item.key)
    if version.payload != correction.version.payload:
        raise CorrectionOvertaken(
            "The cohort reads another revision of the course by now, in which this question is worded differently. "
            "Start again from the question as it stands now."
        )


def _check(definition: Mapping[str, Any], *, offering: Offering, version: ItemVersion) -> None:
    """Hold a corrected definition to what holds for every question, and to what learners saw."""
    standing = definition_for(offering, version)
    if definition == standing:
        raise InvalidCorrection([("", "Nothing differs from the question as it stands, so there is nothing to apply.")])
    if touched := [name for name in FIXED if definition.get(name) != standing.get(name)]:
        raise InvalidCorrection(
            (name, "this is what learners were shown, or its rules, and a correction leaves it") for name in touched
        )
    try:
        question = parse_question(definition)
    except InvalidQuestion as refusal:
        raise InvalidCorrection(refusal.faults) from None
    before = question_for(offering, version)
    for seeds in (FIRST_LOOK, SECOND_LOOK):
        faults = [("", fault) for fault in verify_question(question, seeds)] or list(_changes(before, question, seeds))
        if faults:
            raise InvalidCorrection(faults[:MOST_FAULTS_TOLD])


def _changes(before: Question, after: Question, seeds: Iterable[int]) -> Iterable[tuple[str, str]]:
    """Yield what learners would see otherwise than they did."""
    for seed in seeds:
        try:
            after.redraw(as_json(before.draw(seed)))
        except InvalidQuestion as refusal:
            yield from refusal.faults
            return
