"""Guesses at several values at once: curves drawn, cards placed, requests ticked, marks set; and how far they are off.

Whatever its shape, a guess is numbers under the names that its prompt lists, all on one axis: seven heights a curve,
a place a card, 1 or 0 a tick, a place for a mark. So one formula scores them all:

    score = mean over all values of |place(guess) - place(truth)|

where `place` is the decimal logarithm on a logarithmic axis, that of the odds on a logit one (shares close to 1), and
the share of the axis on a linear one. It is in the
unit of the interval's score (decades, or widths of the axis): 0 is perfect, lower is better, and 10 ** score is the
factor by which a guess on a logarithmic axis is off on average (its geometric mean). Ticks lie at 0 and 1, so that
theirs is the share that is wrong. The truth is taken to the axis' ends where it lies outside: nobody could have drawn
it there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from simulations.engine.normal import FloatArray
from simulations.engine.parameters import Fault, Scale
from simulations.engine.result import Result

Shape = Literal["curve", "placement", "ticks", "mark"]
Values = Mapping[str, tuple[float, ...]]

MARK = "mark"
"""The name under which a mark's place stands."""

_LONGEST_SHOWN = 60


class InvalidGuess(ValueError):
    """Raised when what was sent is no guess of its prompt; carries every fault at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


@dataclass(frozen=True, slots=True)
class GuessPrompt:
    """What a scene asks to be drawn, placed, ticked or marked before it shows the truth.

    `parameters` are the settings asked about, `names` what numbers are guessed for, and `truth(settings, result)`
    reads the numbers from the engine's result there. A curve has a height at each of `knots`; the others have one
    number a name. `minimum`, `maximum` and `scale` describe the axis of all of them. A value no further than `near`
    from its truth, in the unit of the score, counts as right where rights are counted.
    """

    name: str
    question: str
    shape: Shape
    parameters: Mapping[str, object]
    names: tuple[str, ...]
    minimum: float
    maximum: float
    scale: Scale
    unit: str
    truth: Callable[[Any, Result], Values]
    knots: tuple[float, ...] = ()
    near: float | None = None

    @property
    def size(self) -> int:
        """How many numbers stand under each name."""
        return len(self.knots) or 1

    def read(self, raw: object) -> dict[str, tuple[float, ...]]:
        """Return the values that a JSON value holds; raises InvalidGuess naming every fault.

        An object with each name once: a list of numbers a curve, else a number; for ticks true or false will do.
        """
        if not isinstance(raw, Mapping):
            shown = _shown(raw)
            message = f"guess must be an object with {self._listed()}; you gave {shown}."
            raise InvalidGuess((Fault("guess", shown, message),))
        unknown = next((str(name) for name in raw if name not in self.names), None)
        faults = [] if unknown is None else [self._unknown(unknown)]
        values: dict[str, tuple[float, ...]] = {}
        for name in self.names:
            try:
                values[name] = self._values(name, raw.get(name))
            except InvalidGuess as error:
                faults += error.faults
        if faults:
            raise InvalidGuess(faults)
        return values

    def score(self, guess: Values, truth: Values) -> float:
        """Return the mean distance of a guess from the truth, in decades or in widths of the axis; 0 is perfect."""
        return float(np.mean(self._distances(guess, truth)))

    def right(self, guess: Values, truth: Values) -> int:
        """Return how many values lie `near` the truth, or on it where nothing says how near."""
        return int(np.count_nonzero(self._distances(guess, truth) <= (self.near or 0.0) + 1e-9))

    def _distances(self, guess: Values, truth: Values) -> FloatArray:
        pairs = [pair for name in self.names for pair in zip(guess[name], truth[name], strict=True)]
        return np.array([abs(self._place(guessed) - self._place(actual)) for guessed, actual in pairs])

    def _place(self, value: float) -> float:
        kept = min(max(value, self.minimum), self.maximum)
        if self.scale == "log":
            return math.log10(kept)
        if self.scale == "logit":
            return math.log10(kept / (1.0 - kept))
        return (kept - self.minimum) / (self.maximum - self.minimum)

    def _values(self, name: str, given: object) -> tuple[float, ...]:
        row: Sequence[object] = given if isinstance(given, list) else (given,)
        if isinstance(given, list) != bool(self.knots) or len(row) != self.size:
            wanted = f"a list of {self.size} numbers, one a knot" if self.knots else f"a number {self._bounds()}"
            raise InvalidGuess((self._fault(name, given, f"must be {wanted}"),))
        numbers = []
        for value in row:
            number = self._number(value)
            if number is None:
                raise InvalidGuess((self._fault(name, value, f"must lie {self._bounds()}"),))
            numbers.append(number)
        return tuple(numbers)

    def _number(self, value: object) -> float | None:
        """Return a value as a number on the axis, None where it is none."""
        if isinstance(value, bool) and self.shape != "ticks":
            return None
        if not isinstance(value, (bool, int, float)):
            return None
        if self.shape == "ticks" and value not in (0, 1):
            return None
        return float(value) if self.minimum <= value <= self.maximum else None

    def _bounds(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"between {self.minimum:,g} and {self.maximum:,g}{unit}"

    def _listed(self) -> str:
        return ", ".join(self.names)

    def _unknown(self, name: str) -> Fault:
        shown = name[:_LONGEST_SHOWN]
        message = f"guess knows {self._listed()}; you gave {shown}. Leave it out."
        return Fault(f"guess.{shown}", shown, message)

    def _fault(self, name: str, given: object, demand: str) -> Fault:
        shown = _shown(given)
        return Fault(f"guess.{name}", shown, f"guess.{name} {demand}; you gave {shown}.")


def curves(chart: str, names: Sequence[str], knots: Sequence[float]) -> Callable[[Any, Result], Values]:
    """Return how to read the heights at the knots from series of a chart.

    Between the engine's points they are interpolated on the chart's own scales. Raises KeyError for a chart or series
    that the result does not have, ValueError for a knot that a series does not reach.
    """

    def read(_: Any, result: Result) -> Values:
        drawn = {each.name: each for each in result.charts}[chart]
        series = {each.name: each for each in drawn.series}
        return {
            name: _heights(series[name].x, series[name].y, knots, across=drawn.x.scale, up=drawn.y.scale)
            for name in names
        }

    return read


def mark(figure: str, *, unit: float = 1.0) -> Callable[[Any, Result], Values]:
    """Return how to read a mark's place: a figure of the result, as a multiple of `unit`."""
    return lambda _, result: {MARK: (result.figure(figure).value / unit,)}


def quartiles(
    names: Sequence[str], guesses: Sequence[Mapping[str, Sequence[float]]]
) -> dict[str, list[tuple[float, float, float]]]:
    """Return lower quartile, median and upper quartile of several guesses, for each number under each name.

    Interpolated linearly between neighbours (Hyndman and Fan, 1996, definition 7). Raises ValueError for no guesses.
    """
    if not guesses:
        raise ValueError("Quartiles need at least one guess.")
    rows = {name: np.quantile([guess[name] for guess in guesses], (0.25, 0.5, 0.75), axis=0).T for name in names}
    return {name: [(low, middle, high) for low, middle, high in row.tolist()] for name, row in rows.items()}


def _heights(
    xs: Sequence[float], ys: Sequence[float], knots: Sequence[float], *, across: Scale, up: Scale
) -> tuple[float, ...]:
    if min(knots) < min(xs) * (1.0 - 1e-9) or max(knots) > max(xs) * (1.0 + 1e-9):
        raise ValueError(f"Knots from {min(knots):g} to {max(knots):g} leave a curve from {min(xs):g} to {max(xs):g}.")
    places = np.log(xs) if across == "log" else np.asarray(xs)
    wanted = np.log(knots) if across == "log" else np.asarray(knots)
    if up == "log" and min(ys) > 0.0:
        return tuple(np.exp(np.interp(wanted, places, np.log(ys))).tolist())
    return tuple(np.interp(wanted, places, ys).tolist())


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object" if isinstance(value, Mapping) else str(value)[:_LONGEST_SHOWN]
