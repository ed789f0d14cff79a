"""Four limiters beside what each promises, written down as a rule over all pairs of requests."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import limiters, parameters
from simulations.engine.functions import FUNCTIONS
from simulations.engine.limiters import LIMITERS, Limit, at_most, most_within
from simulations.engine.models import rate_limiter
from simulations.engine.models.rate_limiter import Parameters


def figures(**changes):
    result = rate_limiter.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def by_rule(limit, times, name):
    """Return the times admitted by the plain rule of a limiter, in exact fractions.

    A bucket admits a request if it and those admitted since any earlier one number at most the burst and what was
    gained meanwhile; a log if fewer than the limit were admitted within a window; counters by counting anew.
    """
    window, kept = Fraction(limit.window_s), []
    for time in map(Fraction, times):
        number = time // window
        here = sum(1 for other in kept if other // window == number)
        before = sum(1 for other in kept if other // window == number - 1)
        fits = {
            "bucket": all(
                len(kept) - place + 1 <= limit.burst + (time - other) * limit.requests / window
                for place, other in enumerate(kept)
            ),
            "fixed": here < limit.requests,
            "log": sum(1 for other in kept if other > time - window) < limit.requests,
            "counters": before * (1 - (time / window - number)) + here < limit.requests,
        }
        if fits[name]:
            kept.append(time)
    return [float(time) for time in kept]


# Times in eighths of a second and windows of whole powers of two: exact in floating point.
rules = st.builds(Limit, st.integers(1, 8), st.sampled_from([1.0, 2.0, 4.0, 8.0]), st.integers(1, 8))
asked = st.lists(st.integers(0, 160).map(lambda eighths: eighths / 8.0), max_size=50).map(sorted)


class TestAgainstTheRules:
    @pytest.mark.parametrize("name", LIMITERS)
    def test_admits_the_same_requests(self, name):
        @settings(max_examples=80, deadline=None)
        @given(rules, asked)
        def check(limit, times):
            assert LIMITERS[name](limit, times) == by_rule(limit, times, name)

        check()

    @settings(max_examples=60, deadline=None)
    @given(rules, asked, st.integers(1, 100).map(lambda eighths: eighths / 8.0))
    def test_never_admits_more_than_its_bound(self, limit, times, span):
        for name, limiter in LIMITERS.items():
            assert most_within(limiter(limit, times), span) <= at_most(limit, name, span)

    def test_a_bucket_that_refills_without_a_brim_is_caught(self):
        limit, times = Limit(1, 1.0, 1), [0.0, 10.0, 10.0]
        assert limiters.token_bucket(limit, times) == by_rule(limit, times, "bucket") == [0.0, 10.0]


class TestAnchors:
    def test_a_fixed_window_admits_twice_its_limit_across_a_boundary(self):
        assert figures(algorithm="fixed", first=59)["at_once"] == 200.0
        assert figures(algorithm="fixed", first=10)["admitted"] == 100.0

    def test_a_bucket_admits_its_size_and_what_it_gains(self):
        found = figures(size=400, count=1, length=60, first=0)
        assert found["admitted"] == 199.0
        assert found["bound"] == 200.0

    def test_the_others_hold_at_the_boundary(self):
        assert figures(algorithm="log", first=59)["at_once"] == 100.0
        assert figures(algorithm="counters", first=59)["at_once"] <= 105.0

    @pytest.mark.parametrize(("algorithm", "megabytes"), [("fixed", 100), ("bucket", 80), ("log", 800)])
    def test_memory_of_a_million_clients(self, algorithm, megabytes):
        assert figures(algorithm=algorithm)["memory"] == megabytes

    def test_nothing_is_most_within_no_times(self):
        assert most_within([], 1.0) == 0


class TestFunction:
    @pytest.mark.parametrize(
        ("arguments", "value"),
        [
            (("bucket", 100, 60, 60, 100), 200),
            (("bucket", 100, 60, 6, 10), 20),
            (("fixed", 100, 60, 2), 200),
            (("log", 100, 60, 60), 100),
            (("counters", 100, 60, 60), 200),
        ],
    )
    def test_bounds_and_explains(self, arguments, value):
        function = FUNCTIONS["most_admitted"]
        assert function.call(*arguments) == value
        assert f"= {value}" in function.explain(*arguments)

    def test_refuses_another_limiter(self):
        with pytest.raises(ValueError, match="limiter must be one of bucket, fixed, log, counters; you gave leaky"):
            FUNCTIONS["most_admitted"].call("leaky", 1, 1, 1)
