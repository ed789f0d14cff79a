"""Compute what pushing posts into timelines and pulling them costs, for like and for unlike authors.

Rates are a second. Where followers are unlike, they follow a Pareto distribution with the given mean and
exponent; `most` is the most followers that anybody has, and 0 stands for no bound.
"""

from __future__ import annotations

import math

import numpy as np

from simulations.engine.followers import Pareto, SharedLists
from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_number,
    as_positive,
    rounded,
    write,
)

_DAY = 86_400.0


def push_writes(posts: float, followers: float) -> float:
    """Return the timeline writes when every post goes to every follower."""
    return as_positive("posts", posts) * as_positive("followers", followers)


def pull_lookups(reads: float, followees: float) -> float:
    """Return the lists read when every read of a timeline asks for all followees."""
    return as_positive("reads", reads) * as_positive("followees", followees)


def push_pull_crossover(posts: float, reads: float, followees: float) -> float:
    """Return the followers of every author at which pushing writes as much as pulling reads."""
    return pull_lookups(reads, followees) / as_positive("posts", posts)


def mean_followers(authors: float, followers: float, users: float) -> float:
    """Return the mean over all users of the follows that lead to some authors alone."""
    return as_positive("authors", authors) * as_positive("followers", followers) / as_positive("users", users)


def two_class_writes(
    users: float,
    posts: float,
    celebrities: float,
    celebrity_followers: float,
    followers: float,
    *,
    eagerness: float = 1,
) -> float:
    """Return the timeline writes of a population of celebrities and others, who post `posts` together.

    `followers` is the mean of the others; a celebrity posts `eagerness` times as often as they.
    """
    everybody = as_positive("users", users)
    few = as_number("celebrities", celebrities, 0.0, everybody)
    times = as_positive("eagerness", eagerness)
    rate = as_positive("posts", posts) / everybody
    to_celebrities = few * times * as_positive("celebrity_followers", celebrity_followers)
    return rate * (to_celebrities + (everybody - few) * as_positive("followers", followers))


def pareto_least(mean: float, exponent: float, most: float = 0) -> float:
    """Return the fewest followers that an author has."""
    return _pareto(mean, exponent, most).least


def pareto_author_share(threshold: float, mean: float, exponent: float, most: float = 0) -> float:
    """Return the share of authors with more followers than the threshold."""
    beyond = np.array(as_positive("threshold", threshold))
    return float(_pareto(mean, exponent, most).authors_above(beyond))


def pareto_edge_share(threshold: float, mean: float, exponent: float, most: float = 0) -> float:
    """Return the share of all follows that lead to authors above the threshold."""
    beyond = np.array(as_positive("threshold", threshold))
    return float(_pareto(mean, exponent, most).edges_above(beyond))


def hybrid_writes(posts: float, threshold: float, mean: float, exponent: float, most: float = 0) -> float:
    """Return the timeline writes when authors above the threshold are pulled."""
    return as_positive("posts", posts) * mean * (1.0 - pareto_edge_share(threshold, mean, exponent, most))


def hybrid_lookups(reads: float, threshold: float, mean: float, exponent: float, most: float = 0) -> float:
    """Return the lists read then, by readers who follow as many as follow an author."""
    return as_positive("reads", reads) * mean * pareto_edge_share(threshold, mean, exponent, most)


def shared_list_threshold(servers: float, refresh_s: float, posts_a_day: float) -> float:
    """Return the followers beyond which servers had better fetch an author's list every `refresh_s`."""
    posts = as_positive("posts_a_day", posts_a_day) / _DAY
    return SharedLists(as_positive("servers", servers), as_positive("refresh_s", refresh_s), posts).threshold


def delivery_s(followers: float, rate: float) -> float:
    """Return the seconds in which one post reaches all followers at `rate` writes a second."""
    return as_positive("followers", followers) / as_positive("rate", rate)


def _pareto(mean: float, exponent: float, most: float) -> Pareto:
    average, power = as_number("mean", mean, 1e-3, 1e9), as_number("exponent", exponent, 1.001, 20.0)
    bound = as_number("most", most, 0.0, LONGEST)
    if 0.0 < bound < 2.0 * average:
        raise ValueError(f"most must be 0 or at least twice the mean, {write(2.0 * average)}; you gave {write(bound)}.")
    return Pareto.with_mean(average, power, bound or math.inf)


def _explain_power(threshold: float, power: float, least: float, most: float, result: float) -> str:
    line = f"({write(threshold)} / {rounded(least)}) ** {write(power)}"
    return f"{line}, cut off at {write(most)}: {rounded(result)}" if most else f"{line} = {rounded(result)}"


FUNCTIONS = (
    EngineFunction("push_writes", push_writes, "Writes when all is pushed.", "{posts} * {followers} = {result}"),
    EngineFunction("pull_lookups", pull_lookups, "Lists read when all is pulled.", "{reads} * {followees} = {result}"),
    EngineFunction(
        "push_pull_crossover",
        push_pull_crossover,
        "Followers at which pushing and pulling do equally many operations.",
        "{reads} * {followees} / {posts} = {result}",
    ),
    EngineFunction(
        "mean_followers",
        mean_followers,
        "Mean follows that some authors account for.",
        "{authors} * {followers} / {users} = {result}",
    ),
    EngineFunction(
        "two_class_writes",
        two_class_writes,
        "Writes of celebrities and others.",
        "{posts} / {users} * ({celebrities} * {eagerness} * {celebrity_followers} + ({users} - {celebrities}) * "
        "{followers}) = {result}",
    ),
    EngineFunction(
        "pareto_least",
        pareto_least,
        "Fewest followers of an author.",
        lambda mean, exponent, most, result: (
            f"{write(mean)} * ({write(exponent)} - 1) / {write(exponent)} = {rounded(result)}"
            if not most
            else f"mean {write(mean)}, exponent {write(exponent)}, cut off at {write(most)}: {rounded(result)}"
        ),
    ),
    EngineFunction(
        "pareto_author_share",
        pareto_author_share,
        "Share of authors above a threshold.",
        lambda threshold, mean, exponent, most, result: _explain_power(
            threshold, -exponent, pareto_least(mean, exponent, most), most, result
        ),
    ),
    EngineFunction(
        "pareto_edge_share",
        pareto_edge_share,
        "Share of follows that lead to authors above a threshold.",
        lambda threshold, mean, exponent, most, result: _explain_power(
            threshold, 1.0 - exponent, pareto_least(mean, exponent, most), most, result
        ),
    ),
    EngineFunction(
        "hybrid_writes",
        hybrid_writes,
        "Writes when big authors are pulled.",
        lambda posts, threshold, mean, exponent, most, result: (
            f"{write(posts)} * {write(mean)} * (1 - {pareto_edge_share(threshold, mean, exponent, most):.4g}) = "
            f"{rounded(result)}"
        ),
    ),
    EngineFunction(
        "hybrid_lookups",
        hybrid_lookups,
        "Lists read when big authors are pulled.",
        lambda reads, threshold, mean, exponent, most, result: (
            f"{write(reads)} * {write(mean)} * {pareto_edge_share(threshold, mean, exponent, most):.4g} = "
            f"{rounded(result)}"
        ),
    ),
    EngineFunction(
        "shared_list_threshold",
        shared_list_threshold,
        "Followers beyond which a shared list is cheaper.",
        "{servers} / ({refresh_s} * {posts_a_day} / 86400) = {result}",
    ),
    EngineFunction("delivery_s", delivery_s, "Seconds until a post is everywhere.", "{followers} / {rate} = {result}"),
)
"""The named functions of this module."""
