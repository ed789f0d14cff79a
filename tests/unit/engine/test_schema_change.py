"""Schema compatibility: the rules beside records that are read, and what a rollout loses beside records drawn."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.models import schema_change
from simulations.engine.models.schema_change import Parameters
from simulations.engine.schemas import Field, unread_seconds, unreadable

VALUES = {"int": 3, "long": 2**40, "double": 0.5, "text": "x"}
TAKES = {"int": int, "long": int, "double": (int, float), "text": str}


def figures(**changes):
    result = schema_change.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def records_of(writer):
    """Return every record of a schema, with each symbol once."""
    choices = [field.symbols if field.kind == "symbol" else (VALUES[field.kind],) for field in writer]
    return [dict(zip([field.name for field in writer], chosen, strict=True)) for chosen in itertools.product(*choices)]


def can_read(reader, record, strict):
    """Return whether a reader makes something of a record, value by value."""
    left = dict(record)
    for field in reader:
        name = next((name for name in (field.name, *field.aliases) if name in left), None)
        if name is None:
            if not field.has_default:
                return False
            continue
        value = left.pop(name)
        if field.kind == "symbol":
            if value not in field.symbols and not field.fallback:
                return False
        elif not isinstance(value, TAKES[field.kind]) or (field.kind == "int" and abs(value) >= 2**31):
            return False
    return not (strict and left)


kinds = st.sampled_from(["int", "long", "double", "text"])
plain = st.builds(Field, st.sampled_from("ab"), kinds, st.booleans(), st.sampled_from([(), ("c",)]))
symbols = st.builds(
    lambda fallback, more: Field("s", "symbol", fallback=fallback, symbols=("p", "q", *more)),
    st.booleans(),
    st.sampled_from([(), ("r",)]),
)
schemas = st.lists(plain | symbols | st.builds(Field, st.just("c"), kinds), max_size=4, unique_by=lambda f: f.name).map(
    tuple
)


def names_twice(reader):
    """Whether two fields of a reader could ask for one name, which a schema may not."""
    names = [name for field in reader for name in (field.name, *field.aliases)]
    return len(names) != len(set(names))


class TestAgainstRecords:
    @settings(max_examples=200, deadline=None)
    @given(schemas.filter(lambda reader: not names_twice(reader)), schemas, st.booleans())
    def test_nothing_hinders_exactly_if_every_record_is_read(self, reader, writer, strict):
        readable = all(can_read(reader, record, strict) for record in records_of(writer))
        assert (not unreadable(reader, writer, strict=strict)) is readable

    @pytest.mark.parametrize("change", list(schema_change._CHANGES))
    @pytest.mark.parametrize("strict", [False, True])
    def test_each_change_is_as_compatible_as_its_records(self, change, strict):
        _, old, new = schema_change._CHANGES[change]
        found = figures(change=change, strict=strict)
        assert found["backward"] == all(can_read(new, record, strict) for record in records_of(old))
        assert found["forward"] == all(can_read(old, record, strict) for record in records_of(new))


class TestAgainstDrawnRecords:
    @pytest.mark.parametrize("order", ["together", "readers", "writers"])
    @pytest.mark.parametrize(("backward", "forward"), [(True, False), (False, True), (False, False)])
    def test_what_meets_a_reader_that_cannot_read_it(self, order, backward, forward):
        length, gap, records = 60.0, 30.0, 400_000
        generator = np.random.default_rng(4)
        end = 2 * length + gap
        at = generator.random(records) * end
        start = {"together": (0.0, 0.0), "readers": (0.0, length + gap), "writers": (length + gap, 0.0)}[order]
        new_reader, new_writer = (
            generator.random(records) < np.clip((at - begins) / length, 0.0, 1.0) for begins in start
        )
        lost = (new_reader & ~new_writer & (not backward)) | (~new_reader & new_writer & (not forward))
        found = unread_seconds(length, gap, order, backward=backward, forward=forward)
        assert lost.mean() * end == pytest.approx(found, abs=5 * 0.5 * end / records**0.5)

    def test_renaming_at_once(self):
        assert figures()["unread"] == pytest.approx(1_000 * 1_800 / 3)
        assert figures(change="symbol", order="writers")["unread"] == pytest.approx(1_000 * 90 * 60)
        assert figures(change="symbol", order="readers")["unread"] == 0.0

    def test_what_is_kept_is_lost_to_readers_that_look_back(self):
        assert figures(change="add", order="writers", kept=2)["kept_unread"] == 1_000 * 2 * 86_400
        result = schema_change.evaluate(parameters.parse(Parameters, {"change": "add", "order": "writers"}))
        assert "604,800,000 records that are kept cannot be read" in result.narrative
