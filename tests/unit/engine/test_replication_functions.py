"""The named functions of quorums: anchors, enumeration of every pair of quorums, draws, and refusals."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.functions import FUNCTIONS, replication

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("majority", (3,), 2, 9),
    ("majority", (4,), 3, 9),
    ("majority", (5,), 3, 9),
    ("failures_tolerated", (3,), 1, 9),
    ("failures_tolerated", (4,), 1, 9),
    ("failures_tolerated", (5,), 2, 9),
    ("quorum_overlap", (3, 2, 2), 1, 9),
    ("quorum_overlap", (3, 1, 1), 0, 9),
    ("stale_read", (3, 1, 1), 0.6667, 4),
    ("stale_read", (3, 1, 2), 0.3333, 4),
    ("stale_read", (3, 2, 1), 0.3333, 4),
    ("stale_read", (3, 2, 2), 0, 9),
    ("stale_read", (5, 1, 1), 0.8, 9),
    ("stale_read", (5, 2, 2), 0.3, 9),
    ("stale_read", (5, 1, 3), 0.4, 9),
    ("stale_read", (3, 1, 1, 50), 0.2453, 4),
    ("answers_after_ms", ([0, 70, 150], 2), 70, 9),
    ("answers_after_ms", ([150, 0, 70], 3), 150, 9),
    ("can_answer", (1, 2), 0, 9),
    ("can_answer", (2, 2), 1, 9),
]

REFUSED = [
    ("stale_read", (3, 4, 1), "written must lie between 1 and 3; you gave 4."),
    ("stale_read", (3, 1, 1, 1, 0), "delay must be more than 0; you gave 0."),
    ("answers_after_ms", ([1, 2], 3), "answers must lie between 1 and 2; you gave 3."),
    ("can_answer", (-1, 1), "reachable must lie between 0 and 1000; you gave -1."),
]


def call(name, *arguments):
    return FUNCTIONS[name].call(*arguments)


class TestFigures:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert call(name, *arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-12)

    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_says_how_in_a_line(self, name, arguments, value, digits):
        line = FUNCTIONS[name].explain(*arguments)
        assert "{" not in line
        assert len(line) < 200

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in replication.FUNCTIONS}

    def test_says_how_long_was_waited(self):
        assert FUNCTIONS["stale_read"].explain(3, 1, 1) == "C(3 - 1, 1) / C(3, 1) = 0.6667"
        assert FUNCTIONS["stale_read"].explain(3, 1, 1, 50) == "C(3 - 1, 1) / C(3, 1) * exp(-1 * 50 / 50) = 0.2453"


class TestQuorums:
    @given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(1, n))))
    def test_agrees_with_every_pair_of_quorums(self, sizes):
        count, written, read = sizes
        pairs = [
            len(set(writes) & set(reads))
            for writes in itertools.combinations(range(count), written)
            for reads in itertools.combinations(range(count), read)
        ]
        assert call("stale_read", count, written, read) == pytest.approx(pairs.count(0) / len(pairs))
        assert call("quorum_overlap", count, written, read) == min(pairs)

    def test_agrees_with_draws_after_a_while(self):
        generator, trials = np.random.default_rng(5), 100_000
        hears = np.where(np.arange(5) < 2, 0.0, generator.exponential(50.0, (trials, 5)))
        asked = generator.random((trials, 5)).argsort(axis=1)[:, :2]
        stale = float((np.take_along_axis(hears, asked, axis=1) > 30.0).all(axis=1).mean())
        expected = call("stale_read", 5, 2, 2, 30, 50)
        assert abs(stale - expected) < 4.0 * math.sqrt(expected * (1.0 - expected) / trials)

    @given(st.integers(1, 100))
    def test_two_majorities_overlap_and_survive_the_failures_tolerated(self, count):
        least = call("majority", count)
        assert call("quorum_overlap", count, least, least) >= 1
        assert count - call("failures_tolerated", count) >= least


class TestRefusals:
    @pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
    def test_says_which_argument_and_what_it_was(self, name, arguments, message):
        with pytest.raises(ValueError, match=message):
            call(name, *arguments)
