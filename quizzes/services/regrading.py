"""What a correction makes of marks, attempt by attempt: a forecast while it is a draft, regrades once it is applied.

Both go through the attempts in the order of their ids, a batch in a transaction, and keep a cursor: a worker that dies
is taken over by the sweep where it stopped, and of two workers one waits for the other. Nothing is entered twice: each
attempt has one regrade a correction, and an attempt that is finished meanwhile sees to its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lessons.catalogue.queue import publish
from quizzes.kinds import InvalidQuestion, differences
from quizzes.models import DECIDED, Attempt, Correction, Forecast, GradeEntry, Regrade, Variant
from quizzes.selectors.questions import (
    CorrectedDefinition,
    as_stored,
    corrected_question,
    corrected_variant,
    question_for,
)
from quizzes.selectors.replay import Tried, attempts_in_scope, tried
from quizzes.services.grades import record_grade

ADVANCE_TASK: Final = "quizzes.advance_correction"
BATCH: Final = 100
"""Attempts in a transaction: so few that somebody who answers meanwhile waits for a fraction of a second."""

QUIET: Final = timedelta(seconds=60)
"""A correction without a sign of life for this long is handed out again."""

UNFINISHED: Final = Q(state=Correction.State.APPLYING) | Q(state=Correction.State.DRAFTED, forecast_at=None, fault="")


@transaction.atomic
def advance_correction(*, correction_id: UUID, now: datetime) -> bool:
    """Forecast or regrade the next batch of attempts; return whether there is more to do.

    Does nothing for a correction that is discarded, refused or done.
    """
    locked = Correction.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "offering", "item", "version", "actor"
    )
    correction = locked.filter(UNFINISHED, pk=correction_id).first()
    if correction is None:
        return False
    is_applying = correction.state == Correction.State.APPLYING
    attempts = attempts_in_scope(correction.offering, correction.item, correction.version)
    if correction.cursor is not None:
        attempts = attempts.filter(pk__gt=correction.cursor)
    if is_applying:
        # The open ones are held too: whoever answers just now is either seen here, or sees the correction there.
        attempts = attempts.select_for_update(no_key=True, of=("self",))
    batch = tried(attempts[:BATCH])
    if is_applying:
        correction.kept += _regrade_batch(correction, batch, now=now)
    else:
        _forecast_batch(correction, batch)
    correction.done += len(batch)
    correction.touched_at = now
    if batch:
        correction.cursor = batch[-1].attempt.pk
    is_last = len(batch) < BATCH
    if is_last and is_applying:
        correction.forecasts.all().delete()
        correction.state, correction.finished_at = Correction.State.APPLIED, now
    elif is_last and not correction.fault:
        correction.forecast_at = now
    correction.save()
    return not is_last and not correction.fault


def regrade_finished(attempt: Attempt, *, now: datetime) -> None:
    """Regrade an attempt that has just been finished by the corrections applied since it was opened.

    Its tries may have been judged by different keys. Called in the transaction that finished it, the attempt held,
    its offering as it is now.
    """
    if attempt.enrolment.offering.amended_at is None:
        return
    (one,) = tried([attempt])
    for corrected in one.corrections:
        correction = Correction.objects.select_related("actor").get(pk=corrected.correction_id)
        _regrade(correction, [one], now=now)


def sweep_corrections(*, now: datetime) -> int:
    """Hand out again the corrections that went quiet, and return how many."""
    quiet = Correction.objects.filter(UNFINISHED).filter(Q(touched_at=None) | Q(touched_at__lte=now - QUIET))
    waiting = list(quiet.values_list("pk", flat=True))
    for correction_id in waiting:
        publish(ADVANCE_TASK, str(correction_id))
    return len(waiting)


def _forecast_batch(correction: Correction, batch: Sequence[Tried]) -> None:
    """Note what would become of each mark, or why the correction must not be applied."""
    this = CorrectedDefinition(correction.pk, "", correction.version.payload, correction.definition)
    unanswered = Variant.objects.filter(attempt__in=[one.attempt for one in batch], step=None)
    shown = [step.variant for one in batch for step in one.steps] + list(unanswered)
    unlike = {variant.pk for variant in shown if corrected_variant(this, variant) is None}
    for variant in shown:
        if variant.pk in unlike and (fault := _fault(correction, this, variant)):
            correction.fault = fault
            return
    forecasts = []
    for one in batch:
        if one.attempt.state != Attempt.State.FINISHED or not one.steps:
            continue
        correction.kept += any(step.variant_id in unlike for step in one.steps)
        before, judged = one.mark(one.corrections), one.judged_by(this)
        new, full = (
            one.mark_after(before, judged, policy) for policy in (Correction.Policy.NEW, Correction.Policy.FULL)
        )
        forecasts.append(Forecast(correction=correction, attempt=one.attempt, before=before, new=new, full=full))
    Forecast.objects.bulk_create(forecasts)


def _fault(correction: Correction, this: CorrectedDefinition, variant: Variant) -> str:
    """Return what a learner would see otherwise, nothing where that is not this correction's doing.

    A variant that the question as it stands would not draw as it was either, because the engine has changed since,
    keeps its marks.
    """
    stored = as_stored(variant)
    try:
        before = question_for(correction.offering, correction.version).redraw(stored)
    except InvalidQuestion:
        return ""
    if next(differences(variant.rendered, before.rendered), None) is not None:
        return ""
    try:
        redrawn = corrected_question(this).redraw(stored)
    except InvalidQuestion as refusal:
        return f"A variant that somebody was shown could not be asked any more: {refusal}"
    return "It would change what somebody was shown. " + "; ".join(differences(variant.rendered, redrawn.rendered))


def _regrade_batch(correction: Correction, batch: Sequence[Tried], *, now: datetime) -> int:
    """Regrade the finished attempts of a batch; return how many have a variant that cannot be drawn as it was."""
    finished = [one for one in batch if one.attempt.state == Attempt.State.FINISHED and one.steps]
    known = set(
        Regrade.objects.filter(correction=correction, attempt__in=[one.attempt for one in finished]).values_list(
            "attempt", flat=True
        )
    )
    return _regrade(correction, [one for one in finished if one.attempt.pk not in known], now=now)


def _regrade(correction: Correction, finished: Sequence[Tried], *, now: datetime) -> int:
    """Enter what a correction makes of finished attempts that it has not regraded yet."""
    regrades, changed, kept = [], [], 0
    for one in finished:
        if not one.steps:
            continue
        corrections = one.corrections
        place = next(i for i, each in enumerate(corrections) if each.correction_id == correction.pk)
        this = corrections[place]
        kept += any(corrected_variant(this, step.variant) is None for step in one.steps)
        before, judged = one.mark(corrections[:place]), one.judged_by(this)
        after = one.mark_after(before, judged, this.policy)
        regrades.append(
            Regrade(
                correction=correction,
                attempt=one.attempt,
                before=before,
                after=after,
                first_fraction=judged.fractions[0],
            )
        )
        if after != before:
            changed.append((one, after))
    Regrade.objects.bulk_create(regrades)
    _enter(correction, changed, now=now)
    return kept


def _enter(correction: Correction, changed: Iterable[tuple[Tried, Decimal]], *, now: datetime) -> None:
    """Enter the marks that changed, and tell progress of those in chapters that stand."""
    entries = GradeEntry.objects.bulk_create(
        GradeEntry(
            enrolment=one.attempt.enrolment,
            item=one.attempt.item,
            attempt=one.attempt,
            assignment=one.attempt.sitting.assignment if one.attempt.sitting is not None else None,
            correction=correction,
            revision_id=one.version.revision_id if one.version is not None else correction.version.revision_id,
            kind=GradeEntry.Kind.REGRADED,
            fraction=after,
            reason=correction.reason,
            actor=correction.actor,
            at=now,
            idempotency_key=f"correction:{correction.pk}:{one.attempt.pk}",
        )
        for one, after in changed
    )
    decided = set(
        GradeEntry.objects.filter(
            enrolment__in=[entry.enrolment_id for entry in entries],
            item=correction.item_id,
            kind__in=DECIDED,
        )
        .practice()
        .values_list("enrolment", flat=True)
    )
    for entry in entries:
        if entry.enrolment_id not in decided:
            record_grade(entry)
