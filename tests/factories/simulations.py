"""Computations, runs, predictions and discoveries for tests, with the least that each needs."""

from __future__ import annotations

import datetime

import factory
from factory.django import DjangoModelFactory

from simulations.models import Computation, Discovery, Prediction, Run
from tests.factories.catalogue import EnrolmentFactory

CREATED_AT = datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.UTC)


class ComputationFactory(DjangoModelFactory[Computation]):
    """A queued computation of four shards; `succeeded` gives it a result."""

    class Meta:
        model = Computation

    digest = factory.Sequence(lambda n: f"{n:064x}")
    model = "tail_latency"
    parameters = factory.LazyFunction(lambda: {"calls": "5"})
    requests = 4_000
    seed = 1
    engine_version = "1"
    numpy_version = "2.4.6"
    shards = 4
    created_at = CREATED_AT
    touched_at = CREATED_AT
    enqueued_at = CREATED_AT

    class Params:
        succeeded = factory.Trait(
            state=Computation.State.SUCCEEDED,
            result={"figures": [], "charts": [], "tables": [], "narrative": "", "trace": None, "frames": None},
            result_digest="a" * 64,
            started_at=CREATED_AT,
            finished_at=CREATED_AT + datetime.timedelta(seconds=12),
        )


class RunFactory(DjangoModelFactory[Run]):
    """A run of a computation of its own."""

    class Meta:
        model = Run

    enrolment = factory.SubFactory(EnrolmentFactory)
    computation = factory.SubFactory(ComputationFactory)
    idempotency_key = factory.Sequence(lambda n: f"key-{n}")
    created_at = CREATED_AT


class PredictionFactory(DjangoModelFactory[Prediction]):
    """A scored interval that held; `shown` was asked for without one."""

    class Meta:
        model = Prediction

    enrolment = factory.SubFactory(EnrolmentFactory)
    model = "tail_latency"
    prompt = "p99_at_20_calls"
    engine_version = "1"
    low = 300.0
    high = 2_000.0
    truth = 1_505.0
    held = True
    score = 0.82
    locked_at = CREATED_AT

    class Params:
        shown = factory.Trait(low=None, high=None, held=None, score=None)


class DiscoveryFactory(DjangoModelFactory[Discovery]):
    """An experiment found."""

    class Meta:
        model = Discovery

    enrolment = factory.SubFactory(EnrolmentFactory)
    model = "tail_latency"
    experiment = "slow_median"
    parameters = factory.LazyFunction(dict)
    engine_version = "1"
    at = CREATED_AT
