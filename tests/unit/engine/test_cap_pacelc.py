"""Replicas and a cut: anchors, what no setting may do, and a checker that finds what is wrong."""

import dataclasses
import itertools
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulations.engine import parameters
from simulations.engine.histories import is_linearizable
from simulations.engine.models import cap_pacelc, partition_play
from simulations.engine.models.pacelc_map import pacelc
from simulations.engine.models.partition import Parameters, replicas_of
from simulations.engine.replicas import merged_cart, play
from tests.unit.engine.fields import settings_of

SETTINGS = settings_of(Parameters)


def chosen(**changes):
    return parameters.parse(Parameters, changes)


def evaluate(**changes):
    return cap_pacelc.evaluate(chosen(**changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


def completed(inputs):
    return [each.operation for each in play(replicas_of(inputs), inputs.age) if each.operation is not None]


class TestAnchors:
    @pytest.mark.parametrize(
        ("replicas", "written", "read", "stale"),
        [
            (3, 1, 1, 66.67),
            (3, 1, 2, 33.33),
            (3, 2, 1, 33.33),
            (3, 2, 2, 0),
            (5, 1, 1, 80),
            (5, 2, 2, 30),
            (5, 1, 3, 40),
        ],
    )
    def test_stale_right_after_a_write(self, replicas, written, read, stale):
        found = figures(replicas=replicas, write_quorum=written, read_quorum=read)
        assert found["stale_at_once"] == pytest.approx(stale, abs=0.005)

    def test_stale_after_a_while(self):
        found = figures(write_quorum=1, read_quorum=2, age=30, delay=60)
        assert found["stale"] == pytest.approx(100 / 3 * math.exp(-1))

    def test_seventy_for_a_majority_and_a_hundred_and_fifty_for_all(self):
        assert figures()["write_latency"] == 70.0
        assert figures(write_quorum=3)["write_latency"] == 150.0
        assert figures(service=3)["write_latency"] == 73.0
        assert figures(mode="leader")["write_latency"] == 70.0

    @pytest.mark.parametrize(("replicas", "needed", "up"), [(3, 2, 99.9702), (5, 3, 99.9990149)])
    def test_share_of_time_that_enough_are_up(self, replicas, needed, up):
        found = figures(replicas=replicas, write_quorum=needed)
        assert found["write_up"] == pytest.approx(up, abs=5e-7)
        assert found["write_up"] == pytest.approx(100.0 * stats.binom(replicas, 0.99).sf(needed - 1), rel=1e-12)

    def test_of_one_and_two_the_one_is_refused_everything(self):
        found = figures(cut_off=2)
        assert (found["near_answered"], found["far_answered"], found["violations"]) == (0.0, 3.0, 0.0)


class TestPlay:
    @given(SETTINGS)
    def test_a_leader_is_never_wrong(self, inputs):
        led = dataclasses.replace(inputs, mode="leader")
        assert is_linearizable(completed(led))

    @given(SETTINGS)
    def test_overlapping_quorums_are_right_while_clocks_are(self, inputs):
        count = inputs.replicas
        strict = dataclasses.replace(
            inputs, mode="quorum", far_clock=0.0, read_quorum=max(inputs.read_quorum, count + 1 - inputs.write_quorum)
        )
        assert is_linearizable(completed(strict))

    @given(SETTINGS)
    def test_always_answers_on_both_sides(self, inputs):
        free = dataclasses.replace(inputs, mode="always")
        assert len(completed(free)) == 9

    @given(SETTINGS)
    def test_quorums_answer_what_their_sides_allow(self, inputs):
        strict = dataclasses.replace(inputs, mode="quorum")
        expected = partition_play.answered_by_quorums(
            strict.replicas, strict.cut_off, strict.write_quorum, strict.read_quorum
        )
        requests = play(replicas_of(strict), strict.age)
        assert sum(partition_play.answered(requests)) == expected

    @given(SETTINGS)
    def test_requests_do_not_overlap(self, inputs):
        requests = play(replicas_of(inputs), inputs.age)
        assert all(first.end < second.start for first, second in itertools.pairwise(requests))

    @given(SETTINGS)
    def test_all_is_settled_when_the_last_read_is_sent(self, inputs):
        honest = dataclasses.replace(inputs, far_clock=0.0)
        operations = completed(honest)
        final = operations[-1]
        written = [each.value for each in operations if each.kind == "write"]
        assert (final.kind, final.value) in {("read", max(written, default=0)), ("write", max(written, default=0))}

    def test_without_majority_there_is_no_leader(self):
        assert figures(mode="leader", replicas=4, write_quorum=1, read_quorum=1, cut_off=2)["answered"] == 0.0

    def test_a_clock_behind_loses_the_far_clients_write(self):
        found = evaluate(far_clock=-5_000)
        assert found.figure("overlap").value == 1.0
        assert found.figure("violations").value >= 1.0
        assert found.figure("sequential").value == 0.0

    def test_a_leader_does_not_mind_the_clock(self):
        assert figures(mode="leader", far_clock=-5_000)["violations"] == 0.0

    def test_stale_reads_are_wrong_and_yet_sequential(self):
        found = figures(mode="always", cut_off=1)
        assert (found["violations"], found["sequential"]) == (2.0, 1.0)


class TestMerging:
    carts = st.frozensets(st.sampled_from("abcdef"))

    @given(carts, carts, carts)
    def test_a_union_loses_no_addition(self, base, near, far):
        assert (near - base) | (far - base) <= merged_cart(near, far)

    def test_a_union_brings_back_what_one_side_removed(self):
        table = next(each for each in evaluate(mode="always", cut_off=1).tables if each.name == "healed")
        assert [row[2:] for row in table.rows] == [("none", "milk"), ("tea", "none"), ("rice", "milk")]

    def test_there_is_nothing_to_merge_where_one_side_was_refused(self):
        assert "healed" not in {each.name for each in evaluate(cut_off=1).tables}
        assert "healed" not in {each.name for each in evaluate().tables}


class TestTrace:
    def test_is_in_the_order_of_the_clock_with_the_checkers_verdict(self):
        found = evaluate(mode="always", cut_off=1)
        assert [event["at"] for event in found.trace] == sorted(event["at"] for event in found.trace)
        answers = [event.get("answer") for event in found.trace]
        assert answers.count("answered wrong") == found.figure("violations").value == 2
        assert [event["event"] for event in found.trace if "client" not in event] == ["cut", "heal"]
        assert found.frames["linearizable"] is False
        assert [replica["side"] for replica in found.frames["replicas"]] == ["near", "near", "far"]

    def test_both_clients_have_their_round_trips(self):
        near, far = evaluate(cut_off=1).frames["clients"]
        assert (near["round_trips"], far["round_trips"]) == ([0.0, 70.0, 150.0], [150.0, 80.0, 0.0])
        assert evaluate(write_quorum=1, read_quorum=1).frames["kind"] == "PA/EL"

    def test_says_what_was_refused(self):
        assert [event.get("answer") for event in evaluate(cut_off=1).trace].count("refused") == 3

    def test_without_a_cut_there_is_none_to_show(self):
        found = evaluate()
        assert {event["event"] for event in found.trace} == {"read", "write"}
        assert found.frames["cut"] is None


class TestMap:
    @pytest.mark.parametrize(
        ("mode", "written", "read", "kind"),
        [
            ("quorum", 2, 2, "PC/EC"),
            ("quorum", 1, 1, "PA/EL"),
            ("quorum", 2, 1, "P-/EL"),
            ("always", 2, 2, "PA/EC"),
            ("always", 1, 1, "PA/EL"),
            ("leader", 1, 1, "PC/EC"),
        ],
    )
    def test_class_of_a_configuration(self, mode, written, read, kind):
        assert pacelc(mode, 3, written, read) == kind
        assert f"This is {kind}." in evaluate(mode=mode, write_quorum=written, read_quorum=read).narrative

    def test_a_product_stands_there_by_configuration(self):
        table = next(each for each in evaluate().tables if each.name == "configurations")
        mongo = [row for row in table.rows if row[0].startswith("MongoDB")]
        assert [row[3:5] for row in mongo] == [("A", "C"), ("C", "C")]
        assert len({row[0] for row in table.rows}) == len(table.rows)


class TestResult:
    @settings(max_examples=120, deadline=None)
    @given(SETTINGS)
    def test_every_input_in_range_gives_finite_json(self, inputs):
        found = cap_pacelc.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        lacking = next(chart for chart in found.charts if chart.name == "replicas_up")
        assert all(value > 0.0 for series in lacking.series for value in series.y)

    def test_the_dot_of_this_setting_is_one_of_its_choices(self):
        plane = next(chart for chart in evaluate(cut_off=1).charts if chart.name == "plane")
        here = plane.series[-1]
        assert (here.x[0], here.y[0]) in set(zip(plane.series[0].x, plane.series[0].y, strict=True))

    def test_asks_for_no_more_replicas_than_there_are(self):
        with pytest.raises(parameters.InvalidParameters) as caught:
            chosen(replicas=1, cut_off=1)
        assert {fault.field for fault in caught.value.faults} == {"write_quorum", "read_quorum", "cut_off"}
        assert "cut_off is 1, but of 1 replica it can be at most 0." in str(caught.value)

    def test_words_count_wrong_answers(self):
        assert "No answer is wrong." in evaluate(cut_off=1).narrative
        assert "2 answers are wrong." in evaluate(mode="always", cut_off=1).narrative

    def test_cost_is_small(self):
        assert cap_pacelc.cost(Parameters()).evaluate_ms < 10.0
