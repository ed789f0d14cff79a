"""Shards under at-least-once delivery: whatever happens, the same bytes."""

from __future__ import annotations

import datetime
import hashlib

import pytest

from lessons.catalogue.models import Event, Verb
from simulations import policy, runner, services
from simulations.engine.histogram import Histogram
from simulations.engine.sampling import generator_for
from simulations.models import Computation
from tests.integration.simulations.conftest import SHARD, replace_sampler

State = Computation.State
pytestmark = pytest.mark.usefixtures("small_shards")


@pytest.fixture
def asked(queue, run_wanted):
    """A run whose first window is with the queue."""
    return queue.committed(services.request_run, **run_wanted)


@pytest.fixture
def expected_digest(run_wanted):
    """The digest of the same draws, made here one after the other."""
    state = policy.read_run("tail_latency", run_wanted["parameters"], requests=6 * SHARD, seed=7)
    merged = Histogram()
    for index in range(6):
        merged = merged.merge(state.model.sampler.sample(state.parameters, generator_for(7, index, 6), SHARD))
    return hashlib.sha256(merged.to_bytes()).hexdigest()


class TestExecuteShard:
    def test_leads_to_the_result_of_drawing_in_one_place(self, queue, asked, expected_digest):
        queue.work()
        computation = Computation.objects.get()
        assert computation.state == State.SUCCEEDED
        assert computation.result_digest == expected_digest
        assert computation.result["figures"][0] == {
            "name": "drawn",
            "label": "Pages drawn",
            "value": 6.0 * SHARD,
            "unit": "",
            "meaning": "How many pages were drawn.",
        }

    def test_leads_to_the_same_bytes_in_another_order(self, queue, asked, expected_digest):
        queue.work(newest_first=True)
        assert Computation.objects.get().result_digest == expected_digest

    def test_leads_to_the_same_bytes_when_everything_is_delivered_twice(self, queue, asked, expected_digest):
        while queue.tasks:
            task = queue.tasks.popleft()
            queue.deliver(task)
            queue.deliver(task)
        computation = Computation.objects.get()
        assert computation.result_digest == expected_digest
        assert computation.finished_shards.count() == 6
        assert Event.objects.filter(verb=Verb.RAN).count() == 1

    def test_never_has_more_than_a_window_with_the_queue(self, queue, asked):
        queue.work()
        assert queue.most == runner.WINDOW

    def test_hands_out_nothing_for_a_shard_that_was_there(self, queue, asked):
        task = queue.tasks.popleft()
        queue.deliver(task)
        handed_out = len(queue.tasks)
        queue.deliver(task)
        assert len(queue.tasks) == handed_out

    def test_hands_out_one_shard_for_one_that_two_workers_draw_at_once(self, queue, asked, monkeypatch):
        task = queue.tasks.popleft()
        waiting = len(queue.tasks)
        sample = policy.model_named("tail_latency").sampler.sample
        other_worker = iter([lambda: queue.deliver(task)])

        def sample_beside_another(*arguments):
            next(other_worker, lambda: None)()
            return sample(*arguments)

        replace_sampler(monkeypatch, sample=sample_beside_another)
        queue.deliver(task)
        assert Computation.objects.get().finished_shards.count() == 1
        # The inner delivery's commit is seen by the outer one too, so the same task may stand here twice.
        assert len(set(queue.tasks)) == waiting + 1

    def test_draws_nothing_once_the_run_is_cancelled(self, queue, asked, enrolment, now, monkeypatch):
        services.cancel_run(run_id=asked.pk, actor=enrolment.person, now=now)
        replace_sampler(monkeypatch, sample=lambda *_: pytest.fail("drawn although nobody waits"))
        queue.work()
        assert not Computation.objects.get().finished_shards.exists()

    def test_keeps_what_was_drawn_while_the_run_was_cancelled(self, queue, asked, enrolment, now, monkeypatch):
        sample = policy.model_named("tail_latency").sampler.sample

        def cancel_and_sample(*arguments):
            services.cancel_run(run_id=asked.pk, actor=enrolment.person, now=now)
            return sample(*arguments)

        replace_sampler(monkeypatch, sample=cancel_and_sample)
        queue.work()
        computation = Computation.objects.get()
        assert computation.state == State.CANCELLED
        assert computation.finished_shards.count() == 1

    def test_ends_the_computation_with_the_reason_when_the_engine_fails(self, queue, asked, monkeypatch):
        def fail(*_):
            raise ArithmeticError("the tail is not finite")

        replace_sampler(monkeypatch, sample=fail)
        queue.work()
        computation = Computation.objects.get()
        assert computation.state == State.FAILED
        assert computation.failure == "The engine stopped at piece 1 of 6: the tail is not finite"

    def test_ends_the_computation_with_the_reason_when_the_pieces_do_not_fit(self, queue, asked, monkeypatch):
        def fail(*_):
            raise ArithmeticError("no band")

        replace_sampler(monkeypatch, reference=fail)
        queue.work()
        assert Computation.objects.get().failure == "The pieces could not be put together: no band"

    def test_gives_up_a_computation_whose_shards_begin_and_never_finish(self, queue, asked, now):
        Computation.objects.update(starts=runner.STARTS_WITHOUT_RESULT)
        queue.work()
        computation = Computation.objects.get()
        assert computation.state == State.FAILED
        assert f"begun {runner.STARTS_WITHOUT_RESULT} times" in computation.failure

    def test_forgets_lost_beginnings_when_a_shard_finishes(self, queue, asked):
        Computation.objects.update(starts=runner.STARTS_WITHOUT_RESULT - 1)
        queue.work()
        assert Computation.objects.get().state == State.SUCCEEDED

    def test_notes_that_the_queue_was_lost_on_the_way(self, queue, asked, now):
        queue.reachable = False
        queue.work()
        assert Computation.objects.get().enqueued_at is None
        queue.reachable = True
        queue.committed(services.sweep, now=now)
        queue.work()
        assert Computation.objects.get().state == State.SUCCEEDED


class TestSweep:
    def later(self, now, **delta):
        return now + datetime.timedelta(**delta)

    def test_hands_out_again_what_was_lost(self, queue, asked, now, expected_digest):
        queue.deliver(queue.tasks.popleft())
        queue.tasks.clear()
        Computation.objects.update(touched_at=now, enqueued_at=now)
        assert queue.committed(services.sweep, now=self.later(now, seconds=15)) == 1
        assert [index for *_, index in queue.tasks] == [1, 2, 3, 4]
        queue.work()
        assert Computation.objects.get().result_digest == expected_digest

    def test_leaves_alone_what_gave_a_sign_of_life(self, queue, asked, now):
        assert services.sweep(now=self.later(now, seconds=14)) == 0

    def test_doubles_the_wait_when_nothing_happens_either(self, queue, asked, now):
        queue.committed(services.sweep, now=self.later(now, seconds=20))
        assert services.sweep(now=self.later(now, seconds=39)) == 0
        assert services.sweep(now=self.later(now, seconds=40)) == 1

    def test_leaves_alone_what_has_ended(self, queue, asked, enrolment, now):
        services.cancel_run(run_id=asked.pk, actor=enrolment.person, now=now)
        assert services.sweep(now=self.later(now, hours=1)) == 0

    def test_brings_the_finish_that_was_lost(self, queue, asked, now, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(runner, "finish", lambda *_, **__: False)
            queue.work()
        Computation.objects.update(touched_at=now, enqueued_at=now)
        queue.committed(services.sweep, now=self.later(now, minutes=1))
        queue.work()
        assert Computation.objects.get().state == State.SUCCEEDED
