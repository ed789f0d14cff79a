"""Followers and timelines: against quadrature, against draws, and against a queue played job by job."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from simulations.engine.followers import Pareto, SharedLists, Timelines, Uniform
from simulations.engine.functions import FUNCTIONS, timelines

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("push_writes", (4_600, 200), 920_000, 0),
    ("push_writes", (4_600, 75), 345_000, 0),
    ("push_writes", (12_000, 200), 2_400_000, 0),
    ("push_writes", (0.23, 30e6), 6_900_000, 0),
    ("pull_lookups", (300_000, 200), 60e6, 0),
    ("pull_lookups", (300_000, 500), 150e6, 0),
    ("push_pull_crossover", (4_600, 300_000, 200), 13_043, 0),
    ("push_pull_crossover", (4_600, 300_000, 75), 4_891, 0),
    ("push_pull_crossover", (4_600, 300_000, 500), 32_609, 0),
    ("push_pull_crossover", (12_000, 300_000, 200), 5_000, 0),
    ("mean_followers", (10_000, 10e6, 100e6), 1_000, 0),
    ("mean_followers", (3_000, 30e6, 300e6), 300, 0),
    ("two_class_writes", (100e6, 5_000, 10_000, 10e6, 200), 5_999_900, 0),
    ("pareto_least", (200, 1.2), 33.33, 2),
    ("pareto_least", (200, 1.2, 50e6), 35.42, 2),
    ("pareto_edge_share", (1e3, 200, 1.2), 0.5065, 4),
    ("pareto_edge_share", (1e4, 200, 1.2), 0.3196, 4),
    ("pareto_edge_share", (1e5, 200, 1.2), 0.2016, 4),
    ("pareto_edge_share", (1e6, 200, 1.2), 0.1272, 4),
    ("pareto_edge_share", (1e4, 200, 1.5), 0.0816, 4),
    ("pareto_edge_share", (1e3, 200, 1.2, 50e6), 0.482, 3),
    ("pareto_edge_share", (1e4, 200, 1.2, 50e6), 0.281, 3),
    ("pareto_edge_share", (1e5, 200, 1.2, 50e6), 0.154, 3),
    ("pareto_edge_share", (1e6, 200, 1.2, 50e6), 0.074, 3),
    ("pareto_edge_share", (1, 200, 1.2), 1, 9),
    ("pareto_author_share", (1e3, 200, 1.2), 0.01688, 5),
    ("pareto_author_share", (1e4, 200, 1.2), 0.001065, 6),
    ("hybrid_writes", (4_600, 1e4, 200, 1.2), 625_989, 0),
    ("hybrid_lookups", (300_000, 1e4, 200, 1.2), 64 * 300_000, -5),
    ("shared_list_threshold", (1_000, 10, 10), 864_000, 0),
    ("delivery_s", (30e6, 300_000), 100, 9),
    ("delivery_s", (31e6, 1e6 / 3.5), 108, 0),
]

REFUSED = [
    ("two_class_writes", (100, 5, 101, 10, 1), "celebrities must lie between 0 and 100; you gave 101."),
    ("pareto_least", (200, 1), "exponent must lie between 1.001 and 20; you gave 1."),
    ("pareto_least", (200, 1.2, 300), "most must be 0 or at least twice the mean, 400; you gave 300."),
]

paretos = st.builds(
    Pareto.with_mean, st.floats(10.0, 1_000.0), st.floats(1.05, 3.0), st.floats(1e5, 2e8) | st.just(math.inf)
)
DEFAULT = Timelines(4_600.0, 300_000.0, 200.0, Pareto.with_mean(200.0, 1.2, 5e7), 0.05, 1.0, None)
SERVERS = SharedLists(1_000.0, 10.0, 10.0 / 86_400.0)


def changed(**changes):
    return Timelines(**{**{name: getattr(DEFAULT, name) for name in DEFAULT.__slots__}, **changes})


class TestFunctions:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert FUNCTIONS[name].call(*arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-12)

    def test_eager_celebrities(self):
        found = timelines.two_class_writes(100e6, 5_000, 10_000, 10e6, 200, eagerness=5)
        assert found == pytest.approx(26e6, rel=1e-3)

    def test_most_of_the_writes_are_the_celebrities(self):
        whole = timelines.two_class_writes(100e6, 5_000, 10_000, 10e6, 200)
        assert 5_000 * 1e-4 * 10e6 / whole == pytest.approx(0.83, abs=0.005)

    @pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
    def test_says_which_argument_and_what_it_was(self, name, arguments, message):
        with pytest.raises(ValueError, match=message):
            FUNCTIONS[name].call(*arguments)

    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_names_the_result_in_one_short_line(self, name, arguments, value, digits):
        line = FUNCTIONS[name].explain(*arguments)
        assert "\n" not in line
        assert len(line) < 200
        assert "{" not in line

    @pytest.mark.parametrize(
        ("name", "arguments", "line"),
        [
            ("pareto_edge_share", (1e4, 200, 1.2), "(10000 / 33.33) ** -0.2 = 0.3196"),
            ("pareto_author_share", (1e4, 200, 1.2, 5e7), "(10000 / 35.42) ** -1.2, cut off at 50000000: 0.001146"),
            ("shared_list_threshold", (1_000, 10, 10), "1000 / (10 * 10 / 86400) = 864,000"),
        ],
    )
    def test_shows_the_derivation(self, name, arguments, line):
        assert FUNCTIONS[name].explain(*arguments) == line

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in timelines.FUNCTIONS}


class TestPareto:
    @given(paretos, st.floats(1.0, 1e9))
    def test_shares_fall_from_all_to_none_and_edges_outweigh_authors(self, followers, threshold):
        at, further = np.array(threshold), np.array(2.0 * threshold)
        for share in (followers.authors_above, followers.edges_above):
            assert 0.0 <= share(further) <= share(at) <= 1.0
        assert followers.authors_above(at) <= followers.edges_above(at) + 1e-12
        assert followers.edges_above(np.array(followers.least)) == 1.0

    @given(paretos, st.floats(0.001, 0.999))
    def test_places_are_where_the_shares_say(self, followers, share):
        above = np.array(share)
        assert followers.authors_above(followers.authors_at(above)) == pytest.approx(share, abs=1e-9)
        assert followers.edges_above(followers.edges_at(above)) == pytest.approx(share, abs=1e-9)

    @pytest.mark.parametrize(("exponent", "most"), [(1.2, 5e7), (2.0, 1e6), (3.0, 1e5), (1.5, math.inf)])
    def test_moments_and_shares_agree_with_quadrature(self, exponent, most):
        followers = Pareto.with_mean(200.0, exponent, most)
        assert followers.mean == pytest.approx(200.0, rel=1e-9)
        kept = 1.0 - (followers.least / most) ** exponent

        def integral(power, low, high):
            def density(u):
                return exponent * followers.least**exponent * math.exp((power - exponent) * u) / kept

            ends = math.log(low), math.log(high) if math.isfinite(high) else 80.0
            return integrate.quad(density, *ends, limit=400, epsabs=0.0)[0]

        assert integral(1, followers.least, most) == pytest.approx(200.0, rel=1e-6)
        assert integral(1, 1e4, most) / 200.0 == pytest.approx(float(followers.edges_above(np.array(1e4))), rel=1e-6)
        assert integral(0, 1e4, most) == pytest.approx(float(followers.authors_above(np.array(1e4))), rel=1e-6)
        below = integral(0, followers.least, 1e4)
        assert followers.square_below(1e4) == pytest.approx(integral(2, followers.least, 1e4) / below, rel=1e-6)

    def test_agrees_with_draws(self):
        followers = Pareto(1.2, 33.0, 1e5)
        drawn = stats.truncpareto(1.2, 1e5 / 33.0, scale=33.0).rvs(400_000, random_state=5)
        error = drawn.std() / math.sqrt(drawn.size)
        assert abs(drawn.mean() - followers.mean) < 4 * error
        assert abs(np.mean(drawn > 1e3) - followers.authors_above(np.array(1e3))) < 4 * 0.14 / math.sqrt(drawn.size)


class TestTimelines:
    def test_price_at_which_both_ends_cost_the_same(self):
        even = changed(price=920_000 / 60e6)
        ends = even.cost(np.array([1.0, 1e9]))
        assert round(even.price, 5) == 0.01533
        assert ends == pytest.approx([920_000.0, 920_000.0])

    @given(st.floats(0.001, 2.0))
    def test_a_constant_price_makes_the_best_threshold_an_end(self, price):
        service = changed(price=price)
        best = service.cheapest()
        ends = {True: DEFAULT.followers.most, False: DEFAULT.followers.least}
        assert best == pytest.approx(ends[price > 920_000 / 60e6], rel=1e-6) or abs(price - 0.015333) < 1e-5

    @given(st.floats(1e3, 1e5), st.floats(5.0, 60.0), st.floats(1.0, 100.0))
    def test_shared_lists_have_the_threshold_of_the_closed_form(self, servers, refresh, posts_a_day):
        shared = SharedLists(servers, refresh, posts_a_day / 86_400.0)
        expected = np.clip(shared.threshold, DEFAULT.followers.least, DEFAULT.followers.most)
        assert changed(shared=shared).cheapest() == pytest.approx(expected, rel=2e-3)

    @given(paretos, st.floats(1.0, 1e8))
    def test_every_follow_is_either_pushed_or_pulled(self, followers, threshold):
        service = changed(followers=followers)
        at = np.array(threshold)
        pushed = service.writes(at) / (service.posts * followers.mean)
        pulled = service.lookups(at) / (service.reads * service.followees)
        assert pushed + pulled == pytest.approx(1.0)

    @given(st.floats(0.001, 2.0), st.floats(1.0, 1_000.0))
    def test_for_a_single_follow_followers_cancel_out(self, price, followers):
        """Where as many are followed as follow, pushing pays by rates alone."""
        service = changed(followers=Uniform(followers), followees=followers, price=price)
        pushed, pulled = service.cost(np.array([2.0 * followers, 0.5 * followers]))
        assert (pushed < pulled) == (service.posts < price * service.reads)

    def test_load_scales_cost(self):
        doubled = changed(posts=9_200.0, reads=600_000.0)
        assert doubled.cost(np.array(1e4)) == pytest.approx(2.0 * DEFAULT.cost(np.array(1e4)))

    def test_eager_authors_take_posts_from_the_others(self):
        service, above = changed(eagerness=5.0), float(DEFAULT.followers.authors_above(np.array(1e4)))
        celebrity_posts = 4_600 * 5 * above / (5 * above + 1 - above)
        assert service.pushed_posts(1e4) + celebrity_posts == pytest.approx(4_600)
        mean_below = 200 * (1 - float(DEFAULT.followers.edges_above(np.array(1e4)))) / (1 - above)
        assert float(service.writes(np.array(1e4))) == pytest.approx(service.pushed_posts(1e4) * mean_below)

    def test_one_worker_alone_cannot_keep_up(self):
        assert round(DEFAULT.utilisation(5e7, 1, 300_000.0), 2) == 3.07
        unbounded = changed(followers=Pareto.with_mean(200.0, 1.2, math.inf))
        assert round(unbounded.utilisation(1e4, 1, 300_000.0), 2) == 2.09
        with pytest.raises(ValueError, match="utilisation"):
            DEFAULT.wait(1e4, 1, 300_000.0)

    def test_waits_agree_with_a_worker_played_post_by_post(self):
        service = changed(followers=Pareto.with_mean(200.0, 1.5, 1e5), posts=1_000.0)
        generator = np.random.default_rng(7)
        means = []
        for _ in range(20):
            uniform = generator.random(60_000)
            least, most = service.followers.least, service.followers.most
            drawn = least * (1 - uniform * (1 - (least / most) ** 1.5)) ** (-1 / 1.5)
            drawn = np.where(drawn > 1e4, 0.0, drawn) / 300_000.0
            gaps = generator.exponential(1 / 1_000.0, drawn.size)
            walk = np.concatenate([[0.0], np.cumsum(drawn[:-1] - gaps[1:])])
            waits = walk - np.minimum.accumulate(walk)
            means.append(waits[drawn > 0].mean())
        error = np.std(means, ddof=1) / math.sqrt(20)
        assert abs(np.mean(means) - service.wait(1e4, 1, 300_000.0)) < 5 * error

    def test_nobody_pushed_waits_for_nothing(self):
        assert DEFAULT.wait(1.0, 4, 300_000.0) == 0.0
