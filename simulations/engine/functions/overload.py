"""Compute what retries, slow replicas, error budgets and expired keys cost.

Rates are a second, shares between 0 and 1.
"""

from __future__ import annotations

import math

from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_level,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)

_MOST_RETRIES = 20
_MOST_REPLICAS = 10_000
_STEPS = 80
_EULER_MASCHERONI = 0.5772156649015329


def pool_capacity(threads: float, replicas: float, fast_ms: float, slow_ms: float) -> float:
    """Return the calls a second of a pool of threads that asks equal replicas, one of them slow."""
    count = as_count("replicas", replicas, _MOST_REPLICAS)
    held = ((count - 1) * as_positive("fast_ms", fast_ms) + as_positive("slow_ms", slow_ms)) / count
    return 1_000.0 * as_count("threads", threads, 1_000_000) / held


def layered_attempts(attempts: float, layers: float) -> float:
    """Return how often the lowest of `layers` is asked when each of them makes that many attempts."""
    return float(as_count("attempts", attempts, 100) ** as_count("layers", layers, 100))


def retry_failure_share(arrivals: float, capacity: float, retries: float) -> float:
    """Return the share of attempts that fail when whatever exceeds the capacity is refused and tried again."""
    count = as_count("retries", retries, _MOST_RETRIES, minimum=0)
    load = as_number("arrivals", arrivals, 0.0, LONGEST) / as_positive("capacity", capacity)
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        attempts = load * _attempts_each(middle, count)
        low, high = (middle, high) if attempts * (1.0 - middle) > 1.0 else (low, middle)
    return high if load > 1.0 else 0.0


def retry_attempts(arrivals: float, capacity: float, retries: float) -> float:
    """Return the attempts a second at which that settles."""
    failing = retry_failure_share(arrivals, capacity, retries)
    return arrivals * _attempts_each(failing, int(retries))


def retry_goodput(arrivals: float, capacity: float, retries: float) -> float:
    """Return the requests a second that succeed then, at whichever attempt: no retry adds capacity."""
    as_count("retries", retries, _MOST_RETRIES, minimum=0)
    return min(as_number("arrivals", arrivals, 0.0, LONGEST), as_positive("capacity", capacity))


def backlog_recovery_s(backlog: float, arrivals: float, capacity: float, retries: float, timeout: float) -> float:
    """Return the seconds until waits fall below `timeout` seconds while every request is tried to the end.

    Raises ValueError where the capacity does not exceed the arrivals times the attempts: it never does.
    """
    rate, limit = as_number("arrivals", arrivals, 0.0, LONGEST), as_positive("capacity", capacity)
    spare = limit - rate * (1 + as_count("retries", retries, _MOST_RETRIES, minimum=0))
    if spare <= 0.0:
        raise ValueError(
            f"arrivals must lie below {rounded(limit / (1 + retries))} to recover; you gave {write(rate)}."
        )
    waiting = as_number("backlog", backlog, 0.0, LONGEST) - limit * as_positive("timeout", timeout)
    return max(waiting, 0.0) / spare


def budget_minutes(objective: float, days: float = 30) -> float:
    """Return the minutes of failure that an objective such as 0.999 allows in that many days."""
    return 1_440.0 * as_positive("days", days) * round(1.0 - as_share("objective", objective), 12)


def burn_rate(error_share: float, objective: float) -> float:
    """Return how many times faster than allowed an error share spends the budget."""
    return as_share("error_share", error_share) / round(1.0 - as_level("objective", objective), 12)


def budget_lasts_days(error_share: float, objective: float, days: float = 30) -> float:
    """Return the days until a whole budget is spent."""
    share = as_level("error_share", error_share)
    return as_positive("days", days) / burn_rate(share, objective)


def alert_threshold(budget_share: float, window_hours: float, days: float = 30) -> float:
    """Return the burn rate that spends a share of the budget within the window."""
    return (
        as_share("budget_share", budget_share)
        * 24.0
        * as_positive("days", days)
        / (as_positive("window_hours", window_hours))
    )


def minutes_to_alert(threshold: float, window_minutes: float, error_share: float, objective: float) -> float:
    """Return the minutes until the mean burn rate over the window reaches the threshold.

    Raises ValueError where it never does.
    """
    burning, level = burn_rate(error_share, objective), as_positive("threshold", threshold)
    if burning < level:
        raise ValueError(f"threshold must not exceed the burn rate of {rounded(burning)}; you gave {write(level)}.")
    return level * as_positive("window_minutes", window_minutes) / burning


def failed_deploys_affordable(budget: float, failure_share: float, minutes: float) -> float:
    """Return how many deploys spend the budget in minutes when a share of them fails for `minutes`."""
    spent = as_positive("failure_share", as_share("failure_share", failure_share)) * as_positive("minutes", minutes)
    return as_number("budget", budget, 0.0, LONGEST) / spent


def stampede_recomputes(requests: float, recompute_s: float) -> float:
    """Return how many requests recompute an expired key on average: the first, and those before it is done."""
    return 1.0 + as_positive("requests", requests) * as_positive("recompute_s", recompute_s)


def early_share(left_s: float, recompute_s: float, beta: float = 1.0) -> float:
    """Return the share of requests that recompute early with `left_s` to expiry (Vattani 2015)."""
    left = as_number("left_s", left_s, 0.0, LONGEST)
    return math.exp(-left / (as_positive("recompute_s", recompute_s) * as_positive("beta", beta)))


def first_early_mode_s(requests: float, recompute_s: float, beta: float = 1.0) -> float:
    """Return how long before expiry the first early recompute most probably comes."""
    scale = as_positive("recompute_s", recompute_s) * as_positive("beta", beta)
    return scale * max(math.log(as_positive("requests", requests) * scale), 0.0)


def first_early_median_s(requests: float, recompute_s: float, beta: float = 1.0) -> float:
    """Return how long before expiry half of the first early recomputes come; 0 where most never do."""
    scale = as_positive("recompute_s", recompute_s) * as_positive("beta", beta)
    return scale * max(math.log(as_positive("requests", requests) * scale / math.log(2.0)), 0.0)


def first_early_mean_s(requests: float, recompute_s: float, beta: float = 1.0) -> float:
    """Return the mean of that time where the key lives long: the mode and Euler's constant times the scale."""
    scale = as_positive("recompute_s", recompute_s) * as_positive("beta", beta)
    return scale * (math.log(as_positive("requests", requests) * scale) + _EULER_MASCHERONI)


def expiries_spread(keys: float, jitter_s: float) -> float:
    """Return the keys a second that expire when a jitter spreads keys written together."""
    return as_positive("keys", keys) / as_positive("jitter_s", jitter_s)


def _attempts_each(failing: float, retries: int) -> float:
    return math.fsum(failing**attempt for attempt in range(retries + 1))


def _explain_fixed_point(arrivals: float, capacity: float, retries: float, *, result: float) -> str:
    failing = retry_failure_share(arrivals, capacity, retries)
    attempts = retry_attempts(arrivals, capacity, retries)
    return (
        f"p = 1 - {write(capacity)} / ({write(arrivals)} * sum of p ** i for i up to {write(retries)}): "
        f"p = {failing:.4f}, {rounded(attempts)} attempts a second; {rounded(result)}"
    )


FUNCTIONS = (
    EngineFunction(
        "pool_capacity",
        pool_capacity,
        "Calls a second of a pool with one slow replica.",
        "1000 * {threads} / ((({replicas} - 1) * {fast_ms} + {slow_ms}) / {replicas}) = {result}",
    ),
    EngineFunction(
        "layered_attempts", layered_attempts, "Attempts multiplied by layers.", "{attempts} ** {layers} = {result}"
    ),
    EngineFunction(
        "retry_failure_share", retry_failure_share, "Share of attempts that fail under retries.", _explain_fixed_point
    ),
    EngineFunction("retry_attempts", retry_attempts, "Attempts at which retries settle.", _explain_fixed_point),
    EngineFunction("retry_goodput", retry_goodput, "Requests that succeed under retries.", _explain_fixed_point),
    EngineFunction(
        "backlog_recovery_s",
        backlog_recovery_s,
        "Time until a backlog no longer outlasts the timeout.",
        "({backlog} - {capacity} * {timeout}) / ({capacity} - (1 + {retries}) * {arrivals}), not below 0 = {result}",
    ),
    EngineFunction(
        "budget_minutes",
        budget_minutes,
        "Minutes of failure that an objective allows.",
        "(1 - {objective}) * 1440 * {days} = {result}",
    ),
    EngineFunction(
        "burn_rate",
        burn_rate,
        "Speed at which errors spend the budget.",
        "{error_share} / (1 - {objective}) = {result}",
    ),
    EngineFunction(
        "budget_lasts_days",
        budget_lasts_days,
        "Days until the budget is spent.",
        "{days} / ({error_share} / (1 - {objective})) = {result}",
    ),
    EngineFunction(
        "alert_threshold",
        alert_threshold,
        "Burn rate that spends a share of the budget in a window.",
        "{budget_share} * 24 * {days} / {window_hours} = {result}",
    ),
    EngineFunction(
        "minutes_to_alert",
        minutes_to_alert,
        "Minutes until a burn-rate alert fires.",
        "{threshold} * {window_minutes} / ({error_share} / (1 - {objective})) = {result}",
    ),
    EngineFunction(
        "failed_deploys_affordable",
        failed_deploys_affordable,
        "Deploys that spend the budget.",
        "{budget} / ({failure_share} * {minutes}) = {result}",
    ),
    EngineFunction(
        "stampede_recomputes",
        stampede_recomputes,
        "Recomputes of one expired key.",
        "1 + {requests} * {recompute_s} = {result}",
    ),
    EngineFunction(
        "early_share",
        early_share,
        "Share of requests that recompute early.",
        "exp(-{left_s} / ({beta} * {recompute_s})) = {result}",
    ),
    EngineFunction(
        "first_early_mode_s",
        first_early_mode_s,
        "Most probable time of the first early recompute.",
        "{beta} * {recompute_s} * ln({requests} * {beta} * {recompute_s}), not below 0 = {result}",
    ),
    EngineFunction(
        "first_early_median_s",
        first_early_median_s,
        "Median time of the first early recompute.",
        "{beta} * {recompute_s} * ln({requests} * {beta} * {recompute_s} / ln(2)), not below 0 = {result}",
    ),
    EngineFunction(
        "first_early_mean_s",
        first_early_mean_s,
        "Mean time of the first early recompute.",
        "{beta} * {recompute_s} * (ln({requests} * {beta} * {recompute_s}) + 0.5772) = {result}",
    ),
    EngineFunction("expiries_spread", expiries_spread, "Keys a second that expire.", "{keys} / {jitter_s} = {result}"),
)
"""The named functions of this module."""
