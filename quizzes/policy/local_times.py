"""Times as a cohort's clocks show them: read into instants, and said in words.

Where clocks go forward an hour of local times does not exist, where they go back one happens twice (PEP 495).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """A local time that the clocks skip."""

    def __init__(self, local: datetime, earlier: datetime, later: datetime) -> None:
        super().__init__(
            f"There is no {local:%H:%M} on {local.day} {local:%B %Y}: the clocks go forward over it. "
            f"Give {earlier:%H:%M} or {later:%H:%M}."
        )


def instant_of(local: datetime, zone: str, *, is_end: bool) -> datetime:
    """Return the instant in UTC at which clocks of a zone show a naive local time; raises NoSuchTime in a gap.

    Of a time that happens twice it is the later one where something ends then, and the earlier one where it begins, so
    that nobody loses the hour.
    """
    first, second = _readings(local, zone)
    if first > second:
        raise NoSuchTime(local, local_of(second, zone), local_of(first, zone))
    return second if is_end else first


def happens_twice(local: datetime, zone: str) -> bool:
    """Return whether clocks of a zone show a local time twice."""
    first, second = _readings(local, zone)
    return first < second


def local_of(instant: datetime, zone: str) -> datetime:
    """Return the naive local time that clocks of a zone show at an instant."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def spoken(instant: datetime, zone: str) -> str:
    """Return an instant in words, such as "Monday 7 September 2026, 18:00 CEST"."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"


def span_in_words(span: timedelta) -> str:
    """Return a length of time in the largest unit that says enough, such as "3 days" or "40 minutes"."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)} days"
    if minutes >= 120:
        return f"{minutes // 60} hours"
    if minutes < 1:
        return "less than a minute"
    return f"{minutes} minutes" if minutes > 1 else "1 minute"


def _readings(local: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return a local time read with the offset before a change of clocks and with that after it.

    They are the same where no clocks change, in order where the time happens twice, and reversed where it never does.
    """
    place = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second
