"""Results as JSON."""

import json
import math

import numpy as np
import pytest

from simulations.engine.result import Axis, Chart, Figure, NonFiniteResult, Result, Series, Table

FIGURE = Figure("p99", "p99", 46.3, "ms", "One in a hundred takes longer.")


def result(**changes):
    chart = Chart(
        "c", "C", Axis("x", "", "log"), Axis("y", "ms", "linear"), (Series("s", "S", (1.0,), (2.0,)),), "See."
    )
    content = {
        "figures": (FIGURE,),
        "charts": (chart,),
        "tables": (Table("t", "T", ("a", "b"), ((1, None), ("x", 2.5))),),
        "narrative": "It is so.",
    }
    return Result(**{**content, **changes})


class TestToJson:
    def test_is_plain_json(self):
        written = json.loads(json.dumps(result().to_json(), allow_nan=False))
        assert written["figures"][0]["value"] == 46.3
        assert written["charts"][0]["series"][0] == {"name": "s", "label": "S", "x": [1.0], "y": [2.0], "kind": "line"}
        assert written["tables"][0]["rows"] == [[1, None], ["x", 2.5]]
        assert written["trace"] is None

    def test_turns_numpy_scalars_into_numbers(self):
        frames = {"at": np.float64(1.5), "count": np.int64(3), "on": np.bool_(True)}
        assert result(frames=frames).to_json()["frames"] == {"at": 1.5, "count": 3, "on": True}

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
    def test_refuses_what_is_not_finite_and_says_where(self, value):
        with pytest.raises(NonFiniteResult, match=r"frames\.dots\[1\] is"):
            result(frames={"dots": [1.0, value]}).to_json()

    def test_refuses_what_is_no_json_value(self):
        with pytest.raises(TypeError, match="frames.x is a set"):
            result(frames={"x": {1}}).to_json()


class TestFigure:
    def test_is_found_by_name(self):
        assert result().figure("p99") is FIGURE

    def test_unknown_name_lists_the_known_ones(self):
        with pytest.raises(KeyError, match="There is no figure 'p50'; there are p99"):
            result().figure("p50")
