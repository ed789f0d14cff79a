"""Histories made by inputs: the verdicts of the literature's examples, and inputs that make no history."""

import pytest

from simulations.engine import parameters
from simulations.engine.models import history_checker
from simulations.engine.models.history_checker import Parameters

MODELS = ("linearizable", "sequential", "causal", "own_writes", "monotonic")
TWO_OPINIONS = {"second": "Dan", "ben_second": "2", "cleo_first": "2", "cleo_second": "1"}


def result_of(**changes):
    return history_checker.evaluate(parameters.parse(Parameters, changes))


def kept(**changes):
    return [name for name in MODELS if result_of(**changes).figure(name).value]


class TestVerdicts:
    @pytest.mark.parametrize(
        ("changes", "names"),
        [
            ({}, MODELS),
            ({"cleo_first": "0"}, MODELS[1:]),
            (TWO_OPINIONS, MODELS[2:]),
            ({"ben_second": "0"}, ["own_writes"]),
            ({"ben_first": "none", "cleo_first": "none", "ann_reads": "0"}, ["monotonic"]),
            ({"ben_second": "0", "ann_reads": "0"}, []),
        ],
        ids=str,
    )
    def test_of_known_histories(self, changes, names):
        assert kept(**changes) == list(names)

    def test_orders_of_a_read_beside_a_write(self):
        assert result_of(cleo_first="none").figure("orders").value == 1.0
        assert result_of(cleo_first_at=22).figure("orders").value == 2.0

    def test_says_where_an_operation_stands(self):
        table = next(table for table in result_of(cleo_first="0").tables if table.name == "operations")
        assert [row[3] for row in table.rows] == ["none"] * 3
        assert sorted(row[4] for row in table.rows) == [1, 2, 3]
        assert result_of(cleo_first="0").figure("wrong").value == 1.0

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "Cleo reads 1 from 50 to 60 ms. It is linearizable, sequentially consistent"),
            ({"ben_second": "0", "ann_reads": "0"}, "It keeps no promise. It is not linearizable"),
        ],
    )
    def test_narrative(self, changes, words):
        assert words in result_of(**changes).narrative


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            (
                {"ben_second": "1", "ben_second_at": 25},
                "ben_second_at",
                "when Ben has ended what came before; you gave 25",
            ),
            ({"second": "Ann", "second_begins": 60}, "second_begins", "more than 70 ms, when Ann has ended"),
            ({"second": "Dan", "second_ends": 90}, "second_ends", "at least 100 ms, when it begins; you gave 90"),
        ],
    )
    def test_two_things_at_a_time(self, changes, field, words):
        with pytest.raises(parameters.InvalidParameters, match=words) as caught:
            parameters.parse(Parameters, changes)
        assert [fault.field for fault in caught.value.faults] == [field]
