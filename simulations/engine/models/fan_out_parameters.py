"""Describe the inputs of the model of pushing and pulling posts."""

from __future__ import annotations

from dataclasses import dataclass

from simulations.engine import parameters
from simulations.engine.followers import Pareto, SharedLists, Timelines, Uniform

DAY = 86_400.0
"""Seconds of a day."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Load, who follows whom, where pushing ends, what pulling costs, and how fast posts are written."""

    threshold: float = parameters.number(
        10_000.0,
        minimum=1,
        maximum=50_000_000,
        step=1,
        unit="followers",
        label="Push up to",
        help="Authors with more followers are pulled; at the right end everybody is pushed.",
        scale="log",
    )
    spread: str = parameters.choice(
        "unlike",
        options=(("unlike", "A few have most"), ("alike", "All alike")),
        label="Followers",
        help="Whether authors differ in followers as people do, or all have this author's.",
    )
    pull: str = parameters.choice(
        "readers",
        options=(("readers", "Each reader fetches"), ("servers", "Servers share a copy")),
        label="Pulling",
        help="Who fetches a big author's list: every reader each time, or servers now and then.",
    )
    price: float = parameters.number(
        0.05,
        minimum=0.001,
        maximum=2,
        step=0.001,
        unit="writes",
        label="Reading a list costs",
        help="One read of a big author's list by a reader, in timeline writes.",
        scale="log",
    )
    followers: float = parameters.number(
        1_000.0,
        minimum=1,
        maximum=50_000_000,
        step=1,
        unit="followers",
        label="This author has",
        help="Followers of the author whose post is played; of every author where all are alike.",
        scale="log",
    )
    posts: float = parameters.number(
        4_600.0,
        minimum=1,
        maximum=20_000,
        step=1,
        unit="1/s",
        label="Posts",
        help="Posts a second of all authors together.",
        scale="log",
    )
    reads: float = parameters.number(
        300_000.0,
        minimum=1_000,
        maximum=1_000_000,
        step=1_000,
        unit="1/s",
        label="Timeline reads",
        help="Timelines opened a second.",
        scale="log",
    )
    followees: float = parameters.number(
        200.0,
        minimum=10,
        maximum=1_000,
        step=1,
        unit="",
        label="Each reader follows",
        help="Mean authors that a reader follows; where authors differ, also their mean of followers.",
        scale="log",
    )
    exponent: float = parameters.number(
        1.2,
        minimum=1.05,
        maximum=3,
        step=0.05,
        unit="",
        label="Tail exponent",
        help="The lower, the more of all follows lead to a few authors.",
    )
    most: float = parameters.number(
        50_000_000.0,
        minimum=100_000,
        maximum=200_000_000,
        step=1_000,
        unit="followers",
        label="The most followed has",
        help="Nobody has more followers than this.",
        scale="log",
    )
    eagerness: float = parameters.number(
        1.0,
        minimum=1,
        maximum=20,
        step=0.5,
        unit="times",
        label="Pulled authors post",
        help="How often authors beyond the threshold post, as a multiple of the others.",
    )
    rate: float = parameters.number(
        300_000.0,
        minimum=1_000,
        maximum=10_000_000,
        step=1_000,
        unit="1/s",
        label="A worker writes",
        help="Timeline writes a second of one delivery worker.",
        scale="log",
    )
    workers: int = parameters.number(
        4,
        minimum=1,
        maximum=64,
        step=1,
        unit="",
        label="Workers",
        help="Delivery workers; each delivers one post at a time.",
        integer=True,
    )
    servers: int = parameters.number(
        1_000,
        minimum=1,
        maximum=100_000,
        step=1,
        unit="",
        label="Servers with a copy",
        help="Application servers that keep the lists of pulled authors; a fetch costs one write.",
        scale="log",
        integer=True,
    )
    refresh: float = parameters.number(
        10.0,
        minimum=1,
        maximum=600,
        step=1,
        unit="s",
        label="They fetch every",
        help="How old a server's copy may become.",
        scale="log",
    )
    posts_a_day: float = parameters.number(
        10.0,
        minimum=0.1,
        maximum=1_000,
        step=0.1,
        unit="",
        label="An author posts a day",
        help="Mean posts a day of one author; with all posts it gives the number of authors.",
        scale="log",
    )


def service(settings: Parameters) -> Timelines:
    """Return the service with its load and prices."""
    alike = settings.spread == "alike"
    return Timelines(
        settings.posts,
        settings.reads,
        settings.followees,
        Uniform(settings.followers)
        if alike
        else Pareto.with_mean(settings.followees, settings.exponent, settings.most),
        settings.price,
        settings.eagerness,
        SharedLists(float(settings.servers), settings.refresh, settings.posts_a_day / DAY)
        if settings.pull == "servers"
        else None,
    )
