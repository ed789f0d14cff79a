"""Ask for heavy runs, leave them, come back to them; hand out again what went quiet."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime

import numpy as np
from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Enrolment
from simulations import engine, runner
from simulations.engine.sampling import plan
from simulations.errors import KeyReused, RunNotFound, TooManyRuns
from simulations.models import Computation, Run
from simulations.policy import (
    DEFAULT_SEED,
    UNFINISHED_RUNS,
    State,
    check_idempotency_key,
    check_may_change,
    item_of,
    read_run,
    sampler_of,
)


@transaction.atomic
def request_run(
    *,
    enrolment: Enrolment,
    model: str,
    parameters: Mapping[str, object],
    requests: int,
    item_key: str | None,
    seed: int | None,
    idempotency_key: str,
    now: datetime,
) -> Run:
    """Ask for a run, and return it; the same key returns the same run.

    People who ask for the same thing share one computation. Its shards reach the queue when the transaction commits;
    where the queue can't be reached the run is kept, and the sweep starts it later. Raises UnknownModel, NotRunnable,
    InvalidInput, KeyReused, TooManyRuns.
    """
    seed = DEFAULT_SEED if seed is None else seed
    state = read_run(model, parameters, requests=requests, seed=seed)
    check_idempotency_key(idempotency_key)
    digest = _digest_of(state, requests=requests, seed=seed)
    _lock(enrolment)
    known = (
        Run.objects.select_related("computation").filter(enrolment=enrolment, idempotency_key=idempotency_key).first()
    )
    if known is not None:
        if known.computation.digest != digest:
            raise KeyReused(idempotency_key)
        return known
    _check_quota(enrolment)
    computation = _computation(state, requests=requests, seed=seed, digest=digest, now=now)
    run = Run.objects.create(
        enrolment=enrolment,
        computation=computation,
        item=item_of(enrolment, item_key),
        idempotency_key=idempotency_key,
        created_at=now,
    )
    _set_going(computation, run, now=now)
    return run


@transaction.atomic
def cancel_run(*, run_id: uuid.UUID, actor: Person, now: datetime) -> Run:
    """Detach a run from its computation; the last to leave stops the work. A run that has ended stays as it is.

    Raises RunNotFound, NotYours.
    """
    run = _own_run(run_id, actor)
    computation = Computation.objects.select_for_update().get(pk=run.computation_id)
    run.refresh_from_db(fields=("cancelled_at",))
    if computation.state not in runner.UNFINISHED or run.cancelled_at is not None:
        return run
    run.cancelled_at = now
    run.save(update_fields=("cancelled_at",))
    if not computation.runs.filter(cancelled_at=None).exists():
        computation.state = Computation.State.CANCELLED
        computation.finished_at = computation.touched_at = now
        computation.save(update_fields=("state", "finished_at", "touched_at"))
    return run


@transaction.atomic
def restart_run(*, run_id: uuid.UUID, actor: Person, now: datetime) -> Run:
    """Take a cancelled or failed run up again, from the shards that are finished; any other stays as it is.

    Raises RunNotFound, NotYours, TooManyRuns.
    """
    run = _own_run(run_id, actor)
    _lock(run.enrolment)
    computation = Computation.objects.select_for_update().get(pk=run.computation_id)
    run.refresh_from_db(fields=("cancelled_at",))
    if run.cancelled_at is None and computation.state != Computation.State.FAILED:
        return run
    _check_quota(run.enrolment)
    run.cancelled_at = None
    run.save(update_fields=("cancelled_at",))
    _set_going(computation, run, now=now)
    return run


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Hand out again the computations that went quiet, and return how many there were.

    Several sweeps at a time take different ones.
    """
    computations = list(runner.quiet(now=now).select_for_update(skip_locked=True, of=("self",)))
    for computation in computations:
        runner.hand_out_window(computation, now=now)
    return len(computations)


def _digest_of(state: State, *, requests: int, seed: int) -> str:
    """Return what identifies a computation: everything that its bytes depend on."""
    identity = [state.model.name, state.canonical, requests, seed, engine.VERSION, np.__version__]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def _computation(state: State, *, requests: int, seed: int, digest: str, now: datetime) -> Computation:
    """Return the one computation of that digest, locked, made where it is new."""
    shard_size = sampler_of(state.model).shard_size(state.parameters)
    Computation.objects.bulk_create(
        [
            Computation(
                digest=digest,
                model=state.model.name,
                parameters=state.canonical,
                requests=requests,
                seed=seed,
                engine_version=engine.VERSION,
                numpy_version=np.__version__,
                shards=len(plan(requests, shard_size)),
                created_at=now,
                touched_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    return Computation.objects.select_for_update().get(digest=digest)


def _set_going(computation: Computation, run: Run, *, now: datetime) -> None:
    """Begin a computation that is new or had stopped; leave one under way; note the event of one that is done."""
    if computation.state == Computation.State.SUCCEEDED:
        runner.record_ran(run, now=now)
        return
    if computation.state not in runner.UNFINISHED:
        computation.state = Computation.State.QUEUED
        computation.generation += 1
        computation.starts = 0
        computation.failure = ""
        computation.started_at = computation.finished_at = computation.enqueued_at = None
        computation.touched_at = now
        computation.save()
    if computation.enqueued_at is None:
        runner.hand_out_window(computation, now=now)


def _lock(enrolment: Enrolment) -> None:
    """Let one request of an enrolment through at a time, so that its quota and its keys hold."""
    Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)


def _check_quota(enrolment: Enrolment) -> None:
    unfinished = Run.objects.filter(
        enrolment=enrolment, cancelled_at=None, computation__state__in=runner.UNFINISHED
    ).count()
    if unfinished >= UNFINISHED_RUNS:
        raise TooManyRuns(unfinished=unfinished, limit=UNFINISHED_RUNS)


def _own_run(run_id: uuid.UUID, actor: Person) -> Run:
    run = Run.objects.visible_to(actor).select_related("enrolment").filter(pk=run_id).first()
    if run is None:
        raise RunNotFound
    check_may_change("run", run.enrolment, actor)
    return run
