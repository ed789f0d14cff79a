"""One request's way: who is waited for, what failures cost, and what is lost without a wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.functions import FUNCTIONS, requests
from simulations.engine.hops import Component, follow
from simulations.engine.models.request_trace_parameters import Parameters, application
from tests.unit.engine.fields import settings_of

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("page_parallel_ms", (0.8,), 22.5, 9),
    ("page_parallel_ms", (1,), 22.5, 9),
    ("page_serial_ms", (0.8,), 25.9, 9),
    ("slowest_shard_ms", (12, 4), 25.0, 9),
    ("slowest_shard_ms", (1, 4), 2.0833, 4),
    ("fibre_round_trip_ms", (5_570,), 54.5, 1),
]


def played(hit=False, **changes):
    return follow(application(Parameters(**changes)), hit=hit)


def names(hops):
    return [hop.name for hop in hops]


class TestFunctions:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert FUNCTIONS[name].call(*arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-12)
        line = FUNCTIONS[name].explain(*arguments)
        assert "{" not in line
        assert len(line) < 200

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in requests.FUNCTIONS}

    @given(st.floats(0.0, 1.0), st.floats(0.2, 10.0), st.floats(1.0, 80.0), st.floats(1.0, 80.0))
    def test_agree_with_requests_followed(self, hit_rate, cache, database, search):
        times = {"cache_ms": cache, "database_ms": database, "search_ms": search}
        for edge, function in (("parallel", requests.page_parallel_ms), ("serial", requests.page_serial_ms)):
            hit, miss = (played(hit, search_edge=edge, **times).total for hit in (True, False))
            expected = function(hit_rate, cache=cache, database=database, search=search)
            assert hit_rate * hit + (1 - hit_rate) * miss == pytest.approx(expected)


class TestComponent:
    @pytest.mark.parametrize(
        ("state", "timeout", "expected"),
        [
            ("up", 100, (12, True)),
            ("up", 12, (12, True)),
            ("up", 11, (11, False)),
            ("slow", 150, (120, True)),
            ("slow", 100, (100, False)),
            ("down", 100, (5, False)),
            ("down", 3, (3, False)),
            ("silent", 100, (100, False)),
            ("up", 0, (0, False)),
        ],
    )
    def test_costs_its_time_its_refusal_or_the_timeout(self, state, timeout, expected):
        assert Component(state, 12.0, 10.0).asked(5.0, timeout) == expected


class TestFollow:
    def test_a_hit_never_asks_the_database(self):
        assert "database" not in names(played(hit=True).hops)
        assert "database" in names(played(hit=False).hops)

    def test_a_cache_that_is_down_is_a_miss_with_a_refusal(self):
        times = {"search_ms": 1, "refusal_ms": 5, "cache_ms": 1}
        down = played(hit=True, cache_state="down", **times)
        assert "database" in names(down.hops)
        assert down.total == pytest.approx(played(**times).total - 1 + 5)

    @pytest.mark.parametrize("hit", [True, False])
    def test_without_time_for_an_answer_every_fallback_is_taken(self, hit):
        found = played(hit, timeout=0)
        assert (found.page, found.events) == ("stale", "lost")
        assert found.total == 2.5

    def test_a_silent_step_without_a_timeout_takes_as_long_as_the_client_waits(self):
        found = played(search_state="silent", own_timeouts=False)
        assert (found.total, found.page) == (1_000.0, "failed")

    @pytest.mark.parametrize(
        ("changes", "page", "total"),
        [
            ({"search_state": "down"}, "incomplete", 15.5),
            ({"search_state": "down", "search_fallback": "fail"}, "failed", 7.5),
            ({"search_state": "down", "search_fallback": "fail", "search_edge": "serial"}, "failed", 20.5),
            ({"search_state": "down", "search_fallback": "fail", "search_edge": "apart"}, "incomplete", 15.5),
            ({"database_state": "silent"}, "stale", 103.5),
            ({"database_state": "silent", "database_fallback": "fail"}, "failed", 103.5),
            ({"database_state": "down", "database_fallback": "fail", "search_edge": "serial"}, "failed", 8.5),
            ({"database_state": "down", "search_state": "down"}, "stale", 8.5),
            ({"search_edge": "apart"}, "fresh", 15.5),
        ],
    )
    def test_fallbacks(self, changes, page, total):
        found = played(**changes)
        assert found.page == page
        assert found.total == pytest.approx(total)

    def test_a_page_that_fails_in_turn_asks_no_further(self):
        found = played(database_state="down", database_fallback="fail", search_edge="serial")
        assert names(found.hops) == ["balancer", "application", "cache", "database"]
        assert found.events == "none"

    @pytest.mark.parametrize(
        ("changes", "events", "total"),
        [
            ({}, "kept", 22.5),
            ({"queue_state": "slow", "enqueue_ms": 5}, "kept", 22.5),
            ({"queue_state": "down"}, "lost", 22.5),
            ({"queue_state": "full"}, "lost", 22.5),
            ({"queue_state": "full", "queue_policy": "block"}, "kept", 72.5),
            ({"queue_state": "full", "queue_policy": "block", "queue_wait_ms": 500}, "lost", 122.5),
        ],
    )
    def test_only_a_full_queue_that_blocks_is_waited_for(self, changes, events, total):
        found = played(**changes)
        assert found.events == events
        assert found.total == pytest.approx(total)

    @given(settings_of(Parameters), st.booleans())
    def test_the_critical_path_is_the_time(self, settings, hit):
        found = follow(application(settings), hit=hit)
        assert sum(hop.end - hop.start for hop in found.critical) == pytest.approx(found.total)
        assert found.total <= settings.client_ms
        assert all(
            one.end == pytest.approx(two.start) for one, two in zip(found.critical, found.critical[1:], strict=False)
        )
        assert all(hop.waited for hop in found.critical)
        assert len(set(names(found.hops))) == len(found.hops)

    @given(settings_of(Parameters), st.booleans())
    def test_in_turn_never_takes_less_than_at_once_nor_that_less_than_apart(self, settings, hit):
        values = {name: getattr(settings, name) for name in Parameters.__slots__}
        answers = [
            follow(application(Parameters(**{**values, "search_edge": edge})), hit=hit)
            for edge in ("apart", "parallel", "serial")
        ]
        if all(answer.page != "failed" for answer in answers):
            totals = [answer.total for answer in answers]
            assert totals == pytest.approx(sorted(totals))
