"""Sagas and two-phase commit: every death of the coordinator, beside all that can be reached by dying ever again."""

import itertools

import pytest

from simulations.engine import parameters
from simulations.engine.models import saga
from simulations.engine.models.saga import Parameters
from simulations.engine.sagas import Change, play

CASES = [
    Change(protocol, services, refusing, noted, idempotent, 50.0, 30_000.0)
    for protocol, services, noted, idempotent in itertools.product(
        ("saga", "commit"), (2, 3, 4), (True, False), (True, False)
    )
    for refusing in range(services + 1)
]


def figures(**changes):
    result = saga.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def courses(change):
    return [play(change, after) for after in range(len(play(change).events) + 1)]


def reachable_by_a_saga(change):
    """Return every way in which a saga's effects can end if its coordinator may die at any moment, any number of times.

    A state is how far the notes have come and the effects so far; a call moves the effects, a note the place.
    """
    last = change.refusing - 1 if change.refusing else change.services
    plan = [(service, 1) for service in range(last)]
    plan += [(service, -1) for service in reversed(range(last))] if change.refusing else []
    ends, seen, ahead = set(), set(), [(0, (0,) * change.services)]
    while ahead:
        state = ahead.pop()
        if state in seen:
            continue
        seen.add(state)
        place, effects = state
        if place == len(plan):
            ends.add(effects)
            continue
        service, effect = plan[place]
        known = change.idempotent and effects[service] == max(effect, 0)
        called = list(effects)
        called[service] += 0 if known else effect
        if max(map(abs, called)) <= 2:
            ahead += [(place + 1, tuple(called)), (place, tuple(called))]
    return ends


class TestEveryDeath:
    @pytest.mark.parametrize("change", [case for case in CASES if case.noted], ids=str)
    def test_with_notes_every_prefix_recovers(self, change):
        for course in courses(change):
            if change.idempotent or change.protocol == "commit":
                assert course.settled
                assert course.doubled == 0
                assert course.effects == [0 if change.refusing or _aborted(course) else 1] * change.services

    @pytest.mark.parametrize("change", [case for case in CASES if case.noted and case.protocol == "saga"], ids=str)
    def test_a_saga_ends_where_it_can(self, change):
        ends = reachable_by_a_saga(change)
        assert {tuple(course.effects) for course in courses(change)} <= ends
        if change.idempotent:
            assert ends == {(0 if change.refusing else 1,) * change.services}

    def test_a_call_that_is_not_recognised_is_made_twice(self):
        change = Change("saga", 3, 0, noted=True, idempotent=False, call_ms=50.0, down_ms=1.0)
        assert [course.doubled for course in courses(change)] == [0, 0, 1, 0, 1, 0, 1, 0, 0]

    def test_without_notes_what_was_begun_stays(self):
        for protocol in ("saga", "commit"):
            change = Change(protocol, 3, 0, noted=False, idempotent=True, call_ms=50.0, down_ms=1.0)
            unsettled = [number for number, course in enumerate(courses(change)) if not course.settled]
            assert unsettled == ([2, 3, 4, 5] if protocol == "saga" else [2, 3, 4, 5, 6, 7])


def _aborted(course):
    return any(event.what == "note: abort" for event in course.events)


class TestClosedForms:
    @pytest.mark.parametrize("services", [2, 3, 6])
    def test_undisturbed(self, services):
        quick = {"services": services, "call": 100}
        assert figures(**quick)["takes"] == pytest.approx(0.1 * services)
        assert figures(**quick)["split"] == pytest.approx(0.1 * (services - 1))
        assert figures(**quick, refusing=services)["takes"] == pytest.approx(0.1 * (2 * services - 1))
        assert figures(**quick, protocol="commit")["takes"] == pytest.approx(0.2 * services)
        assert figures(**quick, protocol="commit")["locked"] == pytest.approx(0.1 * services)
        assert figures(**quick, protocol="commit")["split"] == 0.0

    def test_locks_last_as_long_as_the_coordinator_is_down(self):
        assert figures(protocol="commit", dies_after=4)["locked"] == pytest.approx(30.15)
        assert figures(dies_after=4)["split"] == pytest.approx(30.15)

    def test_a_month_of_orders(self):
        found = figures()
        assert found["refused"] == pytest.approx(100_000 * (1 - 0.998**3))
        drawn = sum((step - 1) * 0.002 * 0.998 ** (step - 1) for step in (1, 2, 3))
        assert found["undone"] == pytest.approx(100_000 * drawn)

    def test_dying_after_the_last_event_changes_nothing(self):
        assert figures(dies_after=40)["takes"] == figures()["takes"]


class TestWords:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "The coordinator lives, and the order ends all done"),
            ({"refusing": 2}, "service 2 refuses. The coordinator lives, and the order ends nothing done"),
            ({"protocol": "commit", "dies_after": 4, "noted": False}, "the order ends locked for good"),
            ({"dies_after": 4, "idempotent": False}, "the order ends done twice"),
            ({"dies_after": 4, "noted": False}, "the order ends half done for good"),
        ],
    )
    def test_narrative_says_how_it_ends(self, changes, words):
        assert words in saga.evaluate(parameters.parse(Parameters, changes)).narrative

    def test_refuses_a_refusal_by_nobody(self):
        with pytest.raises(parameters.InvalidParameters, match="refusing must not exceed the 3 services; you gave 4"):
            parameters.parse(Parameters, {"refusing": 4})
