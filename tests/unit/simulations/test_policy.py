"""What may be asked, and how a prediction is scored."""

from __future__ import annotations

import math

import pytest

from simulations import policy
from simulations.engine.registry import MODELS
from simulations.errors import InvalidInput, UnknownModel

PROMPTS = [(model.name, prompt) for model in MODELS.values() for prompt in model.predictions]
LOGARITHMIC = MODELS["tail_latency"].predictions[0]
LINEAR = next(prompt for _, prompt in PROMPTS if prompt.scale == "linear" and prompt.minimum == 0.0)


def faults_of(call, *args, **kwargs):
    with pytest.raises(InvalidInput) as caught:
        call(*args, **kwargs)
    return {fault.field: fault.message for fault in caught.value.faults}


class TestIntervalScore:
    def test_is_the_width_in_decades_when_the_truth_is_inside(self):
        assert policy.interval_score(LOGARITHMIC, 100.0, 1_000.0, 300.0) == pytest.approx(1.0)

    def test_adds_twenty_times_the_distance_when_the_truth_is_above(self):
        assert policy.interval_score(LOGARITHMIC, 10.0, 100.0, 1_000.0) == pytest.approx(1.0 + 20.0)

    def test_adds_twenty_times_the_distance_when_the_truth_is_below(self):
        assert policy.interval_score(LOGARITHMIC, 100.0, 1_000.0, 50.0) == pytest.approx(1.0 + 20.0 * math.log10(2.0))

    def test_is_zero_for_the_exact_value(self):
        assert policy.interval_score(LOGARITHMIC, 1_505.0, 1_505.0, 1_505.0) == 0.0

    def test_rewards_the_narrower_of_two_that_hold(self):
        narrow = policy.interval_score(LOGARITHMIC, 1_000.0, 2_000.0, 1_505.0)
        assert narrow < policy.interval_score(LOGARITHMIC, 10.0, 5_000.0, 1_505.0)

    def test_counts_in_widths_of_a_linear_axis_where_an_end_may_be_nothing(self):
        half = LINEAR.maximum / 2
        assert policy.interval_score(LINEAR, 0.0, half, half / 2) == pytest.approx(0.5)
        assert policy.interval_score(LINEAR, 0.0, 0.0, half) == pytest.approx(20.0 * 0.5)


class TestPrompts:
    @pytest.mark.parametrize(("model", "prompt"), PROMPTS, ids=[f"{name}-{prompt.name}" for name, prompt in PROMPTS])
    def test_of_every_model_can_be_scored_on_their_axis(self, model, prompt):
        state = policy.read_state(model, prompt.parameters)
        truth = state.model.evaluate(state.parameters).figure(prompt.figure).value
        assert prompt.minimum < truth < prompt.maximum
        assert prompt.scale == "linear" or prompt.minimum > 0.0
        assert math.isfinite(policy.interval_score(prompt, prompt.minimum, prompt.maximum, truth))


class TestReadState:
    def test_lists_every_fault_at_once(self):
        faults = faults_of(policy.read_state, "tail_latency", {"calls": "0", "slow_share": "nan", "colour": "red"})
        assert set(faults) == {"calls", "slow_share", "colour"}
        assert "between 1 and 100" in faults["calls"]
        assert "you gave 0" in faults["calls"]

    def test_refuses_an_unknown_model_and_names_those_there_are(self):
        with pytest.raises(UnknownModel, match="tail_latency"):
            policy.read_state("tea_leaves", {})

    def test_gives_equal_digests_to_equal_states_however_they_are_written(self):
        written = policy.read_state("tail_latency", {"calls": "20.0", "slow_share": "1e-2"})
        assert written.digest == policy.read_state("tail_latency", {}).digest

    def test_gives_another_digest_to_another_state(self):
        assert policy.read_state("tail_latency", {"calls": 21}).digest != policy.read_state("tail_latency", {}).digest


class TestReadRun:
    def test_takes_the_size_of_the_run_for_the_model_s_own(self):
        small = policy.read_run("tail_latency", {"requests": 5_000}, requests=10_000, seed=1)
        assert small.canonical["requests"] == "10000"

    @pytest.mark.parametrize("requests", [0, -1, 10**10, 10**30])
    def test_refuses_a_size_beyond_the_bound(self, requests):
        faults = faults_of(policy.read_run, "tail_latency", {}, requests=requests, seed=1)
        assert "you gave" in faults["requests"]

    @pytest.mark.parametrize("seed", [-1, 2**63])
    def test_refuses_a_seed_that_cannot_be_kept(self, seed):
        faults = faults_of(policy.read_run, "tail_latency", {}, requests=10_000, seed=seed)
        assert str(seed) in faults["seed"]


class TestCheckInterval:
    prompt = policy.prompt_named(policy.model_named("tail_latency"), "p99_at_20_calls")

    def test_takes_the_ends_of_the_axis(self):
        policy.check_interval(self.prompt, self.prompt.minimum, self.prompt.maximum)

    def test_names_both_ends_that_are_off_the_axis(self):
        faults = faults_of(policy.check_interval, self.prompt, 1.0, 10_000.0)
        assert set(faults) == {"low", "high"}
        assert "you gave 10,000" in faults["high"]

    def test_refuses_ends_the_wrong_way_round(self):
        assert "500 ms or more" in faults_of(policy.check_interval, self.prompt, 500.0, 400.0)["high"]


class TestCheckCause:
    def test_takes_each_on_the_list(self):
        for model in ("tail_latency", "reliability"):
            for cause in policy.causes_of(model):
                policy.check_cause(model, cause)

    def test_refuses_the_cause_of_another_model(self):
        assert "feedback" in faults_of(policy.check_cause, "reliability", "slowest-call")["cause"]

    def test_refuses_another_and_names_the_list(self):
        assert "slowest-call" in faults_of(policy.check_cause, "tail_latency", "bad luck")["cause"]
