"""Draw pushing and pulling: the cost by threshold, who is followed, how long delivery takes."""

from __future__ import annotations

import numpy as np

from simulations.engine.followers import Timelines
from simulations.engine.result import Axis, Chart, Series, Table

_POINTS = 121
_DOTS = 100
_EVERYBODY = np.geomspace(1.0, 5e7, _POINTS)
_TABLE_THRESHOLDS = (1e3, 1e4, 1e5, 1e6, 1e7)


def cost_chart(service: Timelines, threshold: float) -> Chart:
    """Return the cost of pushed writes, of pulled reads and of both, against the threshold."""
    tried = np.geomspace(max(service.followers.least / 2.0, 1.0), 2.0 * service.followers.most, _POINTS)
    writes, total = service.writes(tried), service.cost(tried)
    here = float(service.cost(np.array(threshold)))
    x = tuple(tried.tolist())
    return Chart(
        name="cost",
        title="Cost by threshold",
        x=Axis("push up to so many", "followers", "log"),
        y=Axis("cost", "writes/s", "log"),
        series=(
            Series("total", "total", x, tuple(total.tolist())),
            Series("writes", "pushed", x, tuple(writes.tolist())),
            Series("reads", "pulled", x, tuple((total - writes).tolist())),
            Series("here", "this setting", (min(max(threshold, x[0]), x[-1]),), (here,), "dots"),
        ),
        caption="Reads are priced in writes. With a constant price a reader the total has its minimum at an end.",
    )


def authors_chart(service: Timelines, threshold: float) -> Chart:
    """Return the shares of authors, and of follows, above each number of followers."""
    tried = np.geomspace(max(service.followers.least / 2.0, 1.0), service.followers.most, _POINTS)
    x = tuple(tried.tolist())
    authors, edges = service.followers.authors_above, service.followers.edges_above
    place = min(max(threshold, x[0]), x[-1])
    here = (100.0 * float(edges(np.array(place))), 100.0 * float(authors(np.array(place))))
    return Chart(
        name="authors",
        title="Who is followed",
        x=Axis("more than so many", "followers", "log"),
        y=Axis("share", "%", "linear"),
        series=(
            Series("edges", "of all follows", x, tuple((100.0 * edges(tried)).tolist())),
            Series("authors", "of all authors", x, tuple((100.0 * authors(tried)).tolist())),
            Series("here", "this setting", (place, place), here, "dots"),
        ),
        caption="Between the two lines lies the problem: few authors, many follows.",
    )


def dots(service: Timelines) -> dict[str, list[float]]:
    """Return followers of a hundred authors, and of the authors of a hundred follows: the middle of each hundredth."""
    shares = (np.arange(_DOTS) + 0.5) / _DOTS
    return {
        "authors": service.followers.authors_at(shares)[::-1].tolist(),
        "follows": service.followers.edges_at(shares)[::-1].tolist(),
    }


def delivery_chart(service: Timelines, threshold: float, rate: float) -> Chart:
    """Return the share of pushed posts, and of their writes, whose delivery takes longer than t."""
    top = min(threshold, service.followers.most)
    low = min(service.followers.least, top)
    followers = np.geomspace(low * 0.5, top, _POINTS)
    authors, edges = (
        _beyond(share(followers), float(share(np.array(top))))
        for share in (service.followers.authors_above, service.followers.edges_above)
    )
    x = tuple((followers / rate).tolist())
    return Chart(
        name="delivery",
        title="Time to deliver",
        x=Axis("time from first write to last", "s", "log"),
        y=Axis("share that takes longer", "%", "linear"),
        series=(
            Series("writes", "of writes", x, tuple((100.0 * edges).tolist())),
            Series("posts", "of pushed posts", x, tuple((100.0 * authors).tolist())),
        ),
        caption="Most posts are everywhere at once; most writes belong to posts that are not.",
    )


def crossover_chart(service: Timelines, followers: float) -> Chart:
    """Return pushed writes and pulled reads if every author had as many followers."""
    x = tuple(_EVERYBODY.tolist())
    pulled = service.reads * service.followees
    return Chart(
        name="crossover",
        title="If all were alike",
        x=Axis("followers of every author", "followers", "log"),
        y=Axis("operations", "1/s", "log"),
        series=(
            Series("push", "pushed writes", x, tuple((service.posts * _EVERYBODY).tolist())),
            Series("pull", "pulled reads", x, (pulled,) * _POINTS),
            Series("here", "this author's", (followers, followers), (service.posts * followers, pulled), "dots"),
        ),
        caption="The lines cross only because readers follow a fixed number. For each follow, followers cancel out.",
    )


def threshold_table(service: Timelines, threshold: float) -> Table:
    """Return shares, operations and cost at round thresholds and at the chosen one."""
    rows = []
    for each in sorted({*_TABLE_THRESHOLDS, threshold}):
        at = np.array(each)
        rows.append(
            (
                each,
                100.0 * float(service.followers.authors_above(at)),
                100.0 * float(service.followers.edges_above(at)),
                float(service.writes(at)),
                float(service.lookups(at)),
                float(service.cost(at)),
            )
        )
    return Table(
        name="thresholds",
        caption="What is pushed and what is pulled, by the number of followers up to which posts are pushed.",
        columns=("push up to", "authors above, %", "follows above, %", "writes/s", "list reads/s", "cost, writes/s"),
        rows=tuple(rows),
    )


def _beyond(share: np.ndarray, above_top: float) -> np.ndarray:
    """Return shares of what lies at or below the top; nothing where all lies above it."""
    kept = 1.0 - above_top
    return (share - above_top) / kept if kept > 0.0 else np.zeros_like(share)
