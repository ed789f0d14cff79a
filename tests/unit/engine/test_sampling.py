"""Shard plans and the generators of shards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.sampling import generator_for, plan


class TestPlan:
    def test_gives_full_shards_and_the_rest(self):
        assert plan(10, 4) == (4, 4, 2)
        assert plan(8, 4) == (4, 4)
        assert plan(3, 4) == (3,)

    @given(st.integers(1, 10_000), st.integers(1, 500))
    def test_adds_up_with_no_empty_shard(self, total, size):
        shards = plan(total, size)
        assert sum(shards) == total
        assert all(0 < shard <= size for shard in shards)

    @pytest.mark.parametrize(("total", "size"), [(0, 1), (1, 0), (-5, 2)])
    def test_refuses_nothing_to_do(self, total, size):
        with pytest.raises(ValueError, match="at least one draw; you gave"):
            plan(total, size)


class TestGeneratorFor:
    def test_is_what_spawning_would_give(self):
        for shard, sequence in enumerate(np.random.SeedSequence(42).spawn(5)):
            expected = np.random.default_rng(sequence).random(8)
            np.testing.assert_array_equal(generator_for(42, shard, 5).random(8), expected)

    def test_does_not_depend_on_how_many_shards_there_are(self):
        np.testing.assert_array_equal(generator_for(7, 1, 2).random(4), generator_for(7, 1, 900).random(4))

    def test_gives_every_shard_its_own_stream(self):
        firsts = {generator_for(7, shard, 100).random() for shard in range(100)}
        assert len(firsts) == 100

    @pytest.mark.parametrize(("seed", "shard", "shards"), [(-1, 0, 1), (1, 1, 1), (1, -1, 1)])
    def test_refuses_what_is_outside(self, seed, shard, shards):
        with pytest.raises(ValueError, match="must (be 0 or more|lie between)"):
            generator_for(seed, shard, shards)
