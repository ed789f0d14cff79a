"""Units that answers come in, and how they convert: time, data, shares, factors, counts of things, and rates of these.

Prefixes are the SI's (k = 1,000) and for data also the binary ones (Ki = 1,024; IEC 80000-13). A rate is anything over
a unit of time. A unit that is not in the table counts things, such as requests or servers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

HUNDREDTH: Final = 0.01
_SMALL: Final = {"n": 1e-9, "µ": 1e-6, "μ": 1e-6, "u": 1e-6, "m": 1e-3}
_LARGE: Final = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_BINARY: Final = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50}
_PREFIX_WORDS: Final = {
    "nano": 1e-9, "micro": 1e-6, "milli": 1e-3, "kilo": 1e3, "mega": 1e6, "giga": 1e9, "tera": 1e12, "peta": 1e15
}  # fmt: skip
_SCALES: Final = {
    "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9
}  # fmt: skip
_LONGER_TIMES: Final = {
    60.0: ("min", "mins", "minute", "minutes"),
    3_600.0: ("h", "hr", "hrs", "hour", "hours"),
    86_400.0: ("d", "day", "days"),
    604_800.0: ("week", "weeks"),
}
_NOUN: Final = re.compile(r"[A-Za-z][A-Za-z -]{0,30}")
_NOUN_ALIASES: Final = {"req": "request", "q": "query", "tx": "transaction"}
_PER_SECOND: Final = re.compile(r"([kKMGT]?)(rps|qps|tps|bps)")
_PER_SECOND_NOUNS: Final = {"rps": "request", "qps": "query", "tps": "transaction"}

TIME: Final = "time"
DATA: Final = "data"
SHARE: Final = "share"
FACTOR: Final = "factor"
ANYTHING: Final = "events"
"""What `/s` alone counts."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it was spelt: what it measures, and how many base units (second, byte, 1) it holds."""

    spelling: str
    dimension: str
    factor: float

    @property
    def is_count(self) -> bool:
        """Whether it counts things, or things in time: then `5k` is a number of them."""
        return self.dimension.startswith("count of ")

    @property
    def is_share(self) -> bool:
        """Whether it says a share of one in words, so that another might take it for a percentage or back."""
        return self.dimension == SHARE and bool(self.spelling)

    @property
    def is_percentage(self) -> bool:
        """Whether it says hundredths of one, so that a difference of two is in percentage points."""
        return self.dimension == SHARE and self.factor == HUNDREDTH

    @property
    def takes_prefixes(self) -> bool:
        """Whether prefixes such as k or m are usual with it, so that one may be mistaken for the next."""
        return self.dimension in {TIME, DATA, f"{DATA} in time"}

    def joined_to(self, number: str) -> str:
        """Return a formatted number with this unit behind it."""
        if not self.spelling:
            return number
        stands_against_it = self.spelling.startswith(("%", "×", "/"))
        return f"{number}{self.spelling}" if stands_against_it else f"{number}\N{NO-BREAK SPACE}{self.spelling}"


PLAIN: Final = Unit("", SHARE, 1.0)
"""No unit: a number, which may be a share of one."""


def parse_unit(spelling: str) -> Unit | None:
    """Return the unit that a question asks for, or None where it cannot be understood."""
    tidy = " ".join(spelling.split())
    if not tidy:
        return PLAIN
    return _known(tidy) or _rate(tidy) or _count(tidy)


def parse_answer_unit(spelling: str, asked: Unit) -> Unit | None:
    """Return the unit of an answer, or None where it measures something else than the question asks for."""
    tidy = " ".join(spelling.split()).removesuffix(".")
    if not tidy:
        return asked
    if asked.is_count and (scaled := _scaled(tidy, asked)):
        return scaled
    unit = parse_unit(tidy)
    return unit if unit is not None and unit.dimension == asked.dimension else None


def _known(tidy: str) -> Unit | None:
    """Return a unit of the table; words in any case, symbols in their own."""
    found = _TABLE.get(tidy) or (_TABLE.get(tidy.lower()) if len(tidy) > 3 else None)
    return Unit(tidy, *found) if found else None


def _rate(tidy: str) -> Unit | None:
    """Return a unit over time: `MB/s`, `requests per minute`, `krps`."""
    if short := _PER_SECOND.fullmatch(tidy):
        scale = _LARGE.get(short[1], 1.0)
        if short[2] == "bps":
            return Unit(tidy, f"{DATA} in time", scale / 8)
        return Unit(tidy, f"count of {_PER_SECOND_NOUNS[short[2]]} in time", scale)
    parts = re.split(r"\s*/\s*|\s+per\s+|^per\s+", tidy)
    if len(parts) != 2:
        return None
    time = _known(parts[1])
    what = _known(parts[0]) or _count(parts[0] or ANYTHING)
    if time is None or time.dimension != TIME or what is None:
        return None
    return Unit(tidy, f"{what.dimension} in time", what.factor / time.factor)


def _count(tidy: str) -> Unit | None:
    """Return a unit that counts things, with or without a scale before it: `requests`, `k requests`, `million rows`."""
    scale, _, noun = tidy.partition(" ")
    if noun and scale in _SCALES:
        return Unit(tidy, f"count of {_singular(noun)}", _SCALES[scale])
    return Unit(tidy, f"count of {_singular(tidy)}", 1.0) if _NOUN.fullmatch(tidy) else None


def _scaled(tidy: str, asked: Unit) -> Unit | None:
    """Return `5k`, `2 million`, `/s` or `k/s` as a multiple of the counted thing that the question names."""
    whole, slash, time_spelling = tidy.partition("/")
    whole = whole.strip()
    if whole not in _SCALES and whole:
        return None
    scale = _SCALES.get(whole, 1.0)
    if not slash:
        return Unit(tidy, asked.dimension, scale * asked.factor)
    time = _known(time_spelling.strip())
    if time is None or time.dimension != TIME or not asked.dimension.endswith(" in time"):
        return None
    return Unit(tidy, asked.dimension, scale / time.factor)


def _singular(noun: str) -> str:
    word = noun.strip().lower()
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith("sses"):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return _NOUN_ALIASES.get(word, word)


def _table() -> dict[str, tuple[str, float]]:
    """Return dimension and factor of every spelling of the units that are not counts."""
    symbols = {f"{prefix}s": (TIME, scale) for prefix, scale in {"": 1.0, **_SMALL}.items()}
    for prefix, scale in {"": 1.0, **_LARGE, **_BINARY}.items():
        symbols |= {f"{prefix}B": (DATA, scale), f"{prefix}bit": (DATA, scale / 8), f"{prefix}bits": (DATA, scale / 8)}
    words: dict[str, tuple[str, float]] = {}
    for prefix, scale in {"": 1.0, **_PREFIX_WORDS}.items():
        words |= {f"{prefix}{second}": (TIME, scale) for second in ("second", "seconds", "sec", "secs")}
        words |= {f"{prefix}{byte}": (DATA, scale) for byte in ("byte", "bytes")}
    longer = {spelling: (TIME, scale) for scale, spellings in _LONGER_TIMES.items() for spelling in spellings}
    shares = {**dict.fromkeys(("%", "percent", "per cent"), (SHARE, HUNDREDTH)), "fraction": (SHARE, 1.0)}
    factors = {"×": (FACTOR, 1.0), "x": (FACTOR, 1.0), "times": (FACTOR, 1.0)}
    return symbols | words | longer | shares | factors


_TABLE: Final = _table()
