"""Waits drawn customer by customer, held to Erlang, to a queue written as a heap, and to simulators of others."""

import heapq
import math
import tracemalloc

import ciw
import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.evidence import band_half_width, largest_gap
from simulations.engine.histogram import Histogram
from simulations.engine.lines import draw_waits, serve, stationary
from simulations.engine.queueing import ManyServers

QUEUES = {
    "one server": ManyServers(1, 0.5, 1.0),
    "four at 80%": ManyServers(4, 3.2, 1.0),
    "forty at 95%": ManyServers(40, 1.9, 0.05),
    "two idle": ManyServers(2, 0.02, 1.0),
}
LEVEL = 1e-6


def waits_by_heap(free, services, gaps):
    """Return the waits of one line, with a heap of the moments at which servers become free."""
    clock, waits = 0.0, []
    moments = list(free)
    heapq.heapify(moments)
    for service, gap in zip(services, gaps, strict=True):
        begins = max(heapq.heappop(moments), clock)
        waits.append(begins - clock)
        heapq.heappush(moments, begins + service)
        clock += gap
    return np.array(waits)


times = st.floats(0.0, 50.0)


class TestServe:
    @given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 30), st.integers(0, 2**32))
    @settings(max_examples=150, deadline=None)
    def test_waits_are_those_of_a_queue_written_as_a_heap(self, servers, lines, customers, seed):
        generator = np.random.default_rng(seed)
        free = np.sort(generator.exponential(2.0, (servers, lines)), axis=0)
        services = generator.exponential(float(servers), (customers, lines))
        gaps = generator.exponential(1.0, (customers, lines))
        expected = [waits_by_heap(free[:, line], services[:, line], gaps[:, line]) for line in range(lines)]
        np.testing.assert_allclose(serve(free.copy(), services, gaps), np.transpose(expected), atol=1e-9)

    @given(st.lists(st.tuples(times, times), min_size=1, max_size=30))
    def test_one_server_is_lindleys_recursion(self, customers):
        services, gaps = np.array(customers).T
        wait, expected = 0.0, []
        for service, gap in customers:
            expected.append(wait)
            wait = max(wait + service - gap, 0.0)
        found = serve(np.zeros((1, 1)), services[:, None], gaps[:, None])[:, 0]
        np.testing.assert_allclose(found, expected, atol=1e-9)

    @given(st.lists(st.tuples(times, times), min_size=1, max_size=20), st.integers(1, 4))
    def test_another_server_makes_nobody_wait_longer(self, customers, servers):
        services, gaps = (column[:, None] for column in np.array(customers).T)
        few = serve(np.zeros((servers, 1)), services, gaps)
        many = serve(np.zeros((servers + 1, 1)), services, gaps)
        assert np.all(many <= few + 1e-9)

    def test_going_on_from_where_it_stopped_changes_nothing(self):
        generator = np.random.default_rng(2)
        services, gaps = generator.exponential(3.0, (60, 7)), generator.exponential(1.0, (60, 7))
        whole = serve(np.zeros((3, 7)), services, gaps)
        free = np.zeros((3, 7))
        parts = [serve(free, services[part], gaps[part]) for part in (slice(0, 25), slice(25, 60))]
        np.testing.assert_array_equal(np.vstack(parts), whole)


@pytest.mark.parametrize("name", QUEUES)
class TestStationary:
    def test_the_first_customer_waits_as_any_other(self, name):
        queue, lines = QUEUES[name], 40_000
        free = stationary(queue, np.random.default_rng(1), lines)
        assert self.gap(queue, free[0]) < band_half_width(lines, LEVEL)

    def test_and_so_does_one_much_later(self, name):
        queue, lines, steps = QUEUES[name], 40_000, 40
        generator = np.random.default_rng(2)
        free = stationary(queue, generator, lines)
        services = generator.exponential(1.0 / queue.service_rate, (steps, lines))
        waits = serve(free, services, generator.exponential(1.0 / queue.arrival_rate, (steps, lines)))
        assert self.gap(queue, waits[-1]) < band_half_width(lines, LEVEL)

    def test_each_server_is_free_later_than_the_one_before(self, name):
        free = stationary(QUEUES[name], np.random.default_rng(3), 1_000)
        assert np.all(np.diff(free, axis=0) >= 0.0)
        assert np.all(free >= 0.0)

    @staticmethod
    def gap(queue, waits):
        histogram = Histogram()
        histogram.add(waits)
        return largest_gap(histogram, lambda t: np.where(t > 0.0, queue.wait_tail(t), 1.0))


class TestDrawWaits:
    @pytest.mark.parametrize("name", QUEUES)
    def test_mean_is_erlangs(self, name):
        queue = QUEUES[name]
        drawn = draw_waits(queue, np.random.default_rng(4), customers=400_000)
        assert abs(drawn.mean - queue.wait) < 5.0 * drawn.standard_error
        assert drawn.standard_error < 0.1 * queue.wait + 1e-3

    def test_a_queue_found_empty_would_be_noticed(self):
        """The lines of one customer each, from empty: what a warm-up forgotten would look like."""
        generator, lines, steps = np.random.default_rng(5), 1_024, 100
        services = generator.exponential(1.0, (steps, lines))
        waits = serve(np.zeros((4, lines)), services, generator.exponential(1.0 / 3.2, (steps, lines)))
        means = waits.mean(axis=0)
        error = means.std(ddof=1) / math.sqrt(lines)
        assert (QUEUES["four at 80%"].wait - means.mean()) / error > 5.0

    def test_counts_every_customer(self):
        drawn = draw_waits(QUEUES["four at 80%"], np.random.default_rng(6), customers=10_000, lines=300)
        assert drawn.histogram.count == 34 * 300
        assert drawn.histogram.mean == pytest.approx(drawn.mean, abs=1e-6)

    def test_a_single_line_cannot_tell_its_error(self):
        drawn = draw_waits(QUEUES["one server"], np.random.default_rng(7), customers=100, lines=1)
        assert drawn.standard_error == math.inf
        assert drawn.histogram.count == 100

    def test_same_seed_same_bytes(self):
        first, second = (draw_waits(QUEUES["one server"], np.random.default_rng(8), customers=5_000) for _ in range(2))
        assert first.histogram.to_bytes() == second.histogram.to_bytes()
        np.testing.assert_array_equal(first.line_means, second.line_means)

    def test_memory_does_not_grow_with_the_customers(self):
        tracemalloc.start()
        draw_waits(QUEUES["one server"], np.random.default_rng(9), customers=500_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8e6


class TestAgainstSimulatorsOfOthers:
    """The same customers through SimPy, and the same queue through Ciw."""

    def test_simpy_gives_the_same_waits_to_the_same_customers(self):
        generator, customers = np.random.default_rng(10), 2_000
        services, gaps = generator.exponential(1.0, customers), generator.exponential(1.0 / 3.2, customers)
        environment, waits = simpy.Environment(), np.zeros(customers)
        servers = simpy.Resource(environment, capacity=4)

        def customer(number):
            arrived = environment.now
            with servers.request() as request:
                yield request
                waits[number] = environment.now - arrived
                yield environment.timeout(services[number])

        def arrivals():
            for number, gap in enumerate(gaps):
                environment.process(customer(number))
                yield environment.timeout(gap)

        environment.process(arrivals())
        environment.run()
        found = serve(np.zeros((4, 1)), services[:, None], gaps[:, None])[:, 0]
        np.testing.assert_allclose(found, waits, atol=1e-9)

    def test_ciw_finds_the_same_mean_wait(self):
        ciw.seed(11)
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Exponential(rate=3.2)],
            service_distributions=[ciw.dists.Exponential(rate=1.0)],
            number_of_servers=[4],
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_customers(12_000, method="Finish")
        records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
        batches = np.array([record.waiting_time for record in records[2_000:12_000]]).reshape(20, -1).mean(axis=1)
        ours = draw_waits(QUEUES["four at 80%"], np.random.default_rng(12), customers=200_000)
        error = math.hypot(ours.standard_error, batches.std(ddof=1) / math.sqrt(batches.size))
        assert abs(ours.mean - batches.mean()) < 5.0 * error
