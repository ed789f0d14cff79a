"""Work off computations shard by shard, under at-least-once delivery.

A shard's histogram depends on the computation's digest and the shard's index alone, and is stored once whoever
draws it and how often. So a shard may be delivered twice, lost with its worker, or drawn by a task of an earlier
life: the merged bytes are the same. Whatever goes missing is handed out again by the sweep.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils import timezone

from lessons.catalogue.models import Verb
from lessons.catalogue.queue import publish_each
from lessons.catalogue.services import record_event
from simulations.engine.histogram import Histogram
from simulations.engine.sampling import generator_for, plan
from simulations.models import Computation, ComputationShard, Run
from simulations.policy import read_state, sampler_of

logger = structlog.get_logger(__name__)

SHARD_TASK = "simulations.run_shard"
WINDOW = 4
"""How many shards of one computation are with the queue at a time."""

QUIET = timedelta(seconds=15)
"""A computation without a sign of life for this long is handed out again."""

STARTS_WITHOUT_RESULT = 24
"""A computation whose shards began this often without one finishing is given up."""

UNFINISHED = (Computation.State.QUEUED, Computation.State.RUNNING)

Clock = Callable[[], datetime]


def plan_of(computation: Computation) -> tuple[int, ...]:
    """Return the size of each shard: it depends on the computation alone, never on the workers."""
    state = read_state(computation.model, computation.parameters)
    return plan(computation.requests, sampler_of(state.model).shard_size(state.parameters))


def hand_out_window(computation: Computation, *, now: datetime) -> None:
    """Hand the first missing shards to the queue when the transaction commits; the row is locked by the caller.

    Where every shard is there and only the finish is missing, the last shard is handed out: its task finishes.
    """
    missing = _missing(computation)
    window = missing[:WINDOW] or [computation.shards - 1]
    _hand_out(computation, window, now=now)


def execute_shard(computation_id: uuid.UUID, generation: int, index: int, *, clock: Clock = timezone.now) -> None:
    """Draw one shard, store it, hand out the next, and finish when it was the last.

    Does nothing for a task of an earlier generation, a computation that ended or was cancelled, or a shard that is
    there already. An error of the engine ends the computation as failed.
    """
    living = Computation.objects.filter(pk=computation_id, generation=generation, state__in=UNFINISHED)
    computation = living.first()
    if computation is None:
        return
    if not computation.finished_shards.filter(index=index).exists():
        if not _begin(living, now=clock()):
            return
        try:
            size, histogram = _draw(computation, index)
        except Exception as error:
            logger.exception("shard failed", computation=str(computation_id), shard=index)
            _fail(living, f"The engine stopped at piece {index + 1} of {computation.shards}: {error}", now=clock())
            return
        _store(computation, index, size, histogram, now=clock())
    finish(computation_id, now=clock())


def finish(computation_id: uuid.UUID, *, now: datetime) -> bool:
    """Merge the shards in their order and store the result; return whether this call did it.

    Locks the computation, so that of several callers one finishes. Each run still attached gets its event.
    """
    with transaction.atomic():
        computation = Computation.objects.select_for_update().get(pk=computation_id)
        if computation.state not in UNFINISHED or computation.finished_shards.count() < computation.shards:
            return False
        try:
            computation.result, computation.result_digest = _merge(computation)
        except Exception as error:
            logger.exception("finish failed", computation=str(computation_id))
            _end_as_failed(computation, f"The pieces could not be put together: {error}", now=now)
            return False
        computation.state = Computation.State.SUCCEEDED
        computation.started_at = computation.started_at or now
        computation.finished_at = computation.touched_at = now
        computation.save()
        for run in computation.runs.filter(cancelled_at=None).select_related("enrolment", "item"):
            record_ran(run, now=now)
    logger.info("computation finished", computation=str(computation_id), shards=computation.shards)
    return True


def record_ran(run: Run, *, now: datetime) -> None:
    """Write the event of a run whose result is there."""
    record_event(
        enrolment=run.enrolment,
        verb=Verb.RAN,
        item=run.item,
        now=now,
        idempotency_key=f"ran:{run.pk}",
        data={"run": str(run.pk), "model": run.computation.model, "requests": run.computation.requests},
    )


def quiet(*, now: datetime) -> QuerySet[Computation]:
    """Return unfinished computations to be handed out again.

    Those that the broker never got, and those without a sign of life for `QUIET`. Where nothing happens after that
    either, as behind a long queue, the wait doubles, so that the queue isn't filled with repetitions.
    """
    waiting = ExpressionWrapper(Value(now, DateTimeField()) - F("enqueued_at"), output_field=DurationField())
    waited = ExpressionWrapper(F("enqueued_at") - F("touched_at"), output_field=DurationField())
    since = now - QUIET
    return (
        Computation.objects.filter(state__in=UNFINISHED)
        .annotate(waiting=waiting, waited=waited)
        .filter(Q(enqueued_at=None) | Q(touched_at__lte=since, enqueued_at__lte=since, waiting__gte=F("waited")))
    )


def publish(computation_id: uuid.UUID, generation: int, indexes: Sequence[int]) -> bool:
    """Send a task for each shard; return False, within a second, if the broker can't be reached."""
    return publish_each(SHARD_TASK, [(str(computation_id), generation, index) for index in indexes])


def _begin(living: QuerySet[Computation], *, now: datetime) -> bool:
    """Mark that a shard begins; return False where the computation has ended, or is given up now."""
    with transaction.atomic():
        computation = living.select_for_update().first()
        if computation is None:
            return False
        if computation.starts >= STARTS_WITHOUT_RESULT:
            reason = (
                f"Its pieces were begun {computation.starts} times and none finished, so it was given up. "
                "Restart it, or ask for fewer requests."
            )
            _end_as_failed(computation, reason, now=now)
            return False
        computation.state = Computation.State.RUNNING
        computation.started_at = computation.started_at or now
        computation.touched_at = now
        computation.starts += 1
        computation.save(update_fields=("state", "started_at", "touched_at", "starts"))
        return True


def _draw(computation: Computation, index: int) -> tuple[int, bytes]:
    """Return the size and the histogram's bytes of one shard."""
    state = read_state(computation.model, computation.parameters)
    size = plan_of(computation)[index]
    generator = generator_for(computation.seed, index, computation.shards)
    return size, sampler_of(state.model).sample(state.parameters, generator, size).to_bytes()


def _merge(computation: Computation) -> tuple[dict[str, object], str]:
    """Return the result of all shards merged in their order, and the SHA-256 of the merged bytes."""
    merged = Histogram()
    for histogram in computation.finished_shards.order_by("index").values_list("histogram", flat=True):
        merged = merged.merge(Histogram.from_bytes(bytes(histogram)))
    state = read_state(computation.model, computation.parameters)
    result = sampler_of(state.model).reference(state.parameters, merged).to_json()
    return result, hashlib.sha256(merged.to_bytes()).hexdigest()


def _store(computation: Computation, index: int, size: int, histogram: bytes, *, now: datetime) -> None:
    """Store a shard unless it is there, and hand out the next.

    The bytes are right whatever became of the computation meanwhile, so they are kept for a restart too; only the
    task that brought them, in the computation's present life, hands out another.
    """
    with transaction.atomic():
        present = Computation.objects.select_for_update().get(pk=computation.pk)
        _, created = ComputationShard.objects.get_or_create(
            computation=present,
            index=index,
            defaults={"requests": size, "histogram": histogram, "finished_at": now},
        )
        if not created or present.generation != computation.generation or present.state not in UNFINISHED:
            return
        present.starts = 0
        present.touched_at = now
        present.save(update_fields=("starts", "touched_at"))
        following = [shard for shard in _missing(present) if shard >= present.dispatched][:1]
        if following:
            _hand_out(present, following, now=now)


def _hand_out(computation: Computation, indexes: Sequence[int], *, now: datetime) -> None:
    """Note the shards as handed out, and publish them on commit."""
    computation.dispatched = max(indexes) + 1
    computation.enqueued_at = now
    computation.save(update_fields=("dispatched", "enqueued_at"))
    computation_id, generation = computation.pk, computation.generation

    def publish_or_note() -> None:
        if not publish(computation_id, generation, indexes):
            Computation.objects.filter(pk=computation_id, generation=generation).update(enqueued_at=None)

    transaction.on_commit(publish_or_note)


def _missing(computation: Computation) -> list[int]:
    present = set(computation.finished_shards.values_list("index", flat=True))
    return [index for index in range(computation.shards) if index not in present]


def _fail(living: QuerySet[Computation], reason: str, *, now: datetime) -> None:
    with transaction.atomic():
        computation = living.select_for_update().first()
        if computation is not None:
            _end_as_failed(computation, reason, now=now)


def _end_as_failed(computation: Computation, reason: str, *, now: datetime) -> None:
    computation.state = Computation.State.FAILED
    computation.failure = reason
    computation.finished_at = computation.touched_at = now
    computation.save(update_fields=("state", "failure", "finished_at", "touched_at"))
