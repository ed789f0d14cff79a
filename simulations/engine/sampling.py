"""Cut a run into shards whose draws do not depend on who draws them."""

from __future__ import annotations

import numpy as np


def plan(total: int, shard_size: int) -> tuple[int, ...]:
    """Return the size of each shard of a run of `total` draws.

    Depends on the sizes only, never on the workers: full shards, then what is left. Raises
    ValueError unless both are at least 1.
    """
    if total < 1 or shard_size < 1:
        raise ValueError(f"A run and its shards hold at least one draw; you gave {total} and {shard_size}.")
    full, rest = divmod(total, shard_size)
    return (shard_size,) * full + ((rest,) if rest else ())


def generator_for(seed: int, shard: int, shards: int) -> np.random.Generator:
    """Return the generator of one shard, independent of every other shard's.

    The same as `SeedSequence(seed).spawn(shards)[shard]`, without making the others. Raises
    ValueError for a negative seed or a shard outside the plan.
    """
    if seed < 0:
        raise ValueError(f"A seed must be 0 or more; you gave {seed}.")
    if not 0 <= shard < shards:
        raise ValueError(f"A shard must lie between 0 and {shards - 1}; you gave {shard}.")
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(shard,)))
