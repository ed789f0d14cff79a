"""The histogram, held to its promised error and to exact merging."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import histogram as module
from simulations.engine.histogram import LARGEST, RELATIVE_ERROR, SMALLEST, Histogram

QUANTILES = (0.0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0)


def histogram_of(values):
    histogram = Histogram()
    histogram.add(values)
    return histogram


def datasets():
    generator = np.random.default_rng(20_26)
    n = 20_000
    return {
        "constant": np.full(n, 13.5),
        "uniform": generator.uniform(0.0, 1e6, n),
        "exponential": generator.exponential(5.0, n),
        "lognormal": generator.lognormal(2.7, 2.0, n),
        "pareto": generator.pareto(1.05, n) + 1.0,
        "two_mode": np.where(generator.random(n) < 0.01, 500.0, 5.0) * generator.exponential(1.0, n) + 10.0,
        "powers_of_two": 2.0 ** generator.integers(-19, 40, n),
        "bucket_edges": generator.choice(module.bucket_edges()[1:], n),
        "below_edges": np.nextafter(generator.choice(module.bucket_edges()[2:], n), 0.0),
        "tiny_and_huge": generator.choice([SMALLEST, 1.0, LARGEST], n),
        "one": np.array([7.25]),
    }


DATASETS = datasets()


class TestQuantile:
    @pytest.mark.parametrize("name", DATASETS)
    def test_keeps_its_promise(self, name):
        values = DATASETS[name]
        ordered = np.sort(values)
        found = histogram_of(values)
        for q in QUANTILES:
            exact = ordered[max(math.ceil(round(q * len(values), 9)), 1) - 1]
            assert found.quantile(q) == pytest.approx(exact, rel=RELATIVE_ERROR), q

    @given(
        st.lists(st.floats(SMALLEST, LARGEST), min_size=1, max_size=60),
        st.integers(0, 1000).map(lambda permille: permille / 1000),
    )
    def test_keeps_its_promise_for_anything(self, values, q):
        rank = max(-(-round(q * 1000) * len(values) // 1000), 1)
        assert histogram_of(values).quantile(q) == pytest.approx(sorted(values)[rank - 1], rel=RELATIVE_ERROR)

    def test_takes_q_as_the_decimal_it_is_written_as(self):
        values = np.arange(1.0, 1001.0)
        assert histogram_of(values).quantile(0.99) == pytest.approx(990.0, rel=RELATIVE_ERROR)
        assert histogram_of([1.0] * 999 + [9.0]).quantile(0.999) == pytest.approx(1.0, rel=RELATIVE_ERROR)

    def test_ends_are_exact(self):
        found = histogram_of([13.37, 99.99])
        assert (found.quantile(0.0), found.quantile(1.0)) == (13.37, 99.99)

    @pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
    def test_refuses_a_quantile_outside(self, q):
        with pytest.raises(ValueError, match="must lie between 0 and 1"):
            histogram_of([1.0]).quantile(q)


class TestAdd:
    def test_counts_zero_and_what_is_too_small_as_zero(self):
        found = histogram_of([0.0, SMALLEST / 2, 1.0])
        assert found.quantile(0.5) == 0.0
        assert found.count == 3

    def test_takes_any_shape(self):
        assert histogram_of(np.ones((3, 4))).count == 12

    @pytest.mark.parametrize("bad", [-1.0, LARGEST * 2, math.nan, math.inf])
    def test_refuses_and_counts_nothing(self, bad):
        found = Histogram()
        with pytest.raises(ValueError, match="counts values from 0 to"):
            found.add([1.0, bad])
        assert found == Histogram()

    def test_mean_is_exact_to_the_quantum(self):
        values = DATASETS["two_mode"]
        assert histogram_of(values).mean == pytest.approx(math.fsum(values) / len(values), abs=SMALLEST)

    def test_sum_survives_a_chunk_of_the_largest_values(self):
        values = np.full(40_000, LARGEST)
        assert histogram_of(values).mean == LARGEST

    @pytest.mark.parametrize("largest", [2.0**18, 2.0**18 + 1.0, 2.0**19, 2.0**20, 2.0**24, 2.0**27, 2.0**27 + 1.0])
    def test_sum_of_a_whole_chunk_is_exact_on_both_sides_of_each_way_to_sum(self, largest):
        quanta = np.random.default_rng(1).integers(0, 2**16, 24576)
        quanta[0] += 1 - quanta.sum() % 2  # an odd sum, which no float beyond 2**53 is
        values = largest - quanta * 2.0**-20

        assert histogram_of(values).to_json()["total"] == str(sum(round(value * 2**20) for value in values.tolist()))

    def test_sum_keeps_the_small_part_of_large_values(self):
        assert histogram_of([2.0**28 + 3.25] * 3).mean == 2.0**28 + 3.25

    def test_keeps_both_ends_exactly(self):
        found = histogram_of([13.37, 5.0, 99.99])
        assert (found.minimum, found.maximum) == (5.0, 99.99)

    def test_adding_nothing_changes_nothing(self):
        found = Histogram()
        found.add([])
        assert found == Histogram()

    @pytest.mark.parametrize("read", ["minimum", "maximum", "mean"])
    def test_empty_histogram_has_no_figures(self, read):
        with pytest.raises(ValueError, match="empty"):
            getattr(Histogram(), read)

    def test_empty_histogram_has_no_quantile(self):
        with pytest.raises(ValueError, match="empty"):
            Histogram().quantile(0.5)


parts = st.lists(st.lists(st.floats(0.0, LARGEST), max_size=20), min_size=1, max_size=6)


class TestMerge:
    @given(parts, st.randoms(use_true_random=False))
    def test_any_order_and_grouping_gives_the_same_bytes(self, lists, random):
        whole = histogram_of(list(itertools.chain(*lists)))
        pile = [histogram_of(values) for values in lists]
        while len(pile) > 1:
            random.shuffle(pile)
            pile.append(pile.pop().merge(pile.pop()))
        assert pile[0].to_bytes() == whole.to_bytes()

    def test_leaves_both_parts_alone(self):
        first, second = histogram_of([1.0]), histogram_of([2.0])
        first.merge(second)
        assert (first, second) == (histogram_of([1.0]), histogram_of([2.0]))

    def test_empty_is_neutral(self):
        found = histogram_of([1.0, 2.0])
        assert found.merge(Histogram()) == found == Histogram().merge(found)


class TestCumulative:
    def test_counts_below_each_edge_exactly(self):
        values = DATASETS["lognormal"]
        edges, below = histogram_of(values).cumulative()
        assert below[0] == 0
        assert below[-1] == len(values)
        np.testing.assert_array_equal(below, np.searchsorted(np.sort(values), edges))

    def test_starts_at_zero_when_zero_was_counted(self):
        edges, below = histogram_of([0.0, 0.0, 1.0]).cumulative()
        assert (edges[0], below[1]) == (0.0, 2)

    def test_ends_with_the_last_bucket_that_holds_anything(self):
        edges, below = histogram_of([1.0]).cumulative()
        assert (edges.size, below.size) == (2, 2)

    def test_is_empty_for_an_empty_histogram(self):
        edges, below = Histogram().cumulative()
        assert edges.size == below.size == 0


class TestWriting:
    @settings(max_examples=40)
    @given(st.lists(st.floats(0.0, LARGEST), max_size=30))
    def test_reads_back_what_it_wrote(self, values):
        found = histogram_of(values)
        assert Histogram.from_bytes(found.to_bytes()) == found
        assert Histogram.from_json(json.loads(json.dumps(found.to_json()))) == found

    def test_reads_back_many_of_a_kind(self):
        found = histogram_of([3.0] * 1_000)
        assert Histogram.from_json(found.to_json()) == found

    def test_is_compact(self):
        assert len(histogram_of(DATASETS["two_mode"]).to_bytes()) < 4_000

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"buckets": [[1]], "total": "0"},
            {"buckets": [[-1, 1]], "total": "0", "minimum": 0, "maximum": 0},
            {"buckets": [[0, True]], "total": "0", "minimum": 0, "maximum": 0},
            {"buckets": [[10**9, 1]], "total": "0", "minimum": 0, "maximum": 0},
            {"buckets": [[7_682, 1]], "total": "0", "minimum": 0, "maximum": 0},
            {"buckets": [[1, 2**62 + 1]], "total": "0", "minimum": 0, "maximum": 0},
            {"buckets": 7, "total": "0"},
            {"buckets": [], "total": "many"},
        ],
    )
    def test_refuses_json_of_something_else(self, data):
        with pytest.raises(ValueError, match="This is not a histogram"):
            Histogram.from_json(data)

    def test_keeps_the_last_bucket(self):
        found = histogram_of([LARGEST])
        assert Histogram.from_bytes(found.to_bytes()) == found

    def test_refuses_counts_beyond_the_last_bucket(self):
        plain = module.zlib.decompress(histogram_of(np.linspace(1.0, 9.0, 99)).to_bytes())
        magic, minimum, maximum, total, _, length = module._HEADER.unpack_from(plain)
        header = module._HEADER.pack(magic, minimum, maximum, total, 7_682 - 1, length)
        with pytest.raises(ValueError, match="the header does not fit"):
            Histogram.from_bytes(module.zlib.compress(header + plain[module._HEADER.size :]))

    def test_refuses_bytes_of_something_else(self):
        whole = module.zlib.decompress(histogram_of([1.0, 2.0]).to_bytes())
        for plain in (b"", b"short", b"XXXX" + whole[4:], whole[:-8], whole[:-3]):
            with pytest.raises(ValueError, match="not a histogram"):
                Histogram.from_bytes(module.zlib.compress(plain))
        with pytest.raises(ValueError, match="not a histogram"):
            Histogram.from_bytes(b"not zlib")


class TestBuckets:
    def test_are_as_many_as_the_format_says(self):
        assert len(module.bucket_edges()) == 60 * 128 + 2
        assert RELATIVE_ERROR == 0.005
        assert histogram_of([1.0]).to_json()["total"] == str(2**20)

    def test_edges_rise_from_zero_to_the_largest_by_less_than_the_promise(self):
        edges = module.bucket_edges()
        assert (edges[0], edges[1], edges[-1]) == (0.0, SMALLEST, LARGEST)
        width = np.diff(edges[1:]) / (edges[2:] + edges[1:-1])
        assert width.min() > 0.0
        assert width.max() < RELATIVE_ERROR

    def test_an_edge_opens_its_bucket_and_what_is_just_below_closes_the_one_before(self):
        edges = module.bucket_edges()[1:]
        at, before = histogram_of(edges), histogram_of(np.nextafter(edges, 0.0))
        assert [count for _, count in at.to_json()["buckets"]] == [1] * len(edges)
        assert [bucket for bucket, _ in at.to_json()["buckets"]] == list(range(1, len(edges) + 1))
        assert [bucket for bucket, _ in before.to_json()["buckets"]] == list(range(len(edges)))

    def test_minus_zero_is_zero(self):
        assert histogram_of([-0.0]).to_json()["buckets"] == [[0, 1]]


class TestFromCounts:
    def test_is_the_histogram_of_values_with_those_counts(self):
        found = histogram_of([1.0, 3.0, 3.0])
        buckets = dict(found.to_json()["buckets"])
        counts = np.array([buckets.get(bucket, 0) for bucket in range(len(module.bucket_edges()))])
        assert Histogram.from_counts(counts, minimum=1.0, maximum=3.0, total=7.0) == found

    def test_of_nothing_is_empty(self):
        counts = np.zeros(len(module.bucket_edges()), dtype=np.int64)
        assert Histogram.from_counts(counts, minimum=0.0, maximum=0.0, total=0.0) == Histogram()

    def test_refuses_another_number_of_buckets(self):
        with pytest.raises(ValueError, match="was given \\(3,\\)"):
            Histogram.from_counts(np.ones(3, dtype=np.int64), minimum=0.0, maximum=1.0, total=1.0)

    def test_refuses_a_count_below_nothing(self):
        counts = np.ones(len(module.bucket_edges()), dtype=np.int64)
        counts[7] = -1
        with pytest.raises(ValueError, match="counts of 0 or more"):
            Histogram.from_counts(counts, minimum=0.0, maximum=LARGEST, total=1.0)

    def test_takes_ends_at_the_edges_of_their_buckets(self):
        counts = np.zeros(len(module.bucket_edges()), dtype=np.int64)
        bucket = histogram_of([1.0]).to_json()["buckets"][0][0]
        counts[bucket] = 2
        low, high = module.bucket_edges()[[bucket, bucket + 1]].tolist()
        assert Histogram.from_counts(counts, minimum=low, maximum=high, total=2.0).maximum == high

    @pytest.mark.parametrize(("minimum", "maximum"), [(0.999, 1.0), (1.0, 1.01), (1.0, 2.0), (1.003, 1.001)])
    def test_refuses_ends_outside_their_buckets(self, minimum, maximum):
        counts = np.zeros(len(module.bucket_edges()), dtype=np.int64)
        counts[histogram_of([1.0]).to_json()["buckets"][0][0]] = 1
        with pytest.raises(ValueError, match="do not lie between"):
            Histogram.from_counts(counts, minimum=minimum, maximum=maximum, total=1.0)


class TestEquality:
    def test_differs_from_other_things(self):
        assert histogram_of([1.0]) != "histogram"
        assert histogram_of([1.0]) != histogram_of([1.0, 1.0])

    def test_says_what_it_holds(self):
        assert repr(histogram_of([1.0, 2.0])) == "Histogram(count=2, minimum=1.0, maximum=2.0)"
        assert repr(Histogram()) == "Histogram(empty)"
