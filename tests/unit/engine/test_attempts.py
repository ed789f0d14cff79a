"""The queue of attempts: its books, its fixed points, and the same callers as processes on a clock."""

import math

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.attempts import AttemptQueue, Rules
from simulations.engine.functions import FUNCTIONS

rules = st.builds(
    Rules,
    step=st.sampled_from([0.01, 0.1, 0.5]),
    timeout=st.floats(0.05, 5.0),
    retries=st.integers(0, 5),
    order=st.sampled_from(["fifo", "lifo", "drop"]),
    places=st.none() | st.floats(0.0, 500.0),
    budget=st.none() | st.floats(0.0, 0.5),
    backoff=st.just(0.0) | st.floats(0.0, 3.0),
    jitter=st.booleans(),
    breaker=st.booleans(),
)


def storm(rules_, *, arrivals=4_000.0, capacity=6_000.0, degraded=2_000.0, before=10.0, lasting=20.0, after=60.0):
    """Return times and steps of a trigger between two healthy stretches."""
    queue = AttemptQueue(rules_)
    count = round((before + lasting + after) / rules_.step)
    times = np.arange(count) * rules_.step
    bad = (times > before - 1e-9) & (times < before + lasting - 1e-9)
    seen = [
        queue.advance(arrivals * rules_.step, (degraded if worse else capacity) * rules_.step) for worse in bad.tolist()
    ]
    return times, seen


def resumes(times, seen, end=30.0):
    after = [time - end for time, step in zip(times, seen, strict=True) if time > end - 1e-9 and step.succeeded > 1e-3]
    return after[0] if after else None


class TestAnchors:
    """Rates a second from steps of 20 ms; the last digit of a resumption is the step."""

    STEP = 0.02

    def at(self, found, time, name):
        times, seen = found
        return getattr(seen[int(np.searchsorted(times, time))], name) / self.STEP

    def test_without_retries_goodput_returns_after_eighteen_seconds(self):
        found = storm(Rules(self.STEP, 1.0, 0))
        assert resumes(*found) == pytest.approx(18.0, abs=0.03)
        assert self.at(found, 25.0, "succeeded") == 0.0
        assert self.at(found, 48.5, "succeeded") == pytest.approx(6_000)
        assert self.at(found, 80.0, "succeeded") == pytest.approx(4_000)
        assert max(step.backlog for step in found[1]) == pytest.approx(40_000, rel=0.01)
        gone = next(time for time, step in zip(*found, strict=True) if time > 10 and step.succeeded == 0.0)
        assert gone - 10 == pytest.approx(2.0, abs=0.05)

    def test_two_retries_never_return(self):
        found = storm(Rules(self.STEP, 1.0, 2), after=200.0)
        assert resumes(*found) is None
        assert self.at(found, 200.0, "attempts") == pytest.approx(12_000)

    def test_a_budget_returns_after_the_bursts_that_it_allows(self):
        found = storm(Rules(self.STEP, 1.0, 2, budget=0.1))
        # 40,000 of the trigger and five bursts of 4,000 retries leave 6,000 to the newest after 27 s, served by 28
        assert resumes(*found) == pytest.approx(28.0, abs=0.05)

    def test_dropping_what_nobody_waits_for_returns_at_once(self):
        found = storm(Rules(self.STEP, 1.0, 2, order="drop"))
        assert self.at(found, 29.0, "succeeded") == pytest.approx(2_000)
        assert self.at(found, 29.0, "attempts") == pytest.approx(9_695, abs=1.0)
        assert self.at(found, 35.0, "succeeded") == pytest.approx(4_000)
        assert sum(step.wasted for step in found[1]) == 0.0

    def test_a_load_below_a_third_is_never_stuck(self):
        assert resumes(*storm(Rules(self.STEP, 1.0, 2), arrivals=1_900.0)) == pytest.approx(0.0, abs=1e-9)

    def test_a_load_above_a_third_is_stuck(self):
        assert resumes(*storm(Rules(self.STEP, 1.0, 2), arrivals=2_500.0)) is None

    @pytest.mark.parametrize("arrivals", [1_500.0, 2_000.0, 4_000.0])
    def test_a_bounded_queue_settles_at_the_fixed_point(self, arrivals):
        capacity = 200 / 0.170
        found = storm(Rules(self.STEP, 1.0, 2, places=50.0), arrivals=arrivals, capacity=capacity, degraded=capacity)
        expected = FUNCTIONS["retry_attempts"].call(arrivals, capacity, 2)
        assert self.at(found, 80.0, "attempts") == pytest.approx(expected, rel=1e-3)
        assert self.at(found, 80.0, "succeeded") == pytest.approx(capacity, rel=1e-6)

    def test_a_breaker_frees_a_stuck_queue(self):
        times, seen = storm(Rules(self.STEP, 1.0, 2, breaker=True))
        assert seen[-1].succeeded / self.STEP == pytest.approx(4_000)
        assert resumes(times, seen) < 10.0

    @pytest.mark.parametrize("jitter", [False, True])
    def test_backoff_keeps_retries_back(self, jitter):
        plain = storm(Rules(self.STEP, 1.0, 2))[1]
        paused = storm(Rules(self.STEP, 1.0, 2, backoff=2.0, jitter=jitter))[1]
        upto = round(14.0 / self.STEP)
        assert sum(step.attempts for step in paused[:upto]) < sum(step.attempts for step in plain[:upto])


class TestBackoff:
    """A hundred requests at once, no server, a timeout of one second in steps of a tenth."""

    def attempts(self, **rules_):
        queue = AttemptQueue(Rules(0.1, 1.0, 3, **rules_))
        return [queue.advance(100.0 if place == 0 else 0.0, 0.0).attempts for place in range(120)]

    def test_pause_doubles_with_each_failure(self):
        seen = self.attempts(backoff=0.5)
        assert {place: round(attempts) for place, attempts in enumerate(seen) if attempts > 0.0} == {
            0: 100,
            15: 100,
            35: 100,
            65: 100,
        }

    def test_jitter_spreads_the_first_retries_evenly_over_the_pause(self):
        seen = self.attempts(backoff=0.5, jitter=True)
        assert seen[10:15] == pytest.approx([20.0] * 5)
        assert sum(seen) == pytest.approx(400.0)


class TestInvariants:
    @settings(max_examples=120, deadline=None)
    @given(
        rules,
        st.lists(
            st.tuples(st.floats(0.0, 200.0), st.floats(0.0, 200.0), st.floats(0.0, 1.0)), min_size=1, max_size=120
        ),
    )
    def test_every_request_is_accounted_for(self, rules_, steps):
        queue = AttemptQueue(rules_)
        arrived = ended = 0.0
        for arrivals, capacity, failing in steps:
            seen = queue.advance(arrivals, capacity, failing)
            arrived += arrivals
            ended += seen.succeeded + seen.failed
            assert seen.succeeded + seen.wasted <= capacity * (1.0 + 1e-9) + 1e-6
            assert min(seen.attempts, seen.succeeded, seen.failed, seen.wasted, seen.backlog) >= 0.0
            if rules_.places is not None:
                assert seen.backlog <= rules_.places + 1e-6
        assert arrived == pytest.approx(ended + queue.in_flight, rel=1e-6, abs=1e-4)

    @settings(max_examples=25, deadline=None)
    @given(st.floats(0.2, 0.95), st.integers(0, 4))
    def test_stuck_exactly_where_retries_exceed_the_capacity(self, load, retries):
        if abs(load * (retries + 1) - 1.0) < 0.25:
            return
        capacity = 1_000.0
        _, seen = storm(
            Rules(0.1, 1.0, retries),
            arrivals=load * capacity,
            capacity=capacity,
            degraded=10.0,
            before=1,
            lasting=6,
            after=300,
        )
        stuck = seen[-1].succeeded < 0.5 * load * capacity * 0.1
        assert stuck == (load * (retries + 1) > 1.0 and retries > 0)


class TestAgainstSimulatedCallers:
    """Callers who give up, and a server that does not know, as processes on a clock."""

    ARRIVALS, CAPACITY, DEGRADED = 100.0, 150.0, 50.0

    def simulated(self, seed, retries):
        """Return the times of successes and of attempts."""
        generator = np.random.default_rng(seed)
        environment = simpy.Environment()
        queue = simpy.Store(environment)
        successes, attempts = [], []

        def server():
            while True:
                done = yield queue.get()
                rate = self.DEGRADED if 5.0 <= environment.now < 25.0 else self.CAPACITY
                yield environment.timeout(generator.exponential(1.0 / rate))
                if not done.triggered:
                    done.succeed()

        def caller():
            for _ in range(retries + 1):
                attempts.append(environment.now)
                done = environment.event()
                queue.put(done)
                patience = environment.timeout(1.0)
                yield done | patience
                if done.triggered and not patience.processed:
                    successes.append(environment.now)
                    return
                if not done.triggered:
                    done.succeed()

        def source():
            while environment.now < 60.0:
                yield environment.timeout(generator.exponential(1.0 / self.ARRIVALS))
                environment.process(caller())

        environment.process(server())
        environment.process(source())
        environment.run(60.0)
        return np.array(successes), np.array(attempts)

    def test_without_retries_goodput_returns_when_the_fluid_says(self):
        returned = []
        for seed in range(5):
            successes, _ = self.simulated(seed, 0)
            later = np.histogram(successes, np.arange(25.0, 60.5, 0.5))[0]
            returned.append(0.5 * float(np.flatnonzero(later > 25)[0]))
        spread = np.std(returned, ddof=1) / math.sqrt(len(returned))
        assert abs(np.mean(returned) - 18.0) < 5.0 * max(spread, 0.25)

    def test_with_two_retries_it_does_not(self):
        for seed in range(3):
            successes, attempts = self.simulated(seed, 2)
            assert np.sum(successes > 50.0) < 0.02 * 10.0 * self.ARRIVALS
            rate = np.sum(attempts > 50.0) / 10.0
            assert abs(rate - 300.0) < 5.0 * 3.0 * math.sqrt(self.ARRIVALS / 10.0)
