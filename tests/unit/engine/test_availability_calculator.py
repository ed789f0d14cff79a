"""The availability calculator: held to structures read and computed apart, and to every state of its replicas."""

import dataclasses
import itertools
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters, structures
from simulations.engine.models import availability_calculator
from simulations.engine.models.availability_calculator import Parameters
from tests.unit.engine.fields import settings_of

SETTINGS = settings_of(Parameters)
SMALL = st.builds(
    Parameters,
    entry=st.floats(50, 99.9),
    entry_replicas=st.integers(1, 2),
    servers=st.floats(50, 99.9),
    servers_replicas=st.just(3),
    servers_needed=st.integers(1, 3),
    store=st.floats(50, 99.9),
    store_replicas=st.integers(2, 3),
    store_needed=st.integers(1, 2),
    partner=st.floats(50, 99.9),
)


def evaluate(**changes):
    return availability_calculator.evaluate(parameters.parse(Parameters, changes))


def figures(result):
    return {figure.name: figure.value for figure in result.figures}


def groups(chosen):
    """Return each tier as one replica's availability, the replicas and how many are needed."""
    return [
        (chosen.entry / 100, chosen.entry_replicas, 1),
        (chosen.servers / 100, chosen.servers_replicas, chosen.servers_needed),
        (chosen.store / 100, chosen.store_replicas, chosen.store_needed),
        (chosen.partner / 100, 1, 1),
    ]


class TestAnchors:
    def test_the_default_by_hand(self):
        up = 0.9995 * (0.995**3 + 3 * 0.995**2 * 0.005) * 0.999 * 0.9999
        found = figures(evaluate())
        assert found["availability"] == pytest.approx(100 * up)
        assert found["downtime"] == pytest.approx((1 - up) * 525_600)
        assert found["outside"] == pytest.approx(52.56)

    def test_a_pair_that_shares_a_tenth(self):
        rows = {row[0]: row for row in evaluate(store_replicas=2, shared_cause=0.1).tables[0].rows}
        assert 100 - rows["store"][3] == pytest.approx(100 * (0.0001 + 0.0009**2))

    @pytest.mark.parametrize(("window", "minutes"), [("year", 525_600), ("month", 43_800), ("week", 10_080)])
    def test_windows(self, window, minutes):
        found = figures(evaluate(window=window))
        assert found["downtime"] == pytest.approx((1 - found["availability"] / 100) * minutes)


class TestAgainstOtherWays:
    @settings(max_examples=25, deadline=None)
    @given(SMALL)
    def test_every_state_of_the_replicas_added_up(self, chosen):
        tiers = groups(chosen)
        parts = [(tier, up) for tier, (up, count, _) in enumerate(tiers) for _ in range(count)]
        total = 0.0
        for state in itertools.product((True, False), repeat=len(parts)):
            probability = 1.0
            working = [0] * len(tiers)
            for works, (tier, up) in zip(state, parts, strict=True):
                probability *= up if works else 1.0 - up
                working[tier] += works
            if all(count >= needed for count, (_, _, needed) in zip(working, tiers, strict=True)):
                total += probability
        found = figures(availability_calculator.evaluate(chosen))
        assert found["availability"] == pytest.approx(100 * total, rel=1e-9)

    @settings(max_examples=50, deadline=None)
    @given(SETTINGS)
    def test_the_structure_that_a_text_describes(self, chosen):
        chosen = dataclasses.replace(chosen, shared_cause=0.0, coverage=1.0)
        texts = [f"{needed} of ({', '.join([f'{up:.15f}'] * count)})" for up, count, needed in groups(chosen)]
        expected = math.prod(structures.availability(structures.read(text)) for text in texts)
        found = figures(availability_calculator.evaluate(chosen))
        assert found["availability"] == pytest.approx(100 * expected, rel=1e-9)


class TestInvariants:
    @settings(max_examples=80, deadline=None)
    @given(SETTINGS)
    def test_finite_and_no_replica_hurts(self, chosen):
        result = availability_calculator.evaluate(chosen)
        json.dumps(result.to_json(), allow_nan=False)
        found = figures(result)
        assert 0.0 <= found["availability"] <= 100.0
        assert found["downtime"] >= found["outside"] * (1 - 1e-9)
        saved = [row[5] for row in result.tables[0].rows]
        assert saved[3] is None
        assert min(saved[:3]) >= -1e-6
        assert found["best_saving"] == pytest.approx(max(0.0, *saved[:3]))

    @pytest.mark.parametrize("tier", ["entry", "servers", "store"])
    def test_a_replica_saves_what_the_setting_with_it_does(self, tier):
        before = evaluate(shared_cause=0.05, coverage=0.98)
        there = next(row["replicas"] for row in before.frames["tiers"] if row["name"] == tier)
        after = evaluate(shared_cause=0.05, coverage=0.98, **{f"{tier}_replicas": there + 1})
        saved = next(row["saves"] for row in before.frames["tiers"] if row["name"] == tier)
        assert saved == pytest.approx(figures(before)["downtime"] - figures(after)["downtime"], abs=1e-6)

    def test_more_replicas_needed_than_there_are_is_refused(self):
        with pytest.raises(
            parameters.InvalidParameters, match="store_needed must not exceed store_replicas, which is 1"
        ):
            parameters.parse(Parameters, {"store_needed": 2})

    def test_frames_hold_what_the_table_does(self):
        result = evaluate(store_replicas=3, store_needed=2)
        rows = [(tier["label"], tier["replicas"], tier["needed"], tier["down"]) for tier in result.frames["tiers"]]
        assert rows == [(row[0], row[1], row[2], row[4]) for row in result.tables[0].rows]
        assert [tier["saves"] for tier in result.frames["tiers"]] == [row[5] for row in result.tables[0].rows]

    def test_the_scene_asks_where_another_replica_saves_an_hour_of_the_year(self):
        # Below three replicas of which one is needed, or four of which two are, what is left is the shared tenth alone.
        asked = availability_calculator.GUESS
        chosen = parameters.parse(Parameters, asked.parameters)
        own = {"entry": 0.0045, "servers": 0.0045, "store": 0.0009}
        saved = {
            "entry": own["entry"] ** 2 - own["entry"] ** 3,
            "servers": 3 * own["servers"] ** 2 - 2 * own["servers"] ** 3 - 4 * own["servers"] ** 3,
            "store": 2 * own["store"] - 3 * own["store"] ** 2,
        }
        expected = {name: (1.0 if share * 525_600 > 60 else 0.0,) for name, share in saved.items()}
        assert asked.truth(chosen, availability_calculator.evaluate(chosen)) == expected
        assert set(expected.values()) == {(0.0,), (1.0,)}
