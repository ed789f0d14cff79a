"""Compute with units and with uncertain factors: seconds are not added to bytes, and errors multiply.

An estimate is a product of factors, each known to within a multiple (times or divided by f). Where they
are independent and ln f is read as a standard deviation, the product is known to within exp(sqrt(sum of
(p ln f) ** 2)), p being the power to which a factor enters. A sum takes the powers of its terms, weighted
by their shares, which is right to first order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Powers = tuple[tuple[str, float], ...]

_TIME, _INFORMATION, _MONEY = "time", "information", "money"
_DAY = 86_400.0

_UNITS: dict[str, tuple[float, str]] = {
    "ms": (1e-3, _TIME),
    "s": (1.0, _TIME),
    "min": (60.0, _TIME),
    "h": (3_600.0, _TIME),
    "day": (_DAY, _TIME),
    "month": (30.0 * _DAY, _TIME),
    "year": (365.0 * _DAY, _TIME),
    "bit": (0.125, _INFORMATION),
    "Mb": (125e3, _INFORMATION),
    "Gb": (125e6, _INFORMATION),
    "B": (1.0, _INFORMATION),
    "GB": (1e9, _INFORMATION),
    "TB": (1e12, _INFORMATION),
    "$": (1.0, _MONEY),
}


class IncompatibleUnits(ValueError):
    """Raised where quantities of different dimensions are added, or one is read in a unit of another."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in base units (seconds, bytes, dollars), its dimension, and the uncertain factors in it."""

    value: float
    dimension: Powers = ()
    factors: Powers = ()

    def __mul__(self, other: Quantity | float) -> Quantity:
        """Return the product; dimensions and factors combine."""
        if not isinstance(other, Quantity):
            return Quantity(self.value * other, self.dimension, self.factors)
        return Quantity(
            self.value * other.value,
            _combined((self.dimension, 1.0), (other.dimension, 1.0)),
            _combined((self.factors, 1.0), (other.factors, 1.0)),
        )

    def __truediv__(self, other: Quantity) -> Quantity:
        """Return the quotient; a factor on both sides cancels. Raises ZeroDivisionError for a zero divisor."""
        return Quantity(
            self.value / other.value,
            _combined((self.dimension, 1.0), (other.dimension, -1.0)),
            _combined((self.factors, 1.0), (other.factors, -1.0)),
        )

    def __add__(self, other: Quantity) -> Quantity:
        """Return the sum of two like quantities, neither negative; raises IncompatibleUnits for unlike ones."""
        if self.dimension != other.dimension:
            raise IncompatibleUnits(f"{_named(self.dimension)} cannot be added to {_named(other.dimension)}.")
        total = self.value + other.value
        share = self.value / total if total else 0.5
        factors = _combined((self.factors, share), (other.factors, 1.0 - share))
        return Quantity(total, self.dimension, factors)

    def to(self, unit: str) -> float:
        """Return the value in a unit such as "s", "Gb/s" or "1/day"; raises IncompatibleUnits where it has another."""
        other = quantity(1.0, unit)
        if self.dimension != other.dimension:
            raise IncompatibleUnits(
                f"{_named(self.dimension)} cannot be read in {unit}, which is {_named(other.dimension)}."
            )
        return self.value / other.value

    def error_factor(self, within: Mapping[str, float]) -> float:
        """Return the multiple within which the value is known, from that of each factor by name."""
        return math.exp(math.hypot(*(power * math.log(within[name]) for name, power in self.factors)))


def quantity(value: float, unit: str = "", *, factors: Iterable[str] = ()) -> Quantity:
    """Return a quantity in a unit such as "", "B", "1/s" or "$/GB"; `factors` names what is uncertain in it.

    Raises IncompatibleUnits for a unit that is not known.
    """
    above, _, below = unit.partition("/")
    scale, dimension = _unit(above)
    divisor, under = _unit(below)
    powers = _combined((dimension, 1.0), (under, -1.0))
    return Quantity(value * scale / divisor, powers, tuple(sorted((name, 1.0) for name in factors)))


def combined_error(factors: Iterable[float]) -> float:
    """Return the multiple within which a product is known whose independent factors are known within `factors`."""
    return math.exp(math.hypot(*(math.log(factor) for factor in factors)))


def significant(value: float, digits: int) -> float:
    """Return a value rounded to so many significant figures, such as 50,000 for 52,083 and 1."""
    return float(f"{value:.{digits - 1}e}")


def _unit(name: str) -> tuple[float, Powers]:
    if name in ("", "1"):
        return 1.0, ()
    try:
        scale, dimension = _UNITS[name]
    except KeyError:
        raise IncompatibleUnits(f"{name!r} is not a known unit; there are {', '.join(_UNITS)}.") from None
    return scale, ((dimension, 1.0),)


def _combined(*parts: tuple[Powers, float]) -> Powers:
    powers: dict[str, float] = {}
    for part, weight in parts:
        for name, power in part:
            powers[name] = powers.get(name, 0.0) + weight * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _named(dimension: Powers) -> str:
    return " x ".join(f"{name}^{power:g}" for name, power in dimension) or "a plain number"
