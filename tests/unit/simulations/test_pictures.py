"""Where a chart's points go in a picture, and that nothing of a chart can break out of one."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.registry import MODELS
from simulations.pictures import png, svg
from simulations.pictures.drawing import Box, Scale, draw, short

BOX = Box(10.0, 20.0, 210.0, 120.0)
finite = st.floats(-1e12, 1e12).map(lambda value: round(value, 6))
axes = st.fixed_dictionaries(
    {"label": st.just("time"), "unit": st.just("ms"), "scale": st.sampled_from(["linear", "log"])}
)


@st.composite
def charts(draw):
    size = draw(st.integers(1, 12))
    values = st.lists(finite, min_size=size, max_size=size)
    kinds = draw(st.lists(st.sampled_from(["line", "dots", "bars", "band-low", "band-high"]), min_size=1, max_size=5))
    series = [
        {"name": f"s{number}", "label": "<&\"'>", "x": draw(values), "y": draw(values), "kind": kind}
        for number, kind in enumerate(kinds)
    ]
    return {"name": "c", "title": "t", "x": draw(axes), "y": draw(axes), "series": series, "caption": ""}


def chart(x_scale="linear", y_scale="linear", **series):
    rows = [{"name": name, "label": name, "x": xs, "y": ys, "kind": kind} for name, (kind, xs, ys) in series.items()]
    axis = {"label": "time", "unit": "ms"}
    return {"x": axis | {"scale": x_scale}, "y": axis | {"scale": y_scale}, "series": rows}


class TestDraw:
    def test_places_ends_in_the_corners(self):
        shape = draw(chart(line=("line", [0.0, 10.0], [0.0, 100.0])), BOX).shapes[0]
        (left, bottom), (right, top) = shape.points
        assert (left, bottom, right) == (10.0, 120.0, 210.0)
        assert top == pytest.approx(120.0 - 100.0 / 1.06)

    def test_a_logarithmic_axis_gives_every_decade_the_same_room(self):
        shape = draw(chart("log", line=("dots", [1.0, 10.0, 100.0], [1.0, 1.0, 1.0])), BOX).shapes[0]
        assert [x for x, _ in shape.points] == pytest.approx([10.0, 110.0, 210.0])

    def test_leaves_out_what_a_logarithmic_axis_cannot_hold(self):
        drawing = draw(chart("log", "log", a=("dots", [0.0, 1.0, 2.0], [1.0, -1.0, 3.0])), BOX)
        assert len(drawing.shapes[0].points) == 1

    def test_a_band_is_the_area_between_its_edges(self):
        edges = {"low": ("band-low", [0.0, 1.0], [1.0, 1.0]), "high": ("band-high", [0.0, 1.0], [2.0, 2.0])}
        shape = draw(chart(**edges), BOX).shapes[0]
        assert shape.kind == "area"
        assert len(shape.points) == 4

    def test_drops_points_that_nobody_could_tell_apart(self):
        xs = [number / 1000 for number in range(1001)]
        shape = draw(chart(line=("line", xs, xs)), BOX).shapes[0]
        assert 100 < len(shape.points) < 250
        assert shape.points[-1][0] == 210.0

    @given(charts())
    @settings(max_examples=150, deadline=None)
    def test_every_point_lies_in_the_box(self, found):
        drawing = draw(found, BOX)
        for x, y in (point for shape in drawing.shapes for point in shape.points):
            assert BOX.left - 1e-6 <= x <= BOX.right + 1e-6
            assert BOX.top - 1e-6 <= y <= BOX.bottom + 1e-6


class TestScale:
    @given(st.floats(1e-6, 1e6), st.floats(1.5, 1e9), st.booleans())
    def test_ticks_are_round_few_and_within(self, low, ratio, logarithmic):
        scale = Scale(low, low * ratio, logarithmic=logarithmic)
        ticks = scale.ticks()
        assert len(ticks) <= 7
        assert all(-1e-6 <= scale.place(tick) <= 1.0 + 1e-6 for tick in ticks)

    @pytest.mark.parametrize(
        ("value", "words"),
        [(0.0, "0"), (0.05, "0.05"), (5.0, "5"), (1_000.0, "1,000"), (20_000.0, "20k"), (3e6, "3M"), (2e9, "2G")],
    )
    def test_values_are_short(self, value, words):
        assert short(value) == words


class TestSvg:
    @given(charts())
    @settings(max_examples=60, deadline=None)
    def test_is_well_formed_whatever_the_chart(self, found):
        assert ElementTree.fromstring(svg.thumbnail(found)).tag == "svg"

    @pytest.mark.parametrize("name", MODELS)
    def test_of_every_simulation_is_small_and_plain(self, name):
        model = MODELS[name]
        text = svg.thumbnail(model.evaluate(model.parameters()).to_json()["charts"][0])
        assert len(text) < 12_000
        assert "style=" not in text
        assert "nan" not in text
        assert ElementTree.fromstring(text).find("*") is not None

    def test_intervals_are_escaped_and_stay_on_the_axis(self):
        scale = Scale(10.0, 1_000.0, logarithmic=True)
        text = svg.interval_picture([("<i>", 1.0, 1e9)], 100.0, scale, [(10.0, "10")])
        bar = next(element for element in ElementTree.fromstring(text).iter("rect"))
        assert float(bar.get("x")) == 16.0
        assert math.isclose(float(bar.get("width")), 328.0)
        assert "<i>" not in text


class TestPng:
    @given(charts())
    @settings(max_examples=8, deadline=None)
    def test_draws_whatever_the_chart(self, found):
        words = png.Words("A title that goes on and on " * 6, [("name", "1e300 " * 20)] * 3, "below " * 40)
        assert png.state_picture(words, found).startswith(b"\x89PNG")

    def test_of_an_endless_question_is_cut(self):
        assert png.question_picture("Title", "word " * 1_000).startswith(b"\x89PNG")
