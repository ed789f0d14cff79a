"""Compute the steps of a back-of-envelope estimate: rates, machines, bytes, bandwidth, keys, and their error."""

from __future__ import annotations

import math

from simulations.engine import quantities
from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_list,
    as_number,
    as_positive,
    as_share,
)

_SECONDS_A_DAY = 86_400.0
_LARGEST = 1e24
_MOST_KEY_CHARACTERS = 64
_MOST_DIGITS = 12


def per_second(amount: float, days: float = 1) -> float:
    """Return the average rate a second of an amount spread over so many days."""
    return as_number("amount", amount, 0.0, _LARGEST) / (_SECONDS_A_DAY * as_positive("days", days))


def request_rate(users: float, active_share: float, actions: float, peak: float = 1) -> float:
    """Return requests a second: users x share active a day x actions a day / 86,400, times a peak factor."""
    daily = as_number("users", users, 0.0, LONGEST) * as_share("active_share", active_share)
    return daily * as_number("actions", actions, 0.0, LONGEST) / _SECONDS_A_DAY * as_number("peak", peak, 1.0, 1_000.0)


def machines_needed(rate: float, per_machine: float, headroom: float = 1, spares: float = 0) -> float:
    """Return how many machines serve a rate with a headroom factor, and so many spare ones."""
    busy = as_number("rate", rate, 0.0, _LARGEST) * as_number("headroom", headroom, 1.0, 1_000.0)
    return float(
        math.ceil(round(busy / as_positive("per_machine", per_machine), 9)) + as_count("spares", spares, 1_000, 0)
    )


def bytes_stored(records_a_day: float, record_bytes: float, days: float, copies: float = 1) -> float:
    """Return the bytes that records leave after so many days, each kept in so many copies."""
    daily = as_number("records_a_day", records_a_day, 0.0, LONGEST)
    size = as_number("record_bytes", record_bytes, 0.0, LONGEST)
    return daily * size * as_number("days", days, 0.0, 1e6) * as_number("copies", copies, 1.0, 1_000.0)


def bandwidth_mbps(rate: float, message_bytes: float) -> float:
    """Return the megabits a second that so many messages a second of a size take."""
    return as_number("rate", rate, 0.0, LONGEST) * as_number("message_bytes", message_bytes, 0.0, LONGEST) * 8e-6


def transfer_ms(size_bytes: float, bits_a_second: float) -> float:
    """Return how many ms it takes to send or read a number of bytes one after another."""
    size = as_number("size_bytes", size_bytes, 0.0, LONGEST)
    return 8_000.0 * size / as_number("bits_a_second", bits_a_second, 1.0, _LARGEST)


def in_progress(rate: float, seconds: float) -> float:
    """Return how many are in progress at a time, by Little's law (1961): rate x time each takes."""
    return as_number("rate", rate, 0.0, LONGEST) * as_number("seconds", seconds, 0.0, LONGEST)


def keys_possible(alphabet: float, length: float) -> float:
    """Return how many keys there are of a length over an alphabet of so many characters."""
    characters = as_count("alphabet", alphabet, _MOST_KEY_CHARACTERS, 2)
    return float(characters ** as_count("length", length, _MOST_DIGITS))


def key_collision(keys: float, used: float) -> float:
    """Return the probability that a key drawn at random is among those used."""
    there_are = as_number("keys", keys, 1.0, _LARGEST)
    return as_number("used", used, 0.0, there_are) / there_are


def error_factor(factors: list[float]) -> float:
    """Return the multiple within which a product of independent factors is known.

    Each factor is known to within a multiple of at least 1: exp(sqrt(sum of ln(f) ** 2)).
    """
    return quantities.combined_error(
        as_list("factors", factors, lambda name, each: as_number(name, each, 1.0, 1_000.0))
    )


def significant(value: float, digits: float) -> float:
    """Return a value rounded to so many significant figures."""
    return quantities.significant(
        as_number("value", value, -_LARGEST, _LARGEST), as_count("digits", digits, _MOST_DIGITS)
    )


FUNCTIONS = (
    EngineFunction(
        "per_second",
        per_second,
        "Average rate of an amount spread over days.",
        "{amount} / ({days} * 86400) = {result}",
    ),
    EngineFunction(
        "request_rate",
        request_rate,
        "Requests a second from users, their share active and what each does a day.",
        "{users} * {active_share} * {actions} / 86400 * {peak} = {result}",
    ),
    EngineFunction(
        "machines_needed",
        machines_needed,
        "Machines that serve a rate with headroom, and spares.",
        "ceil({rate} * {headroom} / {per_machine}) + {spares} = {result}",
    ),
    EngineFunction(
        "bytes_stored",
        bytes_stored,
        "Bytes that records leave after a time.",
        "{records_a_day} * {record_bytes} * {days} * {copies} = {result}",
    ),
    EngineFunction(
        "bandwidth_mbps",
        bandwidth_mbps,
        "Megabits a second that messages take.",
        "{rate} * {message_bytes} * 8 / 1000000 = {result}",
    ),
    EngineFunction(
        "transfer_ms",
        transfer_ms,
        "Time to send or read bytes one after another.",
        "{size_bytes} * 8 / {bits_a_second} * 1000 = {result}",
    ),
    EngineFunction(
        "in_progress",
        in_progress,
        "How many are in progress at a time, by Little's law.",
        "{rate} * {seconds} = {result}",
    ),
    EngineFunction(
        "keys_possible",
        keys_possible,
        "Keys of a length over an alphabet.",
        "{alphabet} ** {length} = {result}",
    ),
    EngineFunction(
        "key_collision",
        key_collision,
        "Probability that a random key is taken.",
        "{used} / {keys} = {result}",
    ),
    EngineFunction(
        "error_factor",
        error_factor,
        "Multiple within which a product of uncertain factors is known.",
        "exp(sqrt(sum of ln(f) ** 2)) over f in {factors} = {result}",
    ),
    EngineFunction(
        "significant",
        significant,
        "A value to so many significant figures.",
        "{value} to {digits} significant figures = {result}",
    ),
)
"""The named functions of this module."""
