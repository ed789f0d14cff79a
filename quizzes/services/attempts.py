"""What opens attempts, draws their variants and closes them with a mark.

Locks are taken in one order: the enrolment (only while an attempt is opened), the sitting (only while it ends), then
the attempt. The ledger and the steps are only ever appended to, so they need none.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import Person
from lessons.catalogue import errors as catalogue
from lessons.catalogue.models import Enrolment, Item, ItemKind, ItemVersion, Offering
from lessons.catalogue.selectors import question_version
from quizzes import policy
from quizzes.errors import NotFound, QuestionGone
from quizzes.kinds import Drawn, faded
from quizzes.kinds.estimate import MOST_STEPS
from quizzes.models import Assignment, Attempt, GradeEntry, Sitting, Step, Variant
from quizzes.selectors.allowances import late_shares, standing_allowances
from quizzes.selectors.questions import drawn_again, drawn_for, question_for, version_of
from quizzes.services.grades import record_grade
from quizzes.services.regrading import regrade_finished
from quizzes.services.rows import insert
from quizzes.services.work import Work, held, note_no_step

SEED_BITS: Final = 53
MOST_DRAWS_FOR_A_FRESH_VARIANT: Final = 20


@transaction.atomic
def open_attempt(
    *,
    enrolment: Enrolment,
    item_key: str,
    actor: Person,
    now: datetime,
    purpose: Attempt.Purpose = Attempt.Purpose.PRACTICE,
    sitting: Sitting | None = None,
) -> Attempt:
    """Return the enrolment's attempt at a question, opened with its first variant if there was none.

    There is one attempt for practice, one in each sitting, and one open review at a time. Raises NotFound where the
    enrolment is not the actor's or its revision has no such question.
    """
    if enrolment.person_id != actor.pk:
        raise NotFound
    return opened(enrolment=enrolment, item_key=item_key, now=now, purpose=purpose, sitting=sitting).attempt


def opened(
    *,
    enrolment: Enrolment,
    item_key: str,
    now: datetime,
    purpose: Attempt.Purpose = Attempt.Purpose.PRACTICE,
    sitting: Sitting | None = None,
    for_visitor: bool = False,
) -> Work:
    """Return the work on a question, begun if there was none; within a transaction of the caller's."""
    own = Attempt.objects.filter(enrolment=enrolment.pk, item__key=item_key)
    found = held(own, enrolment=enrolment, purpose=purpose, sitting=sitting)
    if found is not None:
        return found
    # One opening at a time in an enrolment: two tabs that answer first get one attempt between them.
    locked = Enrolment.objects.select_for_update(no_key=True, of=("self",)).select_related("offering__revision")
    enrolment = locked.get(pk=enrolment.pk)
    earlier = Attempt.objects.filter(enrolment=enrolment, item__key=item_key)
    found = held(earlier, enrolment=enrolment, purpose=purpose, sitting=sitting)
    if found is not None:
        return found
    version = _version_to_begin(enrolment.offering, item_key)
    number = 1 + (earlier.aggregate(last=Max("number"))["last"] or 0)
    attempt = _begun(enrolment, version, number=number, purpose=purpose, sitting=sitting, now=now)
    attempt.save(force_insert=True)
    if purpose == Attempt.Purpose.PRACTICE:
        seed = first_seed(enrolment, version.item_id, for_visitor=for_visitor)
    else:
        seed = secrets.randbits(SEED_BITS)
    drawn = faded(drawn_for(enrolment.offering, version, seed), _faded_by(attempt))
    variant = _drawn(attempt, version.pk, drawn, number=1, now=now)
    insert(variant)
    # What was corrected since the offering was read is corrected in this attempt too: nobody could regrade it yet.
    enrolment.offering.refresh_from_db(fields=["amended_at"])
    return Work(attempt, [variant])


def _version_to_begin(offering: Offering, item_key: str) -> ItemVersion:
    """Return a question as the offering's revision states it.

    Raises catalogue's NotFound, and QuestionGone where an earlier revision of the course had it.
    """
    try:
        return question_version(offering.revision, item_key)
    except catalogue.NotFound:
        if Item.objects.filter(course=offering.course_id, kind=ItemKind.QUESTION, key=item_key).exists():
            raise QuestionGone from None
        raise


def open_sitting(sitting: Sitting, versions: Iterable[ItemVersion], *, now: datetime) -> None:
    """Open an attempt at each question of a new sitting; three statements, however many there are.

    The sitting's enrolment is held, its offering loaded.
    """
    enrolment, versions = sitting.enrolment, list(versions)
    earlier = Attempt.objects.filter(enrolment=enrolment, item__in=[version.item_id for version in versions])
    last = dict(earlier.values_list("item").annotate(last=Max("number")))
    attempts = [
        _begun(
            enrolment,
            version,
            number=1 + last.get(version.item_id, 0),
            purpose=Attempt.Purpose.ASSIGNMENT,
            sitting=sitting,
            now=now,
        )
        for version in versions
    ]
    Attempt.objects.bulk_create(attempts)
    Variant.objects.bulk_create(
        _drawn(
            attempt,
            version.pk,
            drawn_for(enrolment.offering, version, secrets.randbits(SEED_BITS)),
            number=1,
            now=now,
        )
        for attempt, version in zip(attempts, versions, strict=True)
    )


def first_seed(enrolment: Enrolment, item_id: UUID, *, for_visitor: bool) -> int:
    """Return the seed of the first variant that somebody meets in a chapter."""
    return policy.VISITOR_SEED if for_visitor else policy.first_seed(enrolment.pk, item_id)


def add_fresh_variant(work: Work, *, now: datetime) -> None:
    """Draw a variant unlike those before it, from the version on which the attempt was opened, as corrected.

    Of the steps that are shown worked each variant has one fewer than the one before.
    """
    question = question_for(work.attempt.enrolment.offering, version_of(work.current.version_id))
    for _ in range(MOST_DRAWS_FOR_A_FRESH_VARIANT):
        drawn = faded(question.draw(secrets.randbits(SEED_BITS)), _faded_by(work.attempt) + len(work.variants))
        if _is_fresh(drawn, work.variants):
            break
    variant = _drawn(work.attempt, work.current.version_id, drawn, number=len(work.variants) + 1, now=now)
    insert(variant)
    work.variants.append(variant)


def settle(work: Work) -> Variant:
    """Return the current variant with the key that stands in its offering, kept with it.

    A correction reaches a variant that somebody is answering here: what it shows is unchanged, and the step stands
    beside the key that it was judged by.
    """
    variant, offering = work.current, work.attempt.enrolment.offering
    if offering.amended_at is not None:
        variant.version = version_of(variant.version_id)
        drawn = drawn_again(offering, variant)
        if (drawn.rendered, drawn.key) != (variant.rendered, variant.key):
            variant.rendered, variant.key = drawn.rendered, drawn.key
            variant.save(update_fields=["rendered", "key"])
    return variant


def finish(work: Work, *, ending: Attempt.Ending, now: datetime) -> None:
    """Close the attempt and enter its mark; a review has none."""
    attempt = work.attempt
    attempt.state, attempt.ending, attempt.finished_at = Attempt.State.FINISHED, ending, now
    attempt.save(update_fields=["state", "ending", "finished_at"])
    if attempt.purpose == Attempt.Purpose.REVIEW:
        return
    assignment = attempt.sitting.assignment if attempt.sitting is not None else None
    entry = GradeEntry(
        enrolment=attempt.enrolment,
        item=attempt.item,
        attempt=attempt,
        assignment=assignment,
        revision_id=version_of(work.current.version_id).revision_id,
        kind=GradeEntry.Kind.GRADED,
        fraction=mark_of_steps(work.steps, attempt=attempt),
        at=now,
        idempotency_key=f"attempt:{attempt.pk}",
    )
    insert(entry)
    record_grade(entry)
    regrade_finished(attempt, now=now)


def mark_of_steps(steps: list[Step], *, attempt: Attempt) -> Decimal:
    """Return what tries come to: less the penalty for those before and, in an assignment, for coming late."""
    sitting = attempt.sitting
    standing = {}
    if sitting is not None:
        standing = standing_allowances(assignments=[sitting.assignment_id], enrolments=[sitting.enrolment_id])
    late = late_shares(attempt, steps, standing)
    return policy.mark_of([step.fraction for step in steps], penalty=attempt.penalty, late=late)


def _tries_of(tries: int, purpose: Attempt.Purpose, sitting: Sitting | None) -> int:
    """Return how many tries an attempt has: one where nothing is told before the end, or where it only comes back."""
    if purpose == Attempt.Purpose.REVIEW:
        return 1
    if sitting is None:
        return tries
    if sitting.assignment.feedback == Assignment.Feedback.AFTER_DUE:
        return 1
    return sitting.assignment.tries or tries


def _faded_by(attempt: Attempt) -> int:
    """Return how many worked steps fewer the first variant shows: none of them where a question is met again."""
    return MOST_STEPS if attempt.purpose == Attempt.Purpose.REVIEW else 0


def _is_fresh(drawn: Drawn, earlier: list[Variant]) -> bool:
    """Return whether the numbers are new or, in a question without numbers, what is shown."""
    if drawn.parameters:
        return all(drawn.parameters != variant.parameters for variant in earlier)
    return all(drawn.rendered != variant.rendered for variant in earlier)


def _begun(
    enrolment: Enrolment,
    version: ItemVersion,
    *,
    number: int,
    purpose: Attempt.Purpose,
    sitting: Sitting | None,
    now: datetime,
) -> Attempt:
    """Return an attempt by the rules of its question and its sitting, not saved yet."""
    definition = question_for(enrolment.offering, version).definition
    return Attempt(
        enrolment=enrolment,
        item=version.item,
        number=number,
        purpose=purpose,
        sitting=sitting,
        tries_allowed=_tries_of(definition.tries, purpose, sitting),
        penalty=Decimal(str(definition.penalty)),
        started_at=now,
    )


def _drawn(attempt: Attempt, version_id: UUID, drawn: Drawn, *, number: int, now: datetime) -> Variant:
    """Return a variant as it was drawn, not saved yet."""
    variant = Variant(
        attempt=attempt,
        version_id=version_id,
        number=number,
        seed=drawn.seed,
        parameters=drawn.parameters,
        rendered=drawn.rendered,
        key=drawn.key,
        created_at=now,
    )
    note_no_step(variant)
    return variant
