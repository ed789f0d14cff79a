"""Queues: Erlang's formulas, tails and quantiles, bounded queues, and the same queues as processes on a clock."""

import itertools
import math

import numpy as np
import pytest
import simpy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simulations.engine import queueing
from simulations.engine.queueing import BoundedQueue, ManyServers

loads = st.floats(0.01, 0.98)
servers = st.integers(1, 60)


def birth_and_death(queue, arrival_rate):
    """Return the state probabilities of a bounded queue, from the balance of neighbours alone."""
    states = range(1, queue.servers + queue.waiting + 1)
    steps = [math.log(arrival_rate / (min(state, queue.servers) * queue.service_rate)) for state in states]
    weights = np.exp(np.cumsum([0.0, *steps]) - max(itertools.accumulate([0.0, *steps])))
    return weights / weights.sum()


def simulated(seed, count, *, arrival_rate, service, number, waiting=math.inf, interarrival=None):
    """Return waits, responses and the number refused of a first-come queue, as processes on a clock."""
    generator = np.random.default_rng(seed)
    gap = interarrival or (lambda: generator.exponential(1.0 / arrival_rate))
    environment = simpy.Environment()
    resource = simpy.Resource(environment, number)
    waits, responses, refused = [], [], [0]

    def request():
        start = environment.now
        if len(resource.users) == number and len(resource.queue) >= waiting:
            refused[0] += 1
            return
        with resource.request() as place:
            yield place
            waits.append(environment.now - start)
            yield environment.timeout(service(generator))
        responses.append(environment.now - start)

    def source():
        for _ in range(count):
            yield environment.timeout(gap())
            environment.process(request())

    environment.process(source())
    environment.run()
    return np.array(waits), np.array(responses), refused[0]


def mean_over_seeds(measure, seeds=range(10)):
    """Return the mean of one measurement a seed and its standard error."""
    values = np.array([measure(seed) for seed in seeds])
    return values.mean(), values.std(ddof=1) / math.sqrt(values.size)


class TestErlang:
    def test_anchors(self):
        assert float(queueing.erlang_b(5, 3.0)) == pytest.approx(0.110054, abs=5e-7)
        assert queueing.erlang_c(2, 1.0) == pytest.approx(1 / 3)
        assert queueing.erlang_c(10, 8.0) == pytest.approx(0.409180, abs=5e-7)
        assert queueing.erlang_c(40, 32.0) == pytest.approx(0.1212, abs=5e-5)
        assert queueing.erlang_c(40, 36.0) == pytest.approx(0.4116, abs=5e-5)
        assert queueing.erlang_c(40, 38.0) == pytest.approx(0.6636, abs=5e-5)

    @given(servers, st.floats(0.0, 200.0))
    def test_loss_is_the_definition(self, count, load):
        terms = stats.poisson(load).pmf(np.arange(count + 1))
        assert float(queueing.erlang_b(count, load)) == pytest.approx(terms[-1] / terms.sum(), rel=1e-6, abs=1e-300)

    @given(servers, loads)
    def test_more_wait_than_are_lost(self, count, load):
        assert queueing.erlang_c(count, load * count) >= float(queueing.erlang_b(count, load * count))

    def test_one_server_makes_as_many_wait_as_it_is_busy(self):
        assert queueing.erlang_c(1, 0.7) == pytest.approx(0.7)

    @pytest.mark.parametrize("load", [2.0, 3.0, math.nan])
    def test_refuses_what_never_settles(self, load):
        with pytest.raises(ValueError, match="must lie below 1 for a queue to settle; it is"):
            queueing.erlang_c(2, load)


class TestManyServers:
    def test_one_server(self):
        queue = ManyServers(1, 0.5, 1.0)
        assert queue.response == pytest.approx(2.0)
        assert queue.response_quantile(0.5) == pytest.approx(1.38629, abs=5e-6)
        assert queue.response_quantile(0.99) == pytest.approx(9.21034, abs=5e-6)

    def test_pooling(self):
        eight, fast, apart = ManyServers(8, 6.4, 1.0), ManyServers(1, 6.4, 8.0), ManyServers(1, 0.8, 1.0)
        assert eight.waiting_share == pytest.approx(0.457645, abs=5e-7)
        assert [eight.wait, eight.response] == pytest.approx([0.286028, 1.286028], abs=5e-7)
        assert eight.response_quantile(0.99) == pytest.approx(5.152182, abs=5e-7)
        assert [fast.response, apart.response] == pytest.approx([0.625, 5.0])
        assert fast.response_quantile(0.99) == pytest.approx(2.8782, abs=5e-5)

    @pytest.mark.parametrize(
        ("load", "mean", "median", "p99"),
        [
            (0.05, 20.00, 13.86, 92.10),
            (0.70, 20.04, 13.90, 92.14),
            (0.80, 20.30, 14.20, 92.45),
            (0.90, 22.06, 16.22, 94.67),
            (0.95, 26.64, 21.04, 102.24),
            (0.975, 36.42, 29.87, 128.88),
            (0.995, 116.24, 87.28, 479.0),
        ],
    )
    def test_forty_workers_of_twenty_milliseconds(self, load, mean, median, p99):
        queue = ManyServers(40, 2.0 * load, 1.0 / 20.0)
        found = [queue.response, queue.response_quantile(0.5), queue.response_quantile(0.99)]
        assert found == pytest.approx([mean, median, p99], abs=0.0051 if load < 0.99 else 0.05)

    @settings(max_examples=60, deadline=None)
    @given(servers, loads)
    def test_mean_is_the_integral_of_the_tail(self, count, load):
        queue = ManyServers(count, load * count, 1.0)
        area = integrate.quad(lambda t: float(queue.response_tail(np.array(t))), 0.0, np.inf, limit=400)[0]
        assert queue.response == pytest.approx(area, rel=1e-6)
        assert queue.present - queue.waiting == pytest.approx(load * count)

    @settings(max_examples=60, deadline=None)
    @given(servers, loads, st.floats(0.001, 0.999))
    def test_quantile_is_where_the_tail_is(self, count, load, q):
        queue = ManyServers(count, load * count, 1.0)
        assert float(queue.response_tail(np.array(queue.response_quantile(q)))) == pytest.approx(1.0 - q, rel=1e-9)

    @pytest.mark.parametrize("nudge", [0.0, 1e-13, 1e-9, 9e-7, 1.1e-6, 1e-5])
    def test_tail_is_smooth_where_the_spare_capacity_is_one_server(self, nudge):
        times = np.linspace(0.0, 20.0, 50)
        queue, limit = ManyServers(8, 7.0 + nudge, 1.0), ManyServers(8, 7.0, 1.0)
        assert queue.response_tail(times) == pytest.approx(limit.response_tail(times), rel=30.0 * nudge + 1e-12)
        assert limit.response_tail(times) == pytest.approx(np.exp(-times) * (1.0 + limit.waiting_share * times))

    def test_wait_tail_starts_at_the_share_that_waits(self):
        queue = ManyServers(8, 6.4, 1.0)
        assert queue.wait_tail(np.array([0.0, 1.0])) == pytest.approx(
            [queue.waiting_share, queue.waiting_share * math.exp(-1.6)]
        )

    def test_refuses_arrivals_at_the_capacity(self):
        with pytest.raises(ValueError, match="it is 1"):
            ManyServers(4, 4.0, 1.0)


class TestBoundedQueue:
    QUEUE = BoundedQueue(40, 400, 50.0)

    def test_anchors(self):
        assert self.QUEUE.loss(np.array([1_900.0, 2_000.0, 2_100.0, 2_500.0])) == pytest.approx(
            [0.0, 0.00245, 0.04762, 0.2], abs=5e-6
        )

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 12), st.integers(0, 40), st.floats(0.01, 8.0))
    def test_shares_are_those_of_the_states(self, count, waiting, load):
        queue = BoundedQueue(count, waiting, 1.0)
        rate = load * count
        states = birth_and_death(queue, rate)
        assert float(queue.loss(rate)) == pytest.approx(states[-1], rel=1e-9)
        waits = states[count:-1].sum() / states[:-1].sum()
        assert float(queue.waiting_share(rate)) == pytest.approx(waits, rel=1e-9, abs=1e-12)
        served = float((states * np.minimum(np.arange(states.size), count)).sum())
        assert float(queue.throughput(rate)) == pytest.approx(served, rel=1e-9)

    @settings(max_examples=40, deadline=None)
    @given(st.integers(1, 6), st.integers(0, 15), st.floats(0.05, 4.0), st.floats(0.0, 12.0))
    def test_tail_is_the_sum_over_places(self, count, waiting, load, time):
        queue = BoundedQueue(count, waiting, 1.0)
        accepted = birth_and_death(queue, load * count)[:-1]
        accepted = accepted / accepted.sum()
        expected = accepted[:count].sum() * math.exp(-time)
        for ahead, share in enumerate(accepted[count:], start=1):
            wait = stats.gamma(ahead, scale=1.0 / count)
            in_service = integrate.quad(lambda s, w=wait: w.pdf(s) * math.exp(s - time), 0.0, time, epsabs=1e-14)[0]
            expected += share * (wait.sf(time) + in_service)
        assert queue.response_tail(load * count, np.array([time]))[0] == pytest.approx(expected, rel=1e-6, abs=1e-10)

    @pytest.mark.parametrize("load", [0.3, 0.8, 0.95])
    def test_with_room_enough_it_is_the_unbounded_queue(self, load):
        times = np.linspace(0.0, 400.0, 30)
        queue, unbounded = BoundedQueue(40, 2_000, 0.05), ManyServers(40, 2.0 * load, 0.05)
        assert queue.response_tail(2.0 * load, times) == pytest.approx(unbounded.response_tail(times), abs=1e-12)

    @pytest.mark.parametrize("count", [1, 2, 40])
    @pytest.mark.parametrize("waiting", [0, 1, 300])
    def test_tail_has_no_step_where_a_sum_changes_its_form(self, count, waiting):
        queue = BoundedQueue(count, waiting, 1.0)
        times = np.linspace(0.0, queue.longest, 20)
        for load in (1.0, 1.0 - 1.0 / count):
            near = queue.responses(count * np.array([load - 1e-9, load, load + 1e-9])).tails(times)
            assert near[:, 0] == pytest.approx(near[:, 2], abs=1e-6)
            assert near[:, 1] == pytest.approx(near[:, 2], abs=1e-6)

    @settings(max_examples=40, deadline=None)
    @given(st.integers(1, 400), st.integers(0, 1_000), st.floats(0.0, 500.0))
    @example(1, 1_000, 2.0)
    def test_every_size_and_load_gives_a_falling_tail(self, count, waiting, load):
        queue = BoundedQueue(count, waiting, 1.0)
        tail = queue.response_tail(load * count, np.linspace(0.0, queue.longest, 40))
        assert tail[0] == pytest.approx(1.0)
        assert np.all(np.diff(tail) <= 1e-11)
        assert 0.0 <= tail[-1] < 1e-9

    def test_tail_far_beyond_the_longest_time_is_nothing(self):
        assert self.QUEUE.response_tail(1_900.0, np.array([1e6]))[0] == 0.0


class TestGeneralService:
    def test_constant_service_halves_the_wait(self):
        assert queueing.pollaczek_khinchine(0.8, 1.0, 0.0) == pytest.approx(2.0)
        assert queueing.pollaczek_khinchine(0.8, 1.0, 1.0) == pytest.approx(ManyServers(1, 0.8, 1.0).wait)

    def test_uniform_service_from_ten_to_thirty(self):
        variation = (20.0**2 / 12.0) / 20.0**2
        assert variation == pytest.approx(0.0833, abs=5e-5)
        factor = queueing.allen_cunneen(ManyServers(40, 1.8, 0.05), 1.0, variation) / ManyServers(40, 1.8, 0.05).wait
        assert factor == pytest.approx(0.54, abs=0.005)

    def test_shared_server_stretches_every_job_alike(self):
        assert queueing.processor_sharing(0.75, 1.0, 3.0) == pytest.approx(12.0)

    @pytest.mark.parametrize("call", [queueing.pollaczek_khinchine, queueing.processor_sharing])
    def test_refuses_an_overload(self, call):
        with pytest.raises(ValueError, match="it is 1.5"):
            call(1.5, 1.0, 1.0)


class TestAgainstSimulatedQueues:
    """Means over ten seeds lie within five standard errors; a wrong formula misses by far more."""

    def close(self, expected, measure):
        mean, error = mean_over_seeds(measure)
        assert abs(mean - expected) < 5.0 * error
        assert error < 0.12 * max(expected, 0.01)

    def test_many_servers(self):
        queue = ManyServers(4, 3.2, 1.0)
        runs = [
            simulated(seed, 5_000, arrival_rate=3.2, service=lambda g: g.exponential(1.0), number=4)
            for seed in range(10)
        ]
        self.close(queue.wait, lambda seed: runs[seed][0].mean())
        self.close(queue.response, lambda seed: runs[seed][1].mean())
        p90 = queue.response_quantile(0.9)
        self.close(0.1, lambda seed: np.mean(runs[seed][1] > p90))

    def test_bounded_queue(self):
        queue = BoundedQueue(3, 5, 1.0)
        runs = [
            simulated(seed, 4_000, arrival_rate=3.5, service=lambda g: g.exponential(1.0), number=3, waiting=5)
            for seed in range(10)
        ]
        self.close(float(queue.loss(3.5)), lambda seed: runs[seed][2] / 4_000)
        for time in (1.0, 3.0):
            expected = queue.response_tail(3.5, np.array([time]))[0]
            self.close(expected, lambda seed, at=time: np.mean(runs[seed][1] > at))

    def test_uniform_service_at_one_server(self):
        expected = queueing.pollaczek_khinchine(0.6, 1.0, 1.0 / 12.0)
        self.close(
            expected,
            lambda seed: simulated(seed, 5_000, arrival_rate=0.6, service=lambda g: g.uniform(0.5, 1.5), number=1)[
                0
            ].mean(),
        )

    def test_a_wrong_number_of_servers_is_caught(self):
        with pytest.raises(AssertionError):
            self.close(
                ManyServers(5, 3.2, 1.0).wait,
                lambda seed: simulated(seed, 3_000, arrival_rate=3.2, service=lambda g: g.exponential(1.0), number=4)[
                    0
                ].mean(),
            )


class TestUnits:
    """Rates and times may have any unit: everything scales with it."""

    @pytest.mark.parametrize("unit", [1e-4, 0.01, 50.0])
    def test_tails_do_not_depend_on_the_unit(self, unit):
        times = np.array([0.1, 1.0, 4.0, 9.0])
        for arrival_rate in (0.5, 1.0, 1.7):
            plain = ManyServers(2, arrival_rate, 1.0)
            scaled = ManyServers(2, arrival_rate * unit, unit)
            np.testing.assert_allclose(scaled.response_tail(times / unit), plain.response_tail(times), rtol=1e-9)

    @pytest.mark.parametrize("unit", [0.02, 1.0, 30.0])
    def test_what_is_called_longest_is_and_not_by_much(self, unit):
        queue = BoundedQueue(4, 60, unit)
        beyond, before = queue.response_tail(9.0 * unit, np.array([queue.longest, queue.longest / 4.0]))
        assert beyond < 1e-10 < before

    def test_pollaczek_khinchine_in_seconds_and_milliseconds(self):
        assert queueing.pollaczek_khinchine(0.02, 30.0, 1.0) == pytest.approx(45.0)
        assert queueing.pollaczek_khinchine(20.0, 0.03, 1.0) == pytest.approx(0.045)

    def test_a_shared_server_in_seconds_and_milliseconds(self):
        assert queueing.processor_sharing(0.02, 30.0, 60.0) == pytest.approx(150.0)
        assert queueing.processor_sharing(20.0, 0.03, 0.06) == pytest.approx(0.15)

    def test_loss_of_several_loads_is_that_of_each(self):
        each = [float(queueing.erlang_b(5, load)) for load in (1.0, 3.0)]
        np.testing.assert_allclose(queueing.erlang_b(5, np.array([1.0, 3.0])), each)

    def test_an_idle_queue_settles(self):
        assert ManyServers(3, 0.0, 1.0).utilisation == 0.0

    def test_many_times_at_once_are_those_one_by_one(self):
        queue = BoundedQueue(40, 900, 0.05)
        times = np.linspace(0.0, queue.longest, 200)
        together = queue.response_tail(1.9, times)
        one_by_one = [queue.response_tail(1.9, np.array([time]))[0] for time in times.tolist()]
        np.testing.assert_allclose(together, one_by_one, atol=1e-11)

    @pytest.mark.parametrize(("share", "count"), [(3, 12), (50, 400)])
    def test_no_chance_is_more_than_certainty(self, share, count):
        """The sum alone comes to 1 + 3e-14 here, added up at once and row by row."""
        queue = BoundedQueue(55, 335, 1.0)
        assert np.all(queue.response_tail(165.0, np.linspace(0.0, queue.longest / share, count)[1:]) <= 1.0)
