"""Chains and redundant groups: against every state enumerated, and against failures played on a clock."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine import availability
from simulations.engine.availability import Chain, Group, Outages
from simulations.engine.functions import FUNCTIONS
from simulations.engine.functions import availability as functions
from simulations.engine.sampling import generator_for

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("chain_availability", (0.999, 5), 0.995009990005, 12),
    ("chain_availability", (0.999, 10), 0.99004, 5),
    ("chain_availability", (0.999, 20), 0.9802, 4),
    ("chain_availability", (0.999, 50), 0.9512, 4),
    ("chain_availability", (0.999, 100), 0.9048, 4),
    ("redundant_availability", (0.999, 2), 0.999999, 6),
    ("redundant_availability", (0.999, 2, 0.1), 1 - 1.0081e-4, 8),
    ("redundant_availability", (0.999, 1, 0.1), 0.999, 12),
    ("redundant_availability", (0.99, 2, 0, 0.9), 1 - 0.0001 - 0.001, 12),
    ("redundant_availability", (0.4, 3, 1), 0.4, 12),
    ("quorum_availability", (0.99, 2, 3), 0.999702, 6),
    ("quorum_availability", (0.99, 3, 5), 0.9999901494, 10),
    ("quorum_availability", (0.4, 2, 3), 0.352, 3),
    ("quorum_availability", (0.99, 1, 3), 0.999999, 6),
    ("quorum_availability", (0.99, 2, 3, 0.1), 1 - 0.001 - (3 * 0.009**2 * 0.991 + 0.009**3), 12),
    ("quorum_availability", (0, 1, 1, 1), 0, 12),
    ("chain_of_groups", (0.999, 5, 2), 0.999995000, 9),
    ("chain_of_groups", (0, 5, 2), 0, 9),
    ("availability_needed", (0.999, 5), 0.99980, 5),
    ("downtime_hours", (0.999,), 8.76, 2),
    ("downtime_hours", (0.999**5,), 43.71, 2),
    ("downtime_minutes", (0.999999**5,), 2.63, 2),
    ("downtime_minutes", (0.9998, 365 / 12), 8.76, 2),
    ("downtime_minutes", (0.999, 30), 43.2, 1),
    ("nines_of", (0.999,), 3, 9),
    ("nines_of", (0.99501,), 2.302, 3),
    ("failures_a_day", (10_000, 30), 0.913, 3),
    ("failures_a_day_at_rate", (10_000, 0.017), 0.466, 3),
    ("failures_a_day_at_rate", (10_000, 0.02), 0.548, 3),
    ("failures_a_day_at_rate", (10_000, 0.04), 1.096, 3),
    ("annual_failure_rate", (10,), 0.095, 3),
    ("annual_failure_rate", (30,), 0.0328, 4),
    ("annual_failure_rate", (50,), 0.0198, 4),
    ("mirrored_loss_years", (30, 1), 164_250, 0),
    ("mirrored_loss_years", (30, 1, 5_000), 32.9, 1),
]

REFUSED = [
    ("chain_availability", (1.2, 5), "availability must lie between 0 and 1; you gave 1.2."),
    ("quorum_availability", (0.9, 4, 3), "needed must lie between 1 and 3; you gave 4."),
    ("nines_of", (1,), "availability must lie between 0 and 1 and be neither; you gave 1."),
    ("mirrored_loss_years", (30, 0), "repair_days must be more than 0; you gave 0."),
]

shares = st.floats(0.0, 1.0)
groups = st.integers(1, 7).flatmap(
    lambda replicas: st.builds(
        Group, st.just(replicas), st.integers(1, replicas), st.floats(0.0, 0.3), st.floats(0.9, 1.0)
    )
)


def enumerated(needed, part_by_part):
    """Add up the probability of every state in which fewer than `needed` parts work."""
    return math.fsum(
        math.prod(1 - down if works else down for works, down in zip(state, part_by_part, strict=True))
        for state in itertools.product((True, False), repeat=len(part_by_part))
        if sum(state) < needed
    )


class TestFunctions:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert FUNCTIONS[name].call(*arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-15)

    @pytest.mark.parametrize(
        ("shared", "minutes"), [(0.0, 2.63), (0.01, 28.86), (0.05, 133.8), (0.1, 264.9), (0.2, 527.1)]
    )
    def test_five_pairs_by_what_they_share(self, shared, minutes):
        found = functions.downtime_minutes(functions.chain_of_groups(0.999, 5, 2, shared))
        assert found == pytest.approx(minutes, rel=1e-3)

    def test_a_tenth_shared_is_a_hundred_times_worse(self):
        shared, apart = (1 - functions.chain_of_groups(0.999, 5, 2, beta) for beta in (0.1, 0.0))
        assert shared == pytest.approx(5.04e-4, rel=1e-3)
        assert round(shared / apart) == 101

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
            ("chain_availability", (0.999, 5), "0.999 ** 5 = 0.99500999"),
            ("redundant_availability", (0.999, 2), "1 - (1 - 0.999) ** 2 = 0.999999"),
            (
                "redundant_availability",
                (0.99, 2, 0.1, 0.9),
                "1 - ((1 - 0.1) * (1 - 0.99)) ** 2 - 0.1 * (1 - 0.99) - (1 - 0.9) * (1 - 0.99) = 0.997919",
            ),
            ("quorum_availability", (0.99, 2, 3), "P(2 or more of 3 work, each 0.99 of the time) = 0.999702"),
            ("mirrored_loss_years", (30, 1), "(30 * 365) ** 2 / (2 * 1 * 1) days = 164,250 years"),
        ],
    )
    def test_shows_the_derivation(self, name, arguments, line):
        assert FUNCTIONS[name].explain(*arguments) == line

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in functions.FUNCTIONS}


class TestGroup:
    @given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.floats(0.0, 1.0))
    def test_independent_replicas_agree_with_every_state_enumerated(self, sizes, part):
        replicas, needed = sizes
        found = Group(replicas, needed).unavailability(part)
        assert found == pytest.approx(enumerated(needed, [part] * replicas), abs=1e-12)

    @given(groups, st.floats(1e-6, 0.1))
    def test_one_of_many_is_never_worse_than_one_alone(self, group, part):
        alone = Group(group.replicas, 1, group.shared, group.coverage)
        assert alone.unavailability(part) <= part

    @given(st.integers(2, 7), st.floats(1e-6, 0.1), st.floats(0.9, 1.0))
    def test_replicas_that_share_everything_are_one(self, replicas, part, coverage):
        assert Group(replicas, 1, 1.0, coverage).unavailability(part) == pytest.approx(part)

    @given(groups, st.floats(1e-6, 0.1), st.floats(1.0, 1.5))
    def test_worse_parts_make_a_worse_group(self, group, part, times):
        assert group.unavailability(part) <= group.unavailability(part * times) + 1e-15

    def test_is_never_down_more_than_always(self):
        assert Group(3, 3, 0.9).unavailability(1.0) == 1.0


class TestChain:
    @given(st.lists(st.floats(0.0, 0.9), min_size=1, max_size=8))
    def test_agrees_with_every_state_enumerated_and_lies_in_its_bounds(self, parts):
        down = availability.chain(np.array(parts))
        assert down == pytest.approx(enumerated(len(parts), parts), abs=1e-12)
        assert max(parts) - 1e-12 <= down <= sum(parts) + 1e-12

    @given(st.permutations([0.1, 0.02, 0.003, 0.0004]))
    def test_order_does_not_matter(self, parts):
        assert availability.chain(np.array(parts)) == pytest.approx(1 - 0.9 * 0.98 * 0.997 * 0.9996)

    def test_keeps_what_would_be_lost_beside_one(self):
        assert availability.chain(np.full(5, 1e-18)) == pytest.approx(5e-18)


class TestOverlapping:
    @given(
        st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.integers(0, 2)), max_size=12), st.integers(0, 2)
    )
    def test_agrees_with_counting_hour_by_hour(self, spans, more_than):
        start, length, owner = (
            np.array(column, dtype=float) for column in (zip(*spans, strict=True) if spans else [[]] * 3)
        )
        outages = Outages(start + 1e-7 * np.arange(start.size), start + length, owner.astype(int))
        found = availability.overlapping(outages, more_than)
        hours = sum(
            sum(begin <= hour < begin + span for begin, span, who in spans if who == group) > more_than
            for hour in range(60)
            for group in range(3)
        )
        assert found.hours == pytest.approx(hours, abs=1e-4)


class TestTimeline:
    """Long histories, replica by replica, beside the closed form."""

    def share_down(self, system, repair=1.0, seeds=12):
        found = []
        for seed in range(seeds):
            timeline = availability.timeline_of(generator_for(seed, 0, 1), system, repair)
            found.append(timeline.system.hours / (availability.HOURS_A_YEAR * timeline.years))
        return np.mean(found), np.std(found, ddof=1) / math.sqrt(seeds)

    @pytest.mark.parametrize(
        "system",
        [
            Chain(5, 0, 0.01, Group(2)),
            Chain(5, 5, 0.05, Group(2)),
            Chain(5, 2, 0.02, Group(3)),
            Chain(3, 3, 0.05, Group(3, 2)),
            Chain(2, 2, 0.1, Group(5, 3)),
            Chain(3, 3, 0.02, Group(2, 1, 0.0, 0.9)),
            Chain(4, 4, 0.02, Group(1)),
        ],
        ids=lambda system: (
            f"{system.redundant} of {system.components}, {system.group.needed} of {system.group.replicas}"
        ),
    )
    def test_agrees_with_the_closed_form(self, system):
        mean, error = self.share_down(system)
        # A failover that fails adds up in the closed form and overlaps on the clock: below 1% here.
        assert abs(mean - system.unavailability) < 5 * error + 0.01 * system.unavailability

    @pytest.mark.parametrize(("shared", "below"), [(0.1, 0.02), (0.3, 0.03)])
    def test_shared_shocks_overlap_what_the_closed_form_adds_up(self, shared, below):
        system = Chain(2, 2, 0.1, Group(2, 1, shared))
        mean, error = self.share_down(system, seeds=40)
        exact = Group(2, 1, shared)
        union = 1 - (1 - shared * 0.1) * (1 - ((1 - shared) * 0.1) ** 2)
        assert union < exact.unavailability(0.1) < union * (1 + below)
        assert abs(mean - (1 - (1 - union) ** 2)) < 5 * error

    def test_years_add_up_to_the_whole(self):
        timeline = availability.timeline_of(generator_for(3, 0, 1), Chain(5, 1, 0.001, Group(2)), 8.0)
        assert timeline.by_year.size == timeline.years
        assert timeline.by_year.sum() == pytest.approx(timeline.system.hours)
        first = timeline.system.start < availability.HOURS_A_YEAR
        assert timeline.by_year[0] == pytest.approx((timeline.system.end - timeline.system.start)[first].sum(), rel=0.2)

    def test_less_than_a_year_is_told_as_what_it_comes_to(self):
        timeline = availability.timeline_of(generator_for(3, 0, 1), Chain(50, 50, 0.1, Group(7, 7)), 0.1)
        assert timeline.years < 1
        assert timeline.by_year == pytest.approx([timeline.system.hours / timeline.years])

    def test_parts_that_never_fail_leave_no_outage(self):
        assert availability.outages_of(generator_for(1, 0, 1), 5, 0.0, 1.0, 1e6).start.size == 0


class TestOutagesOf:
    """Parts as they are found at any moment: at the beginning, in the middle, and at the end."""

    @pytest.mark.parametrize("repair", [0.25, 4.0])
    def test_as_many_are_down_at_every_moment(self, repair):
        parts, unavailability, horizon = 2_000, 0.2, 4_000.0 * repair
        found = availability.outages_of(generator_for(1, 0, 1), parts, unavailability, repair, horizon)
        spread = math.sqrt(parts * unavailability * (1.0 - unavailability))
        for moment in (0.0, 0.5 * horizon, horizon * (1.0 - 1e-9)):
            down = int(((found.start <= moment) & (moment < found.end)).sum())
            assert abs(down - parts * unavailability) < 5.0 * spread
        whole = found.end < horizon
        assert (found.end - found.start)[whole & (found.start > 0.0)].mean() == pytest.approx(repair, rel=0.02)

    def test_rare_failures_are_not_left_out(self):
        """An expectation far below one a part, and a single part."""
        many = availability.outages_of(generator_for(2, 0, 1), 100_000, 1e-4, 1.0, 100.0)
        assert many.start.size == pytest.approx(1_000, abs=5.0 * math.sqrt(1_000))
        assert availability.outages_of(generator_for(2, 0, 1), 1, 0.5, 1.0, 1_000.0).start.size > 100


class TestLength:
    """A history is as long as some 6,000 failures allow, in whole years where there is one."""

    @pytest.mark.parametrize(
        ("system", "repair", "years"),
        [
            (Chain(2, 2, 0.1, Group(2, 1, 0.3, 0.9)), 2.0, 3.0),
            (Chain(2, 2, 0.1, Group(2, 1, 0.3, 0.9)), 1.0, 1.0),
            (Chain(5, 0, 1e-6, Group(2)), 1.0, 1_000.0),
        ],
    )
    def test_in_years(self, system, repair, years):
        assert availability.timeline_of(generator_for(1, 0, 1), system, repair).years == years

    def test_hours_fall_into_the_years_in_which_they_were(self):
        hours = availability.HOURS_A_YEAR
        outages = Outages(np.array([100.0, 8_750.0]), np.array([110.0, 8_780.0]), np.zeros(2, dtype=int))
        assert hours == 24 * 365
        np.testing.assert_allclose(availability.Timeline(2.0, outages).by_year, [20.0, 20.0])


class TestSingle:
    def test_is_what_a_group_is_unless_told(self):
        assert Group() == Group(1, 1, 0.0, 1.0)

    def test_shares_nothing_and_fails_over_to_nobody(self):
        alone = Group(1, 1, 0.5, 0.5)
        assert not alone.fails_over
        assert alone.unavailability(0.02) == pytest.approx(0.02)
