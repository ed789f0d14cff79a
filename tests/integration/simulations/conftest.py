"""Fixtures of the simulations tests: an empty cache, small shards, and a queue that can be looked into."""

from __future__ import annotations

import dataclasses
import types
from collections import deque
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from simulations import runner
from simulations.engine import registry
from tests.factories.catalogue import EnrolmentFactory, ItemFactory

SHARD = 1_000


@pytest.fixture(autouse=True)
def _empty_cache(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def enrolment():
    """A learner in an open course."""
    return EnrolmentFactory()


@pytest.fixture
def small_shards(monkeypatch):
    """Cut runs of tail_latency into shards of SHARD requests, so that a few thousand make several."""
    replace_sampler(monkeypatch, shard_size=lambda _: SHARD)


def replace_model(monkeypatch, **changes: object) -> None:
    """Change parts of tail_latency for one test."""
    changed = dataclasses.replace(registry.MODELS["tail_latency"], **changes)
    monkeypatch.setattr(registry, "MODELS", types.MappingProxyType({**registry.MODELS, "tail_latency": changed}))


def replace_sampler(monkeypatch, **changes: object) -> None:
    """Change parts of tail_latency's sampler for one test."""
    sampler = registry.MODELS["tail_latency"].sampler
    replace_model(monkeypatch, sampler=dataclasses.replace(sampler, **changes))


class Queue:
    """Stands for the broker: keeps what is published until the test delivers it."""

    def __init__(self, capture: Callable) -> None:
        self.tasks: deque[tuple] = deque()
        self.reachable = True
        self.most = 0
        self._capture = capture

    def publish(self, computation_id, generation, indexes) -> bool:
        if self.reachable:
            self.tasks.extend((computation_id, generation, index) for index in indexes)
            self.most = max(self.most, len(self.tasks))
        return self.reachable

    def committed(self, call: Callable, **kwargs):
        """Call a service and run what it left for the commit."""
        with self._capture(execute=True):
            return call(**kwargs)

    def deliver(self, task: tuple) -> None:
        with self._capture(execute=True):
            runner.execute_shard(*task)

    def work(self, *, at_most: int = 1_000, newest_first: bool = False) -> None:
        """Deliver task after task until none is left."""
        for _ in range(at_most):
            if not self.tasks:
                return
            self.deliver(self.tasks.pop() if newest_first else self.tasks.popleft())


@pytest.fixture
def queue(monkeypatch, django_capture_on_commit_callbacks):
    """The queue of shards, in the test's hands."""
    queue = Queue(django_capture_on_commit_callbacks)
    monkeypatch.setattr(runner, "publish", queue.publish)
    return queue


@pytest.fixture
def run_wanted(enrolment, now):
    """What a run of six small shards is asked for with."""
    return {
        "enrolment": enrolment,
        "model": "tail_latency",
        "parameters": {"calls": 3, "call_correlation": 0.3},
        "requests": 6 * SHARD,
        "item_key": None,
        "seed": 7,
        "idempotency_key": "one",
        "now": now,
    }


@pytest.fixture
def items_of():
    """Make that many items of an enrolment's course."""

    def make(enrolment, count: int):
        return ItemFactory.create_batch(count, course=enrolment.offering.course)

    return make
