"""Models by name, and what each owes to those who use it."""

import pytest

from simulations.engine import parameters
from simulations.engine.models.trade_off_cards import CARDS
from simulations.engine.registry import MODELS, UnknownModel, get_model

# Settings under which a learner would have found each discovery.
FOUND_BY = {
    ("tail_latency", "slow_median"): {"calls": 100},
    ("tail_latency", "cheap_hedge"): {"hedge": True, "hedge_percentile": 99},
    ("tail_latency", "useless_hedge"): {"hedge": True, "replica_correlation": 1},
    ("tail_latency", "shared_cause"): {"call_correlation": 1},
    ("availability_calculator", "no_worse_than_outside"): {"entry_replicas": 3, "store_replicas": 3, "servers": 99.99},
    ("availability_calculator", "replicas_in_vain"): {
        "entry_replicas": 5,
        "servers_replicas": 5,
        "store_replicas": 5,
        "shared_cause": 0.2,
    },
    ("availability_calculator", "majority_costs"): {"store_replicas": 2, "store_needed": 2},
    ("coordinated_omission", "both_agree"): {"normal": 200, "stall": 1},
    ("coordinated_omission", "waiting_notices"): {"rate": 1, "normal": 50},
    ("coordinated_omission", "means_apart"): {"rate": 500, "normal": 600, "stall": 600},
    ("percentiles", "median_moves"): {"calls": 50},
    ("percentiles", "average_lies"): {"family": "exponential", "median": 7, "other_median": 70},
    ("percentiles", "just_the_maximum"): {"samples": 500},
    ("percentiles", "mean_past_p90"): {"family": "pareto", "sigma": 0.95},
    ("reliability", "long_chain"): {"components": 20},
    ("reliability", "pairs"): {"redundant": 5},
    ("reliability", "one_left_single"): {"redundant": 4},
    ("reliability", "third_replica_in_vain"): {"redundant": 5, "replicas": 3, "shared_cause": 0.1},
    ("reliability", "majority_hurts"): {"replicas": 3, "needed": 3},
    ("fan_out", "one_in_ten_thousand"): {"threshold": 100000},
    ("fan_out", "indifferent"): {"price": 0.0153},
    ("fan_out", "a_threshold_between"): {"pull": "servers", "threshold": 864000},
    ("fan_out", "stuck_behind_a_celebrity"): {"threshold": 50000000},
    ("scaling_cost", "crossing_at_eight"): {"overhead": 1.194},
    ("scaling_cost", "never_dearer"): {"overhead": 0.5},
    ("scaling_cost", "straight_prices"): {"exponent": 1},
    ("scaling_cost", "neither_is_enough"): {"realistic": True, "load": 20},
    ("maintainability", "haste_wins"): {"features": 5},
    ("maintainability", "debt_stands_still"): {"repaid": 25},
    ("maintainability", "only_an_assumption"): {"law": "linear"},
    ("maintainability", "long_way"): {"debt": 2},
    ("maintainability", "when_not_how_much"): {
        "repayment": "plan",
        **{f"sprint_{sprint}": 2 if sprint % 4 == 0 else 1 for sprint in range(1, 17)},
    },
    ("maintainability", "too_late"): {"repayment": "plan", "sprint_19": 5, "sprint_20": 5},
    ("request_trace", "cache_saves_nothing"): {"hit_rate": 0.9},
    ("request_trace", "degrade"): {"search_state": "silent", "timeout": 50},
    ("request_trace", "no_timeout"): {"search_state": "silent", "own_timeouts": False},
    ("request_trace", "silent_loss"): {"queue_state": "full"},
    ("stampede", "lock_still_waits"): {"protection": "lock"},
    ("stampede", "nobody_waits"): {"protection": "early"},
    ("stampede", "quiet_key"): {"protection": "early", "requests": 1, "recompute": 0.1},
    ("cascade", "better_order"): {"order": "drop"},
    ("cascade", "cut_load"): {"cut_share": 100, "cut_seconds": 45},
    ("cascade", "cap_retries"): {"budget": True},
    ("cascade", "contain"): {"trigger": "slow_replica", "arrivals": 2_000, "defence": "bulkhead"},
    ("design_lab", "cliff"): {"traffic": 5_000, "hit_rate": 50},
    ("design_lab", "lasting_blip"): {"traffic": 10_000, "hit_rate": 95, "event": "cache", "event_seconds": 0},
    ("design_lab", "seven_milliseconds"): {"traffic": 5_000, "hit_rate": 99.5},
    ("design_lab", "comfortable"): {"traffic": 12_000, "capacity": 2_500, "write_share": 10, "hit_rate": 93},
    ("design_lab", "silent_lag"): {"write_share": 20, "event": "consumer", "event_seconds": 60},
    ("error_budget", "one_outage"): {"minutes": 50},
    ("error_budget", "slow_burn"): {"errors": 0.25, "minutes": 10_080},
    ("error_budget", "minutes_matter"): {"objective": 99.99},
    ("error_budget", "daily_errors"): {"background": 0.2},
    ("stampede", "jitter_spreads"): {"protection": "lock", "keys": 1_000, "jitter": 60},
    ("estimator", "bytes_dominate"): {"wire_bytes": 1e6},
    ("estimator", "fits_in_memory"): {"users": 1e9, "hot_items": 1e6},
    ("estimator", "push_beats_pull"): {"write_share": 5, "fan_out": 200},
    ("estimator", "one_figure_is_enough"): {"load_within": 5},
    ("cap_pacelc", "minority_refuses"): {"cut_off": 1},
    ("cap_pacelc", "even_split"): {"mode": "leader", "replicas": 4, "cut_off": 2},
    ("cap_pacelc", "reads_live_on"): {"write_quorum": 3, "read_quorum": 1, "cut_off": 1},
    ("cap_pacelc", "always_answered"): {"mode": "always", "cut_off": 1},
    ("cap_pacelc", "overlap_is_not_enough"): {"far_clock": -5_000},
    ("trade_off_mapper", "refuse"): {"conflict_probability": 0.001, "conflict_cost": 5_000},
    ("trade_off_mapper", "undecided"): {"conflict_cost": 150, "within": 2},
    ("trade_off_mapper", "patience"): {"conflict_cost": 50, "impact": 0.1},
    ("trade_off_mapper", "same_map"): {f"place_{card.name}": card.place for card in CARDS},
    ("downtime_cost", "nine_too_many"): {"availability": 99.99},
    ("downtime_cost", "bad_hour"): {"swing": 0.8},
    ("downtime_cost", "cheap_outage"): {"impact": 0.01},
    ("sharding_ring", "points_even_out"): {"points": 256},
    ("sharding_ring", "one_key_is_enough"): {"points": 256, "exponent": 1},
    ("sharding_ring", "hot_keys_everywhere"): {"points": 200, "exponent": 1, "spread": 100},
    ("cache_size", "small_and_enough"): {"size": 100, "exponent": 1.5},
    ("cache_size", "no_favourites"): {"exponent": 0.3},
    ("cache_size", "crawler"): {"passing": 50},
    ("disk_loss", "quicker_repair"): {"repair": 6},
    ("disk_loss", "more_copies_in_vain"): {"disks": 3, "shared": 1},
    ("disk_loss", "cheaper_and_safer"): {"disks": 9, "needed": 6},
    ("backfill", "no_room"): {"capacity": 4_400},
    ("backfill", "again_and_again"): {"deaths": 2},
    ("backfill", "in_pieces"): {"deaths": 2, "pieces": 365},
    ("rate_limiter", "both_sides"): {"algorithm": "fixed", "first": 59},
    ("rate_limiter", "bucket_over_limit"): {"size": 400, "count": 1, "length": 60, "first": 0},
    ("rate_limiter", "never_over"): {"burst": 10},
    ("elastic_boot", "warm_minimum"): {"machines": 8, "added": 2},
    ("elastic_boot", "a_rhythm"): {"ramp": 600},
    ("elastic_boot", "just_enough"): {"after": 8_900, "added": 4},
    ("schema_change", "order_matters"): {"change": "rename_alias", "order": "readers"},
    ("schema_change", "quiet_and_unreadable"): {"change": "add", "order": "writers"},
    ("schema_change", "too_strict"): {"change": "add_default", "strict": True},
    ("saga", "locked_out"): {"protocol": "commit", "dies_after": 4},
    ("saga", "charged_twice"): {"dies_after": 4, "idempotent": False},
    ("saga", "every_moment_but"): {"protocol": "commit", "noted": False},
    ("saga", "seen_half_done"): {"dies_after": 4},
    ("history_checker", "not_in_time"): {"cleo_first": "0"},
    ("history_checker", "two_orders"): {
        "second": "Dan",
        "ben_second": "2",
        "cleo_first": "2",
        "cleo_second": "1",
    },
    ("history_checker", "own_write_gone"): {"ben_first": "none", "cleo_first": "none", "ann_reads": "0"},
    ("history_checker", "back_in_time"): {"ben_second": "0"},
}

EVERY = pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)


class TestGetModel:
    def test_finds_each_by_its_name(self):
        assert {name: get_model(name).name for name in MODELS} == {name: name for name in MODELS}
        assert {"percentiles", "tail_latency"} < set(MODELS)

    def test_unknown_name_lists_the_known_ones(self):
        with pytest.raises(UnknownModel, match="no model named 'x'; the models are percentiles, tail_latency"):
            get_model("x")

    def test_cuts_a_huge_name(self):
        with pytest.raises(UnknownModel) as caught:
            get_model("x" * 10_000)
        assert len(str(caught.value)) < 500


@EVERY
class TestEveryModel:
    def test_presets_are_valid_and_named_once(self, model):
        for preset in model.presets:
            parameters.parse(model.parameters, preset.parameters)
        assert len({preset.name for preset in model.presets}) == len(model.presets)

    def test_predictions_ask_for_a_figure_that_lies_on_their_axis(self, model):
        for prompt in model.predictions:
            result = model.evaluate(parameters.parse(model.parameters, prompt.parameters))
            figure = result.figure(prompt.figure)
            assert prompt.minimum < figure.value < prompt.maximum
            assert figure.unit == prompt.unit

    def test_a_prediction_is_marked_along_axes_in_its_unit_that_reach_its_figure(self, model):
        for prompt in model.predictions:
            result = model.evaluate(parameters.parse(model.parameters, prompt.parameters))
            charts = {chart.name: chart for chart in result.charts}
            for name in prompt.along:
                chart = charts[name]
                across = [value for series in chart.series for value in series.x]
                assert chart.x.unit == prompt.unit
                # A bar stands for values a little beyond its middle.
                assert 0.9 * min(across) <= result.figure(prompt.figure).value <= 1.1 * max(across)

    def test_a_guess_is_asked_of_what_the_engine_answers_on_its_axis(self, model):
        if model.guess is None:
            return
        asked = model.guess
        settings = parameters.parse(model.parameters, asked.parameters)
        truth = asked.truth(settings, model.evaluate(settings))
        assert set(truth) == set(asked.names)
        assert {len(row) for row in truth.values()} == {asked.size}
        assert all(asked.minimum <= value <= asked.maximum for row in truth.values() for value in row)
        assert asked.name not in {prompt.name for prompt in model.predictions}
        assert bool(asked.knots) == (asked.shape == "curve")

    def test_a_guess_is_asked_at_settings_that_nothing_else_opens_in(self, model):
        # What a scene shows by itself is no first look any more. Places stay hidden until they are asked for.
        if model.guess is None or model.guess.shape == "placement":
            return
        opened = [{}, *(each.parameters for each in (*model.presets, *model.predictions))]
        settings = [parameters.parse(model.parameters, each) for each in opened]
        assert parameters.parse(model.parameters, model.guess.parameters) not in settings

    def test_no_discovery_is_given_away_by_the_defaults(self, model):
        defaults = model.parameters()
        result = model.evaluate(defaults)
        assert [each.name for each in model.experiments if each.holds(defaults, result)] == []

    def test_each_discovery_can_be_made(self, model):
        for experiment in model.experiments:
            found = parameters.parse(model.parameters, FOUND_BY[model.name, experiment.name])
            assert experiment.holds(found, model.evaluate(found)), experiment.name

    def test_cost_is_known_and_positive(self, model):
        cost = model.cost(model.parameters())
        assert 0.0 < cost.evaluate_ms < 1_000.0
        assert cost.run_seconds >= 0.0
        assert 0.0 < cost.memory_mb < 64.0

    def test_every_figure_says_what_it_means(self, model):
        for figure in model.evaluate(model.parameters()).figures:
            assert figure.meaning.endswith("."), figure.name

    def test_same_parameters_same_result(self, model):
        assert model.evaluate(model.parameters()).to_json() == model.evaluate(model.parameters()).to_json()
