"""Structures of parts: the reader, and every state of up to twelve parts enumerated."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulations.engine import structures
from simulations.engine.functions import FUNCTIONS
from simulations.engine.structures import InvalidStructure, Needs, Part, at_least, availability, read

PARTS = st.floats(0.0, 1.0).map(Part)
GROUPS = st.recursive(
    PARTS,
    lambda members: st.lists(members, min_size=1, max_size=3).flatmap(
        lambda chosen: st.integers(1, len(chosen)).map(lambda needed: Needs(needed, tuple(chosen)))
    ),
    max_leaves=9,
)


def parts_of(structure):
    return (
        [structure.availability]
        if isinstance(structure, Part)
        else list(itertools.chain(*map(parts_of, structure.members)))
    )


def works(structure, states):
    """Return whether a structure works, taking the state of each part in turn from an iterator."""
    if isinstance(structure, Part):
        return next(states)
    return sum([works(member, states) for member in structure.members]) >= structure.needed


def written(structure):
    if isinstance(structure, Part):
        return f"{structure.availability:.12f}"
    return f"{structure.needed} of ({', '.join(map(written, structure.members))})"


def by_every_state(structure):
    parts = parts_of(structure)
    return math.fsum(
        math.prod(up if state else 1.0 - up for up, state in zip(parts, states, strict=True))
        for states in itertools.product((True, False), repeat=len(parts))
        if works(structure, iter(states))
    )


class TestAvailability:
    @settings(max_examples=150, deadline=None)
    @given(GROUPS.filter(lambda each: len(parts_of(each)) <= 9))
    def test_agrees_with_every_state(self, structure):
        assert availability(structure) == pytest.approx(by_every_state(structure), abs=1e-12)

    @given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.floats(0.0, 1.0))
    def test_agrees_with_the_binomial(self, sizes, up):
        count, needed = sizes
        assert at_least(needed, [up] * count) == pytest.approx(stats.binom(count, up).sf(needed - 1), abs=1e-12)

    @given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8))
    def test_any_fails_where_all_of_the_complements_work(self, ups):
        assert at_least(1, ups) == pytest.approx(1.0 - at_least(len(ups), [1.0 - up for up in ups]), abs=1e-12)

    @given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8), st.data())
    def test_needing_more_is_never_better(self, ups, data):
        needed = data.draw(st.integers(1, len(ups) - 1))
        assert at_least(needed + 1, ups) <= at_least(needed, ups) + 1e-12
        assert at_least(len(ups), ups) <= min(ups) + 1e-12
        assert at_least(1, ups) >= max(ups) - 1e-12


class TestRead:
    @given(GROUPS)
    def test_reads_what_was_written(self, structure):
        assert availability(read(written(structure))) == pytest.approx(availability(structure), abs=1e-9)

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("all(0.999, 0.999, 0.999, 0.999, 0.999)", 0.995009990005),
            (f"all({', '.join(['any(0.999, 0.999)'] * 5)})", 0.999995000),
            ("2 of (0.99, 0.99, 0.99)", 0.999702),
            ("3 of (.99, .99, .99, .99, .99)", 0.9999901494),
            ("2 of (0.4, 0.4, 0.4)", 0.352),
            (" all ( 0.9 , any(0.5,0.5) ) ", 0.675),
            ("1", 1.0),
            ("0.5", 0.5),
        ],
    )
    def test_anchors(self, text, value):
        assert FUNCTIONS["structure_availability"].call(text) == pytest.approx(value, abs=5e-11)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "At character 1 of 0: expected a number"),
            ("some(0.9)", "expected a number, all"),
            (", 0.9", "expected a number, all"),
            ("all(0.9", r"expected , or \)"),
            ("all(0.9 0.9)", r"expected , or \)"),
            ("all 0.9", r"expected \("),
            ("all()", "expected a number"),
            ("0.9 0.9", "nothing more was expected"),
            ("3 of (0.9, 0.9)", "3 of 2 cannot be needed"),
            ("0 of (0.9)", "0 of 1 cannot be needed"),
            ("all(99.9)", "an availability lies between 0 and 1; you gave 99.9"),
            ("all(" * 20, "at most 12 deep"),
            (f"all({', '.join(['0.9'] * 61)})", "at most 60 parts"),
            ("0" * 401, "at most 400 characters; you gave 401"),
        ],
    )
    def test_says_what_it_cannot_read(self, text, message):
        with pytest.raises(InvalidStructure, match=message):
            structures.read(text)
        with pytest.raises(ValueError, match="structure cannot be read; you gave"):
            FUNCTIONS["structure_availability"].call(text)

    def test_explains_in_a_line(self):
        line = FUNCTIONS["structure_availability"].explain("2 of (0.99, 0.99, 0.99)")
        assert line == "P(2 of (0.99, 0.99, 0.99) works) = 0.999702"
