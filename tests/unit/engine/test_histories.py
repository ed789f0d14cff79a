"""Histories of a register: the checker against every permutation, and against histories known from the literature."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from simulations.engine import histories
from simulations.engine.histories import INITIAL, Operation, is_linearizable, is_sequential, violations


def write(value, start, end, client="a"):
    return Operation(client, "write", value, start, end)


def read(value, start, end, client="b"):
    return Operation(client, "read", value, start, end)


def explains(order):
    value = INITIAL
    for operation in order:
        if operation.kind == "write":
            value = operation.value
        elif operation.value != value:
            return False
    return True


def by_every_permutation(operations, precedes):
    return any(
        explains(order) and not any(precedes(later, earlier) for earlier, later in itertools.combinations(order, 2))
        for order in itertools.permutations(operations)
    )


operations = st.lists(
    st.builds(
        lambda client, kind, value, start, length: Operation(client, kind, value, start, start + length),
        st.sampled_from("abc"),
        st.sampled_from(["write", "read"]),
        st.integers(0, 2),
        st.integers(0, 8).map(float),
        st.integers(0, 4).map(float),
    ),
    max_size=6,
    unique=True,
)


class TestLinearizable:
    @given(operations)
    def test_agrees_with_every_permutation(self, history):
        assert is_linearizable(history) is by_every_permutation(history, lambda one, other: one.end < other.start)

    @given(operations)
    def test_implies_sequential(self, history):
        assert is_sequential(history) or not is_linearizable(history)

    def test_a_read_of_an_older_value_after_a_write_has_returned_is_not(self):
        history = [write(1, 0, 1), read(0, 2, 3)]
        assert not is_linearizable(history)
        assert is_sequential(history)

    def test_a_read_beside_a_write_may_return_either(self):
        assert all(is_linearizable([write(1, 0, 5), read(value, 2, 3)]) for value in (0, 1))

    def test_two_readers_may_not_disagree_about_the_order_of_two_writes(self):
        history = [write(1, 0, 9), write(2, 0, 9, "c"), read(1, 10, 11), read(2, 12, 13)]
        assert not is_linearizable(history)
        assert is_linearizable(history[:3])

    def test_nothing_happened_is_fine(self):
        assert is_linearizable([])


class TestSequential:
    @given(operations)
    def test_agrees_with_every_permutation(self, history):
        def precedes(one, other):
            return one.client == other.client and one.end < other.start

        assert is_sequential(history) is by_every_permutation(history, precedes)

    def test_a_client_that_does_not_see_its_own_write_is_not(self):
        assert not is_sequential([write(1, 0, 1), read(0, 2, 3, "a")])


class TestViolations:
    @given(operations)
    def test_what_is_left_is_linearizable(self, history):
        found = violations(history)
        assert is_linearizable([each for place, each in enumerate(history) if place not in found])
        assert (found == ()) is is_linearizable(history)

    def test_names_the_read_that_came_too_late(self):
        assert violations([write(1, 0, 1), read(0, 2, 3), read(1, 4, 5)]) == (1,)


class TestHistoriesOfTheChapter:
    """What the chapter on CAP tells of its two histories."""

    def test_a_read_begun_after_one_that_saw_the_write_must_see_it(self):
        history = [write(1, 0, 70, "ann"), read(1, 20, 40, "ben"), read(0, 50, 60, "cleo")]
        assert not is_linearizable(history)
        assert is_sequential(history)
        assert all(is_linearizable([history[0], alone]) for alone in history[1:])

    def test_no_order_lets_a_client_go_back_in_time(self):
        written = [write(1, 0, 10, "dan"), write(2, 20, 30, "dan")]
        seen = [read(2, 100, 110, "eve"), read(1, 120, 130, "eve"), read(2, 140, 150, "dan"), read(2, 160, 170, "eve")]
        assert not is_sequential([*written, *seen])
        assert is_sequential([*written, *(each for each in seen if each.value == 2)])


def comes_first(one, other):
    return one.client == other.client and one.end < other.start


def seen_by_each(history, precedes):
    """Return whether each client's reads and all writes have some permutation that keeps what precedes."""
    return all(
        by_every_permutation([one for one in history if one.kind == "write" or one.client == client], precedes)
        for client in {one.client for one in history}
    )


def causes(history):
    """Return which operation is a cause of which, by walking from each along own order and reads of a write."""
    direct = {
        one: [
            other
            for other in history
            if comes_first(one, other) or (one.kind == "write" and other.kind == "read" and one.value == other.value)
        ]
        for one in history
    }
    found = set()
    for one in history:
        reached, ahead = set(), list(direct[one])
        while ahead:
            if (next_one := ahead.pop()) not in reached:
                reached.add(next_one)
                ahead += direct[next_one]
        found |= {(one, other) for other in reached}
    return found


@st.composite
def written_once(draw):
    """Draw a history in which no value is written twice and no client does two things at a time."""
    clock, history, values = {}, [], [1, 2, 3]
    for _ in range(draw(st.integers(1, 6))):
        client, start = draw(st.sampled_from("abc")), draw(st.integers(0, 8))
        start = max(start, clock.get(client, -1) + 1)
        end = start + draw(st.integers(0, 4))
        clock[client] = end
        writes = bool(values) and draw(st.booleans())
        value = values.pop(0) if writes else draw(st.integers(0, 3))
        history.append(Operation(client, "write" if writes else "read", value, float(start), float(end)))
    return history


class TestWeakerModels:
    @given(written_once())
    def test_agree_with_every_permutation(self, history):
        cause = causes(history)
        assert histories.is_causal(history) is seen_by_each(history, lambda one, other: (one, other) in cause)
        assert histories.reads_own_writes(history) is seen_by_each(
            history, lambda one, other: one.kind == "write" and comes_first(one, other)
        )
        assert histories.reads_monotonically(history) is seen_by_each(
            history, lambda one, other: one.kind == other.kind == "read" and comes_first(one, other)
        )

    @given(written_once())
    def test_each_follows_from_the_stronger(self, history):
        linearizable, sequential, causal = (
            holds(history) for holds in (is_linearizable, is_sequential, histories.is_causal)
        )
        assert linearizable <= sequential <= causal
        assert causal <= histories.reads_own_writes(history)
        assert causal <= histories.reads_monotonically(history)

    @given(written_once())
    def test_orders_are_as_many_as_permutations(self, history):
        found = sum(
            explains(order)
            and not any(later.end < earlier.start for earlier, later in itertools.combinations(order, 2))
            for order in itertools.permutations(history)
        )
        assert histories.linear_orders(history) == found
        order = histories.linear_order(history)
        assert (order is not None) is (found > 0)
        if order is not None:
            assert explains([history[place] for place in order])
